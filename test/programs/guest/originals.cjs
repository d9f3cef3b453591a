// Loaded before the agent: notes what everything that the agent replaces is.
"use strict";
const http = require("node:http");
const Module = require("node:module");
const owners = {
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
