// Junk from pages, over real WebSockets, for minutes. A test must be over within thirty.
import { fuzzLonger } from "./longer.js";

fuzzLonger({ usual: 600, full: 1500 });
await import("../integration/fuzz-page.test.js");
