// What is left to see of functions once the agent has had time to go. Loaded once before the agent, to note what was there.
"use strict";
const key = Symbol.for("test.toString");
const { toString } = Function.prototype;
if (globalThis[key] === undefined) {
  globalThis[key] = toString;
} else {
  const state = {};
  const write = (value) => (state.value = value);
  setTimeout(() => {
    write(1);
    const now = Function.prototype.toString;
    const facts = { text: String(write), isOriginal: now === globalThis[key], isRunningOn: toString.call(write) };
    process.stdout.write(JSON.stringify({ ...facts, state }) + "\n");
  }, 2500);
}
