// Prints what is not what originals.cjs found, once the agent has had time to go.
"use strict";
// Node replaces process.chdir itself as soon as there is a worker thread, anybody's.
const channels = require("node:diagnostics_channel");
const { descriptors, before } = globalThis[Symbol.for("test.originals")];

/** Another function, other attributes, or gone; other data than functions is the program's to change. */
const isChanged = (found, now) =>
  found === undefined || now === undefined || (!isMadeByUse(found, now) && isOther(found, now));
/** Node makes some globals when somebody names them first: then a value stands where a getter was. */
const isMadeByUse = (found, now) =>
  found.get !== undefined && typeof now.value === "function" && Reflect.apply(found.get, globalThis, []) === now.value;
const isOther = (found, now) =>
  ["get", "set", "writable", "enumerable", "configurable"].some((field) => found[field] !== now[field]) ||
  ((typeof now.value === "function" || typeof found.value === "function") && now.value !== found.value);
const changed = () =>
  Object.entries(descriptors()).flatMap(([owner, all]) => {
    const known = before[owner] ?? {};
    const names = new Set([...Reflect.ownKeys(known), ...Reflect.ownKeys(all)]);
    return [...names].flatMap((name) => (isChanged(known[name], all[name]) ? [`${owner}.${String(name)}`] : []));
  });
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
