// Everything around a program that it could find us by, as text.
"use strict";
const http = require("node:http");
const Module = require("node:module");
const channels = require("node:diagnostics_channel");
const { createHash } = require("node:crypto");
const { fstatSync } = require("node:fs");

const listeners = (emitter) =>
  emitter
    .eventNames()
    .map((name) => `${String(name)} ${emitter.listenerCount(name)}`)
    .sort();
const functionNames = (owner) =>
  Object.getOwnPropertyNames(owner).filter((name) => {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    return typeof found.value === "function" && !(found.value instanceof Function);
  });

/** What every function around looks like from outside: only one that nobody replaced looks as it did. */
const owners = {
  console,
  process,
  Module,
  ModulePrototype: Module.prototype,
  http,
  https: require("node:https"),
  net: require("node:net"),
  fs: require("node:fs"),
  timers: require("node:timers"),
  request: http.ClientRequest.prototype,
  globalThis,
  Object,
  Reflect,
  Array: Array.prototype,
  Map: Map.prototype,
  Set: Set.prototype,
  Promise: Promise.prototype,
};
const looks = () =>
  Object.entries(owners).map(([name, owner]) => {
    const hash = createHash("sha256");
    for (const key of Reflect.ownKeys(owner).sort((a, b) => (String(a) < String(b) ? -1 : 1))) {
      const { value, get, set, ...attributes } = Object.getOwnPropertyDescriptor(owner, key);
      hash.update(JSON.stringify([String(key), typeof value, attributes, !!get, !!set]));
      // Node replaces process.chdir itself as soon as somebody names its worker threads.
      if (typeof value === "function" && key !== "chdir") hash.update(Function.prototype.toString.call(value));
    }
    return `${name} ${hash.digest("hex")}`;
  });
const ofRecording = /^(?:HINDCAST\w*|NODE_OPTIONS)$/;

function surroundings() {
  return {
    looks: process.argv[2] === "looks" ? looks() : [],
    environment: Object.keys(process.env).filter((name) => !ofRecording.test(name)),
    stdio: [0, 1, 2].map((fd) => {
      const { mode } = fstatSync(fd);
      return mode;
    }),
    folder: process.cwd(),
    umask: process.umask(),
    global: Object.getOwnPropertyNames(globalThis),
    keys: Object.keys(globalThis),
    listeners: listeners(process),
    maxListeners: process.getMaxListeners(),
    handles: process._getActiveHandles().length,
    requests: process._getActiveRequests().length,
    resources: process.getActiveResourcesInfo().filter((name) => !/Wrap$/.test(name)),
    cache: Object.keys(require.cache).filter((file) => file !== __filename),
    children: module.children.map(({ id }) => id),
    parent: module.parent,
    execArgv: process.execArgv,
    argv: process.argv.slice(2),
    title: process.title,
    prepareStackTrace: typeof Error.prepareStackTrace,
    stackTraceLimit: Error.stackTraceLimit,
    stack: new Error("here").stack.split("\n").length > 1,
    strangers: [console, process, Module, Module.prototype, http, http.ClientRequest.prototype].map(functionNames),
    lengths: [console.log, Module._resolveFilename, Module.prototype._compile].map(({ name, length }) => [
      name,
      length,
    ]),
    enumerable: [Object.keys(console), Object.keys(process)].map((keys) => keys.length),
    exitCode: String(process.exitCode),
    warnings: process.listenerCount("warning"),
  };
}

const warned = [];
process.on("warning", (warning) => warned.push(warning.message));
const before = surroundings();
setTimeout(() => {
  const after = surroundings();
  // Only now: naming a stream is what makes it, and Node listens to one that a thread was made to write to.
  const streams = [process.stdout, process.stderr].map(listeners);
  const consoleChannel = channels.hasSubscribers("console.log");
  process.stdout.write(JSON.stringify({ before, after, streams, warned, channels: consoleChannel }, null, 1) + "\n");
}, 50);
