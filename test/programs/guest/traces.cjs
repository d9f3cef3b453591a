// Prints where it is in every way that a console has, from functions deep enough for stacks to be cut.
"use strict";
class Place {
  #name = "place";
  constructor() {
    console.trace("made %s", this.#name, { deep: { er: 1 } });
  }
  static async of() {
    await null;
    return new Place();
  }
}
const down = (depth) => (depth === 0 ? console.trace() : down(depth - 1));
const shows = { [require("node:util").inspect.custom]: () => (console.error("looked at\n    at nowhere"), "shown") };

down(12);
[1].forEach(function each() {
  eval("console.trace('a line\\n    at the end')");
});
console.trace(shows);
Error.stackTraceLimit = 3;
down(2);
Error.stackTraceLimit = 40;
down(20);
Error.stackTraceLimit = 0;
down(1);
Error.stackTraceLimit = 10;
console.error("no trace\n    at all");
const own = Error.prepareStackTrace;
Error.prepareStackTrace = (error, sites) => `${error.message} in ${sites[0]?.getFunctionName()} of ${typeof sites}`;
console.error(new Error("prepared").stack);
Error.prepareStackTrace = own;
void Place.of().then(() => setTimeout(() => console.trace("later"), 1));
