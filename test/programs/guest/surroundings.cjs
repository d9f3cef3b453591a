// Everything around a program that it could find us by, as text.
"use strict";
const http = require("node:http");
const Module = require("node:module");
const channels = require("node:diagnostics_channel");

// Before Node 22.15 the thread that module hooks live in writes to our streams, and Node listens to them for it.
const streams = Module.registerHooks === undefined ? {} : { stdout: process.stdout, stderr: process.stderr };
const emitters = { process, ...streams };
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

function surroundings() {
  return {
    global: Object.getOwnPropertyNames(globalThis),
    keys: Object.keys(globalThis),
    listeners: Object.fromEntries(Object.entries(emitters).map(([name, emitter]) => [name, listeners(emitter)])),
    maxListeners: process.getMaxListeners(),
    handles: process._getActiveHandles().filter((handle) => handle !== process.stdout && handle !== process.stderr)
      .length,
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
  process.stdout.write(
    JSON.stringify(
      { before, after: surroundings(), warned, channels: channels.hasSubscribers("console.log") },
      null,
      1,
    ) + "\n",
  );
}, 50);
