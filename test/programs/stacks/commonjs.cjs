// Prints what stacks a program meets while CommonJS is loaded, and ends by one. Writes are on lines of their own.
const { join } = require("node:path");
const [nowhere, nobody] = ["./nowhere.cjs", "no-such-package"];
const state = { stacks: 0 };
const print = (error) => console.log(error.stack.replaceAll(__dirname, "."));
const caught = (work) => {
  try {
    work();
  } catch (error) {
    print(error);
  }
  state.stacks += 1;
};
print(new Error("top"));
const { fails, Later } = require("./required.cjs");
caught(fails);
caught(() => require(nowhere));
caught(() => require(nobody));
caught(() => require(join(__dirname, "broken.json")));
caught(() => require(join(__dirname, "broken.txt")));
caught(() => require("node:nothing"));
caught(() => new Later().fails());
Error.stackTraceLimit = 50;
print(new Error("all of it"));
setImmediate(() => {
  print(new Error("later"));
  import(nowhere).catch((error) => {
    console.log(error.code);
    require("./throws.cjs");
  });
});
