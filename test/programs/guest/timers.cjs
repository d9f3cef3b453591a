// What a program sees of its timers: order, arguments, what is given back, what is said of them, and where they say that they are.
"use strict";
const util = require("node:util");
const timers = require("node:timers");
const said = [];
const say = (...what) => said.push(what.join(" "));

say(setTimeout === timers.setTimeout, typeof setTimeout[util.promisify.custom], Object.keys(setTimeout).length);
say(setTimeout.name, setTimeout.length, "prototype" in setTimeout);
for (const wrong of [[], ["text", 1], [undefined, 1], [{}, 1]])
  try {
    setTimeout(...wrong);
  } catch (error) {
    say(error.code, error.stack.split("\n").slice(1, 3).join());
  }
// Asked for its number once.
let asked = 0;
setTimeout(() => say("asked", asked), { valueOf: () => (asked++, 30) });

const timer = setTimeout(
  function () {
    say("ran", [...arguments].join(), this === timer, new Error("here").stack.split("\n").slice(1, 4).join());
  },
  5,
  "a",
  "b",
);
say(timer.constructor.name, timer._onTimeout.name === "", Object.keys(timer).join());
say(timer.hasRef(), timer.unref().hasRef(), timer.ref() === timer, isNaN(+timer), typeof timer[Symbol.toPrimitive]());
setTimeout(() => say("arrow", new Error("here").stack.split("\n").slice(1, 4).join()), 6);
const named = () => say("named", new Error("here").stack.split("\n").slice(1, 4).join());
setTimeout(named, 7);
setImmediate((...given) => say("immediate", given, new Error("here").stack.split("\n").slice(1, 4).join()), 1, 2);
clearTimeout(+setTimeout(() => say("never"), 8));
clearImmediate(setImmediate(() => say("never")));

let times = 0;
const interval = setInterval(() => {
  say("interval", ++times, new Error("here").stack.split("\n").slice(1, 4).join());
  if (times === 3) clearInterval(interval);
}, 15);
const refreshed = setTimeout(() => say("refreshed"), 20);
say(refreshed.refresh() === refreshed);
// Order within one length.
const order = [];
for (let n = 0; n < 120; n++) setTimeout(() => order.push(n), 90);
util
  .promisify(setTimeout)(150, "promised")
  .then((value) => say(value));
util
  .promisify(setImmediate)("promised at once")
  .then((value) => say(value));
// Those of different lengths come in one order or another on a busy machine.
process.on("exit", () => console.log([order.join(), ...said.sort()].join("\n")));
// One of those that are as good as never: the program does not wait for what is not its own.
setTimeout(() => undefined, 4000).unref();
