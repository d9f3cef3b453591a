// The fuzz tests of the gate, for minutes at each boundary.
export {};
process.env["TORTURE"] = "full";
await import("../integration/fuzz.test.js");
