// Prints what stacks a program of ES modules meets, and ends by one.
import module from "node:module";
Error.stackTraceLimit = 50;
const require = module.createRequire(import.meta.url);
const [nowhere, nobody] = ["./nowhere.cjs", "no-such-package"];
const state = { stacks: 0 };
const caught = async (work) => {
  try {
    await work();
  } catch (error) {
    console.log(error.stack);
  }
  state.stacks += 1;
};
console.log(new Error("top").stack);
await caught(() => require("./required.cjs").fails());
await caught(() => require(nowhere));
// Where hooks have a thread of their own, Node's own frames of these are that thread's.
if (module.registerHooks !== undefined) {
  await caught(() => import(nowhere));
  await caught(() => import(nobody));
}
await import("./throws.cjs");
