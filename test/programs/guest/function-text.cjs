// Prints what its functions and those of a few libraries show of themselves, and what that is asked of looks like.
"use strict";
const { createHash } = require("node:crypto");
const { inspect } = require("node:util");
const vm = require("node:vm");

const { toString } = Function.prototype;
const state = { list: [], seen: new Map() };
const hash = (text) => createHash("sha256").update(text).digest("hex");
const thrownBy = (work) => {
  try {
    return String(work());
  } catch (error) {
    return `${error.constructor === TypeError} ${error.name}: ${error.message}`;
  }
};

class Kinds {
  #count = 0;
  static made = 0;
  static {
    Kinds.made = state.list.push(0);
  }
  constructor() {
    this.born = Kinds.made++;
  }
  static of(value) {
    return Object.assign(new Kinds(), { value });
  }
  get [(state.key = "computed")]() {
    return this.#count++;
  }
  set computed(value) {
    state.seen.set(this, (this.#count = value));
  }
  async *later() {
    state.list[state.list.length] = yield;
  }
}

const kinds = {
  Kinds,
  of: Kinds.of,
  getter: Object.getOwnPropertyDescriptor(Kinds.prototype, "computed").get,
  setter: Object.getOwnPropertyDescriptor(Kinds.prototype, "computed").set,
  later: Kinds.prototype.later,
  arrow: (value) => state.list.push(value),
  arrows: (value) => (key) => (state[key] = value),
  nested: [1].map((value) => () => ({}).holder?.list.push(value))[0],
  computed: (value, key) => state[key()].inner[value]++,
  async asynchronous(value) {
    state.seen.set(value, await value).delete(value);
  },
  *generator(key = (state.key = 1)) {
    state[yield key] ??= `${(state.last = key)} /*$h1*/ $h2`;
  },
  expression: function (value) {
    // a comment
    state.pattern = /[/*]/;
    delete state.list?.[value];
    for (state.at of [1, 2]) [state.list[0], state.other] = [1, state.at / (state.n = 2) / /[/]/.exec("/").length];
    return (state.sum += value) / 2;
  },
  untouched: () => state,
  reserved: () => "$" + "$hindcast",
  made: new Function("a", "a.b = 1; return a"),
  bound: function (value) {
    state.value = value;
  }.bind(state),
  proxied: new Proxy((value) => (state.value = value), {}),
  native: Map.prototype.set,
};

const library = {};
for (const name of ["express", "qs", "body-parser", "send", "pino"]) library[name] = require(name);
const found = new Set();
function gather(value) {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || found.has(value)) return;
  found.add(value);
  for (const key of Reflect.ownKeys(value)) {
    const { value: held, get, set } = Object.getOwnPropertyDescriptor(value, key);
    for (const inner of [held, get, set]) gather(inner);
  }
}
gather(library);
const functions = [...found].filter((value) => typeof value === "function" && value !== globalThis);

const own = Object.getOwnPropertyDescriptor(Function.prototype, "toString");
const revoked = Proxy.revocable(() => (state.x = 1), {});
revoked.revoke();
const report = {
  texts: Object.fromEntries(Object.entries(kinds).map(([name, value]) => [name, String(value)])),
  inspected: inspect(kinds),
  libraries: [functions.length > 200, functions.map((value) => hash(toString.call(value)))],
  descriptor: { ...own, value: typeof own.value },
  keys: [Reflect.ownKeys(Function.prototype), Reflect.ownKeys(toString)],
  isPlain: [
    own.value === toString,
    toString instanceof Function,
    Object.getPrototypeOf(toString) === Function.prototype,
    Object.isExtensible(toString),
  ],
  about: [toString.name, toString.length, `${toString}`, inspect(toString), typeof toString.prototype],
  thrown: [
    ...[undefined, null, 1, "text", {}, [], new Proxy({}, {}), Object.create(toString)].map((value) =>
      thrownBy(() => toString.call(value)),
    ),
    thrownBy(() => new toString()),
    thrownBy(() => Object.create(Function.prototype) + ""),
  ],
  others: [
    revoked.proxy,
    new Proxy(toString, {}),
    toString.bind(null),
    vm.runInNewContext("(function there(o) { o.x = 1 })"),
  ].map((value) => toString.call(value)),
  elsewhere: vm.runInNewContext("String(Function.prototype.toString)"),
};

// Whatever becomes of the built-ins: nothing of theirs runs.
let ran = 0;
const noting = () => ran++;
const { ownKeys, defineProperty } = Reflect;
const { defineProperties } = Object;
const places = [String.prototype, RegExp.prototype, Array.prototype, Reflect, Function.prototype];
const originals = places.map((place) => Object.getOwnPropertyDescriptors(place));
for (let at = 0; at < places.length; at++) {
  const names = ownKeys(originals[at]);
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    const { value, configurable } = originals[at][name];
    const isToReplace = typeof value === "function" && configurable && value !== toString && name !== "constructor";
    if (isToReplace) places[at][name] = noting;
  }
}
defineProperty(Array.prototype, "0", { set: noting, configurable: true });
const text = `${kinds.expression}`;
delete Array.prototype[0];
for (let at = 0; at < places.length; at++) defineProperties(places[at], originals[at]);
report.sabotaged = [text, ran];
process.stdout.write(JSON.stringify(report, null, 1) + "\n");
