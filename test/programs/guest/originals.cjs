// Loaded before the agent: notes what everything that the agent replaces is.
"use strict";
const http = require("node:http");
const Module = require("node:module");
const owners = {
  globalThis,
  http,
  https: require("node:https"),
  net: require("node:net"),
  fs: require("node:fs"),
  childProcess: require("node:child_process"),
  child: require("node:child_process").ChildProcess.prototype,
  threads: require("node:worker_threads"),
  timers: require("node:timers"),
  channels: require("node:diagnostics_channel"),
  channel: require("node:diagnostics_channel").Channel.prototype,
  emitter: require("node:events").prototype,
  emitters: require("node:events"),
  error: Error,
  promise: Promise.prototype,
  array: Array.prototype,
  map: Map.prototype,
  set: Set.prototype,
  object: Object,
  reflect: Reflect,
  console,
  process,
  Module,
  prototype: Module.prototype,
  request: http.ClientRequest.prototype,
  message: http.IncomingMessage.prototype,
  response: http.ServerResponse.prototype,
};
const key = Symbol.for("test.originals");
const descriptors = () =>
  Object.fromEntries(Object.entries(owners).map(([name, owner]) => [name, Object.getOwnPropertyDescriptors(owner)]));

globalThis[key] = { descriptors, before: descriptors() };
