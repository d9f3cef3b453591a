// What a program is made of, as far as it can be seen from inside: remembered at one moment, compared at a later one.
"use strict";
const { builtinModules, Module } = require("node:module");
const { readdirSync, readlinkSync } = require("node:fs");
const channels = require("node:diagnostics_channel");
const v8 = require("node:v8");

const channelNames = [
  "http.server.request.start",
  "http.server.response.finish",
  "http.client.request.start",
  "http.client.request.created",
  "http.client.response.finish",
  "undici:request:create",
  "undici:request:headers",
  "undici:request:trailers",
  "undici:request:error",
  "tracing:pino_asJson:end",
  "tracing:fastify.request.handler:start",
  "child_process",
  "worker_threads",
];
const skipped = /^(?:trace_events|wasi|sys|punycode|inspector\/promises|_|sqlite|sea|test|quic|ffi)/;
/** Loaded now: nothing is new because somebody looks it up later. */
const builtIns = builtinModules.filter((name) => !skipped.test(name)).map((name) => [name, require(name)]);

// Node makes some globals when they are looked at first.
for (const key of Reflect.ownKeys(globalThis)) Reflect.get(globalThis, key);

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

/** Whatever built-in modules and globals have, with their prototypes: object by the name of the first way to it. */
function objects() {
  const found = new Map();
  const add = (name, value) => {
    if (isObject(value) && !found.has(value)) found.set(value, name);
  };
  for (const [name, exported] of [
    ...builtIns,
    ["globalThis", globalThis],
    ["process", process],
    ["console", console],
  ]) {
    add(name, exported);
    for (const key of Reflect.ownKeys(exported)) {
      const { value } = Reflect.getOwnPropertyDescriptor(exported, key);
      add(`${name}.${String(key)}`, value);
      if (isObject(value))
        add(`${name}.${String(key)}.prototype`, Reflect.getOwnPropertyDescriptor(value, "prototype")?.value);
    }
  }
  return found;
}

/** Node's own accounts (which of its modules it has loaded, where its inspector was), and the program's data. */
const changing =
  /^process\.(?:debugPort|moduleLoadList\..*|_eventsCount|_events|domain)$|^process\.(?:stdin|stdout|stderr)\.|[Pp]erformance|^globalThis\.carts/;

function parts() {
  const all = new Map();
  for (const [object, name] of objects())
    for (const key of Reflect.ownKeys(object)) {
      if (!changing.test(`${name}.${String(key)}`))
        all.set(`${name}.${String(key)}`, Reflect.getOwnPropertyDescriptor(object, key));
    }
  return all;
}

const sameDescriptor = (a, b) =>
  ["value", "get", "set", "writable", "enumerable", "configurable"].every((key) => Object.is(a[key], b[key]));

const counted = (words) => {
  const counts = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

/** Plain data that can be compared as text. */
function figures() {
  for (let left = 3; left > 0; left--) globalThis.gc?.();
  return {
    listeners: process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`),
    resources: counted(process.getActiveResourcesInfo()),
    handles: process._getActiveHandles().length,
    channels: channelNames.filter((name) => channels.hasSubscribers(name)),
    modules: Object.keys(require.cache),
    paths: Object.keys(Module._pathCache).length,
    environment: { ...process.env },
    globals: Reflect.ownKeys(globalThis).map(String),
    threads: readdirSync("/proc/self/task").length,
    descriptors: counted(
      readdirSync("/proc/self/fd").map((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).replace(/\d+/g, "N");
        } catch {
          return "gone";
        }
      }),
    ),
    realms: v8.getHeapStatistics().number_of_native_contexts,
    toString: Function.prototype.toString.call(console.log),
  };
}

let before;
exports.remember = () => {
  before = { parts: parts(), figures: figures() };
};

/** In words; none when everything is as it was. */
exports.differences = () => {
  const now = parts();
  const found = [];
  for (const [name, descriptor] of before.parts) {
    const current = now.get(name);
    if (current === undefined) found.push(`${name} is gone`);
    else if (!sameDescriptor(descriptor, current)) found.push(`${name} is another`);
  }
  for (const name of now.keys()) if (!before.parts.has(name)) found.push(`${name} is new`);
  const current = figures();
  for (const [name, figure] of Object.entries(before.figures)) {
    // A realm of the program's own may be collected meanwhile.
    if (name === "realms" && current.realms < figure) continue;
    const [was, is] = [JSON.stringify(figure), JSON.stringify(current[name])];
    if (was !== is) found.push(`${name}: ${was} → ${is}`);
  }
  return found;
};
