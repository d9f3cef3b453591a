// Replaces what the language comes with by functions that count each call, and, once `arm` is called, throw at it. Loaded
// before the agent or after it; nothing in here or in what uses it calls a replaced function by the time they throw.
"use strict";
let calls = 0;
let isArmed = false;
const apply = Reflect.apply;
const stringify = JSON.stringify;
const define = Object.defineProperty;
const seen = Object.create(null);

const targets = [
  [
    Array.prototype,
    [
      "push",
      "slice",
      "map",
      "forEach",
      "join",
      "indexOf",
      "splice",
      "filter",
      "concat",
      "includes",
      "reverse",
      "flatMap",
      "sort",
      "find",
    ],
  ],
  [Map.prototype, ["get", "set", "has", "forEach", "delete", "entries", "keys"]],
  [Set.prototype, ["add", "has", "forEach", "delete"]],
  [WeakMap.prototype, ["get", "set", "has"]],
  [Function.prototype, ["bind"]],
  [
    Object,
    [
      "keys",
      "entries",
      "getOwnPropertyDescriptor",
      "getPrototypeOf",
      "defineProperty",
      "is",
      "fromEntries",
      "getOwnPropertySymbols",
    ],
  ],
  [Reflect, ["apply", "get", "ownKeys", "has", "set"]],
  [JSON, ["stringify", "parse"]],
  [String.prototype, ["slice", "charCodeAt", "replace", "split", "startsWith", "toLowerCase", "trim"]],
  [RegExp.prototype, ["exec", "test"]],
  [Number.prototype, ["toString"]],
  [Date, ["now"]],
  [performance, ["now"]],
  [Reflect.getPrototypeOf(Uint8Array.prototype), ["set", "subarray", "slice", "fill"]],
  [DataView.prototype, ["setUint32", "setFloat64"]],
  [Atomics, ["load", "store", "notify"]],
  [Promise.prototype, ["then"]],
  [Math, ["min", "max"]],
];

for (const [owner, names] of targets)
  for (const name of names) {
    const original = owner[name];
    if (typeof original !== "function") continue;
    define(owner, name, {
      configurable: true,
      writable: true,
      value: function (...given) {
        if (isArmed) {
          calls++;
          seen[name] = (seen[name] || 0) + 1;
          throw new Error("called " + name);
        }
        return apply(original, this, given);
      },
    });
  }
const iterate = Array.prototype[Symbol.iterator];
define(Array.prototype, Symbol.iterator, {
  configurable: true,
  writable: true,
  value: function () {
    if (isArmed) {
      calls++;
      seen.iterator = (seen.iterator || 0) + 1;
      throw new Error("called Symbol.iterator");
    }
    return apply(iterate, this, []);
  },
});

/** With getters and setters that count on the prototype of everything. */
function pollute() {
  for (
    let i = 0, names = ["kind", "message", "attributes", "name", "stack", "then", "toJSON", "entries"];
    i < names.length;
    i++
  ) {
    const name = names[i];
    define(Object.prototype, name, {
      __proto__: null,
      configurable: true,
      enumerable: false,
      get() {
        if (isArmed) seen["polluted " + name] = (seen["polluted " + name] || 0) + 1;
        return undefined;
      },
      set(value) {
        define(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
      },
    });
  }
}

module.exports = {
  pollute,
  arm() {
    isArmed = true;
  },
  disarm() {
    isArmed = false;
  },
  report: () => stringify({ calls, seen }),
};
globalThis[Symbol.for("sabotage")] = module.exports;
