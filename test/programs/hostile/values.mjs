// Values that run code, trap or never end when they are looked at the wrong way. Each is handed to everything that records
// values; what ran is counted and printed. Without a recording nothing of it runs but what the console itself looks at.
import { setTimeout as pause } from "node:timers/promises";
import { inspect } from "node:util";
import vm from "node:vm";
import { event, metric, span, track } from "hindcast";

const ran = new Map();
const count = (name) => ran.set(name, (ran.get(name) ?? 0) + 1);
let current = "";
const hook = (result) =>
  function () {
    count(current);
    if (result instanceof Error) throw result;
    return result;
  };
const forever = () => {
  count(current);
  for (;;);
};
/** A handler all of whose traps count and throw. */
const traps = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect)
    .filter((name) => typeof Reflect[name] === "function")
    .map((name) => [name, hook(new Error(`trapped ${name}`))]),
);
const trapped = (target) => new Proxy(target, traps);
const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const getter = (get) => Object.defineProperty({ before: 1 }, "x", { get, enumerable: true });
const nest = (depth) => {
  let value = { leaf: true };
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? { in: value } : [value];
  return value;
};
const cyclic = () => {
  const a = { name: "a", list: [], map: new Map(), set: new Set() };
  a.self = a;
  a.list.push(a, a.list);
  a.map.set(a, a.map);
  a.set.add(a.set);
  return a;
};
class Guarded {
  #secret = 1;
  constructor() {
    if (current !== "private fields") throw new Error("constructed again");
  }
  get secret() {
    count(current);
    return this.#secret;
  }
}
class Failing extends Map {
  get size() {
    return forever();
  }
  get() {
    return forever();
  }
  forEach() {
    forever();
  }
  [Symbol.iterator]() {
    return forever();
  }
  static get [Symbol.species]() {
    return forever();
  }
}
class FailingArray extends Array {
  push() {
    return forever();
  }
  forEach() {
    forever();
  }
  static get [Symbol.species]() {
    return forever();
  }
}
const detached = () => {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};
const resizable = (shrink) => {
  const buffer = new ArrayBuffer(16, { maxByteLength: 64 });
  const values = {
    tracking: new Uint8Array(buffer, 4),
    fixed: new Uint8Array(buffer, 8, 8),
    view: new DataView(buffer, 4),
  };
  if (typeof buffer.resize === "function") buffer.resize(shrink);
  return values;
};

