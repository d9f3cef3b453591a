// The browser tests open what users open: the built window, served by the built command line.
import { buildIfStale } from "../tools/build-if-stale.js";

export default buildIfStale;
