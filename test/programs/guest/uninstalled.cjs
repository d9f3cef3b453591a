// Prints what is not what originals.cjs found, once the agent has had time to go.
"use strict";
// Node replaces process.chdir itself as soon as there is a worker thread, anybody's.
const channels = require("node:diagnostics_channel");
const { descriptors, before } = globalThis[Symbol.for("test.originals")];

const isChanged = (owner, name, now) => {
  const found = before[owner]?.[name];
  return found === undefined || (typeof now.value === "function" && now.value !== found.value) || now.get !== found.get;
};
const changed = () =>
  Object.entries(descriptors()).flatMap(([owner, all]) =>
    Object.entries(all).flatMap(([name, now]) => (isChanged(owner, name, now) ? [`${owner}.${name}`] : [])),
  );
const kept = { list: [] };
const names = [
  "http.server.request.start",
  "http.client.request.created",
  "undici:request:create",
  "tracing:pino_asJson:end",
];
if (changed().some((name) => name === "console.log") !== (process.env.HINDCAST_SOCKET !== undefined))
  throw new Error("the agent was not there to begin with");
setTimeout(() => {
  kept.list.push("instrumented code goes on");
  kept.count = 1;
  const listening = names.filter((name) => channels.hasSubscribers(name));
  const monitors = process.listenerCount("uncaughtExceptionMonitor");
  process.stdout.write(
    JSON.stringify({ after: changed().filter((name) => name !== "process.chdir"), listening, monitors, kept }) + "\n",
  );
}, 2500);