/** By name; `small`: also printed by the console, which must print the same and look no more often than it does alone. */
const cases = {
  "throwing getter": () => getter(hook(new Error("got"))),
  "looping getter": () => getter(forever),
  setter: () => Object.defineProperty({}, "x", { set: hook(1), enumerable: true }),
  "inherited getter": () => Object.create(getter(forever), { own: { value: 1, enumerable: true } }),
  "getter in array": () => Object.defineProperty([1, 2], 1, { get: forever, enumerable: true }),
  "trapping proxy": () => trapped({ a: 1 }),
  "revoked proxy": () => revoked({}),
  "revoked array": () => revoked([]),
  "revoked function": () => revoked(() => 1),
  "proxied array": () => trapped([1]),
  "proxied function": () => trapped(() => 1),
  "proxied Map": () => trapped(new Map()),
  "proxied error": () => trapped(new Error("e")),
  "proxied date": () => trapped(new Date(0)),
  "proxy of proxy": () => trapped(trapped({})),
  "proxy as prototype": () => Object.create(trapped({}), { own: { value: 1, enumerable: true } }),
  "proxy as prototype of array": () => Object.setPrototypeOf([1, 2], trapped([])),
  "proxy as prototype of Map": () => Object.setPrototypeOf(new Map([[1, 2]]), trapped({})),
  "proxy as prototype of function": () => ({ f: Object.setPrototypeOf(() => 1, trapped({})) }),
  "proxy as prototype of error": () => Object.setPrototypeOf(new Error("e"), trapped({})),
  "proxies in collections": () => ({
    map: new Map([[trapped({}), trapped([])]]),
    set: new Set([trapped({}), revoked({})]),
    list: [trapped({}), revoked([])],
  }),
  "proxy as constructor": () => Object.create({ constructor: trapped(class Hidden {}) }),
  toJSON: () => ({ a: 1, toJSON: forever }),
  toString: () => ({ a: 1, toString: forever, valueOf: forever, toLocaleString: forever }),
  "Symbol.toPrimitive": () => ({ a: 1, [Symbol.toPrimitive]: forever }),
  "Symbol.toStringTag": () => ({
    a: 1,
    get [Symbol.toStringTag]() {
      return forever();
    },
  }),
  "Symbol.iterator": () => ({ a: 1, [Symbol.iterator]: forever }),
  "inspect.custom": () => ({ a: 1, [inspect.custom]: forever }),
  "constructor getter": () => ({
    get constructor() {
      return forever();
    },
  }),
  "function with name getter": () => ({ f: Object.defineProperty(() => 1, "name", { get: forever }) }),
  thenable: () => ({ then: forever }),
  "subclass of Map": () => new Failing([[1, { a: 1 }]].slice(0, 0)),
  "subclass of Array": () => Object.setPrototypeOf([1, 2], FailingArray.prototype),
  "date with methods": () => Object.assign(new Date(0), { getTime: forever, toISOString: forever, valueOf: forever }),
  "invalid date": () => new Date(Number.NaN),
  "error with getters": () =>
    Object.defineProperties(new Error("e"), {
      message: { get: hook("got") },
      name: { get: hook("got") },
      stack: { get: hook("got") },
      cause: { get: hook("got"), enumerable: true },
      code: { get: hook("got"), enumerable: true },
    }),
  "private fields": () => new Guarded(),
  "other realm": () =>
    vm.runInNewContext(
      "({ list: [1], map: new Map([[1, 2]]), set: new Set([1]), date: new Date(0), error: new Error('e'), bytes: new Uint8Array(2), r: /a/g })",
    ),
  "other realm's getters": () =>
    vm.runInNewContext("({ get x() { forever() }, [Symbol.toPrimitive]: forever })", { forever }),
  "null prototype": () => Object.assign(Object.create(null), { a: 1, __proto__: null, constructor: 5 }),
  "own __proto__": () => JSON.parse('{"__proto__": {"x": 1}, "constructor": {"prototype": 1}, "hasOwnProperty": 3}'),
  frozen: () => Object.freeze({ a: Object.freeze([1]), m: Object.seal({}), n: Object.preventExtensions({ b: 2 }) }),
  weak: () => ({
    map: new WeakMap(),
    set: new WeakSet(),
    ref: new WeakRef({}),
    registry: new FinalizationRegistry(() => 1),
  }),
  symbols: () => ({ [Symbol("same")]: 1, [Symbol("same")]: 2, s: Symbol("v"), [Symbol.for("x")]: 3 }),
  generators: () => ({
    g: (function* () {
      count(current);
      yield 1;
    })(),
    a: (async function* () {
      count(current);
    })(),
  }),
  iterators: () => ({ m: new Map([[1, 2]]).entries(), s: new Set([1]).values(), a: [1][Symbol.iterator]() }),
  promises: () => ({ kept: Promise.resolve({ a: 1 }), never: new Promise(() => undefined) }),
  boxed: () => [new Number(1), new String("s"), new Boolean(false), Object(1n), Object(Symbol("b"))],
  primitives: () => [-0, Number.NaN, Infinity, 1n, -(10n ** 40n), undefined, null, "\ud800", "\0", "😀"],
  "module namespace": () => import.meta && inspect,
  arguments: () =>
    (function () {
      return arguments;
    })(1, 2, 3),
  buffers: () => ({
    detached: detached(),
    shared: new Uint8Array(new SharedArrayBuffer(4)),
    raw: new ArrayBuffer(4),
    sab: new SharedArrayBuffer(8),
    view: new DataView(new ArrayBuffer(2)),
    b: Buffer.from("abc"),
    f: new Float64Array(2),
  }),
  "shrunk buffer": () => resizable(2),
  "grown buffer": () => resizable(32),
  "view with own getters": () =>
    Object.defineProperties(new Uint8Array(4), {
      length: { get: forever },
      byteLength: { get: forever },
      buffer: { get: forever },
    }),
  "sparse array": () => {
    const list = [];
    list[4294967294 - 1] = 1;
    return list;
  },
  "longest array": () => new Array(4294967295),
  "wide object": () => Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`k${i}`, i])),
  "long array": () => Array.from({ length: 1_000_000 }, (_, i) => i),
  "large Map": () => new Map(Array.from({ length: 1_000_000 }, (_, i) => [i, i])),
  "long string": () => ({ text: "x".repeat(10_000_000) }),
  "joined string": () => {
    let text = "ab";
    for (let i = 0; i < 22; i++) text += text;
    return [text];
  },
  "large buffer": () => Buffer.alloc(100_000_000),
  "many keys in a Map": () => new Map(Array.from({ length: 100 }, (_, i) => [{ i }, nest(5)])),
  deep: () => nest(100_000),
  cyclic,
  "long chain of prototypes": () => {
    let value = {};
    for (let i = 0; i < 5000; i++) value = Object.create(value);
    return value;
  },
  environment: () => process.env,
  process: () => process,
  global: () => globalThis,
};
const quiet = new Set([
  "wide object",
  "long array",
  "large Map",
  "long string",
  "joined string",
  "large buffer",
  "deep",
  "environment",
  "process",
  "global",
]);

