// Junk for real processes of the command line, for minutes. A test must be over within thirty.
import { fuzzLonger } from "./longer.js";

fuzzLonger({ usual: 600, full: 1500 });
await import("../integration/fuzz-cli.test.js");
