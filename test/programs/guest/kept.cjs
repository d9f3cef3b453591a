// Something to rewrite, what a program may see of that, and a module that comes late.
const { order, fail } = require("./kept-part.cjs");
const { track } = require("hindcast");

track("order", order);
order.lines.push("first");
order.total = 1;
console.log(fail.toString());
try {
  fail();
} catch (error) {
  console.log(error.stack.split("\n").slice(0, 3).join("\n"));
}
console.log(Object.keys(require.cache).map((path) => path.replace(__dirname, "")));
import("./kept-late.mjs").then(({ finish }) => finish(order));