const results = {};
const attempt = (name, work) => {
  try {
    work();
  } catch (error) {
    results[`${current}/${name}`] = String(error?.message ?? error).slice(0, 40);
  }
};

for (const [name, make] of Object.entries(cases)) {
  if (process.env.ONLY && process.env.ONLY !== name) continue;
  current = name;
  const value = make();
  attempt("track", () => {
    if (track(name, value) !== value) throw new Error("another value");
  });
  attempt("event", () => event("hostile", value));
  attempt("event in", () => event("hostile", { case: name, value }));
  attempt("metric", () => metric("hostile", 1, { attributes: { value } }));
  attempt("span", () => span("hostile", { value }, () => 1));
  let thrown;
  try {
    span("failing", () => {
      throw value;
    });
  } catch (caught) {
    thrown = caught;
  }
  if (thrown !== value) throw new Error("another value was thrown");
  await span("rejecting", () => Promise.reject(value)).catch(() => undefined);
}
// Looks at what is tracked happen every now and then.
await pause(100);
const beforePrinting = Object.fromEntries(ran);
process.stdout.write(`ran before printing: ${JSON.stringify(beforePrinting)}\nfailed: ${JSON.stringify(results)}\n`);

// The console looks at values itself: what it runs must run as often, and what it prints stay the same.
for (const name of [
  "throwing getter",
  "trapping proxy",
  "revoked proxy",
  "proxied array",
  "toJSON",
  "other realm",
  "cyclic",
  "buffers",
  "frozen",
  "symbols",
  "boxed",
  "primitives",
]) {
  current = name;
  const value = cases[name]();
  console.log(name, value);
  console.info("%s %o %j %d %i %f %c %%", name, 1, 2, 3, 4, 5, 6);
}
const inspected = [];
console.log({ [inspect.custom]: () => (inspected.push("inspect"), "custom") });
console.log(
  "%s %d",
  { toString: () => (inspected.push("toString"), "text") },
  { valueOf: () => (inspected.push("valueOf"), 7) },
);
console.log("%j", { toJSON: () => (inspected.push("toJSON"), { json: true }) });
console.error(Object.assign(new Error("e"), { stack: "own stack" }));
console.log(Symbol("s"), [quiet.size]);
await pause(50);
process.stdout.write(`the console ran: ${inspected.join()}\nran: ${JSON.stringify(Object.fromEntries(ran))}\n`);
