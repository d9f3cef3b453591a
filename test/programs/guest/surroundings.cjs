// Everything around a program that it could find us by, as text.
"use strict";
const http = require("node:http");
const Module = require("node:module");
const channels = require("node:diagnostics_channel");

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
