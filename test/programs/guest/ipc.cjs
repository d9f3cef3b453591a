// Everything a parent and its child can see of the channel between them, as text: what comes, in which order, what `send`
// returns, throws and calls back, what there is on its ends. Arguments: how messages are serialized, or "cluster".
"use strict";
const childProcess = require("node:child_process");
const cluster = require("node:cluster");
const net = require("node:net");

const mode = process.argv[2] ?? "json";
const lines = [];
const say = (...parts) =>
  lines.push(parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" "));
const shown = (message) => {
  const text =
    typeof message === "string"
      ? message
      : JSON.stringify(message, (_, value) => (value instanceof Map ? [...value] : value));
  return text.length > 100 ? `${text.slice(0, 60)}… ${text.length}` : text;
};
const thrownBy = (work) => {
  try {
    return work();
  } catch (error) {
    return `${error.name} ${error.code} ${error.message.split("\n")[0]}`;
  }
};
const looks = (end) => ({
  send: [end.send.name, end.send.length],
  disconnect: [end.disconnect.name, end.disconnect.length],
  own: Reflect.ownKeys(end)
    .map(String)
    .filter((name) => /send|channel|connect|handle|pending/i.test(name))
    .sort(),
  connected: end.connected,
  listeners: ["message", "internalMessage", "newListener", "disconnect"].map((name) => end.listenerCount(name)),
});

const messages = [
  0,
  "text",
  "é".repeat(40_000),
  true,
  null,
  { list: [1, { deep: "x" }], cmd: "PLAIN" },
  { cmd: "NODE_OF_A_PROGRAM", n: 1 },
  mode === "advanced" ? new Map([["key", new Date(5)]]) : { toJSON: () => ({ made: "by toJSON" }) },
  { text: "x".repeat(300_000) },
];

function talk(end, name) {
  say(name, "looks", looks(end));
  for (const [at, message] of messages.entries())
    say(
      name,
      "sends",
      at,
      thrownBy(() => typeof end.send(message)),
    );
  const unsendable = mode === "advanced" ? { run() {} } : { big: 1n };
  for (const message of [undefined, Symbol("s"), () => 1, unsendable])
    say(
      name,
      thrownBy(() => end.send(message)),
    );
  say(
    name,
    thrownBy(() => end.send("x", { not: "a handle" })),
  );
}

const wanted = messages.length - 1; // the one that Node takes for its own
if (process.argv[3] === "child") {
  const seen = [];
  const internal = []; // comes when it comes
  const environment = Object.keys(process.env).filter((key) => /IPC|CHANNEL/.test(key));
  process.on("internalMessage", (message) => message.n && internal.push(shown(message)));
  const begin = () => {
    talk(process, "child");
    process.on("message", (message, handle) => {
      seen.push(shown(message));
      say("child got", shown(message), handle === undefined ? "" : handle.constructor.name);
      if (handle !== undefined) handle.close();
      if (seen.length === wanted) process.send("that was all");
      if (message !== "last") return;
      process.send({ lines: [...lines, ...internal], environment, seen: seen.length }, (error) => {
        say("called back", String(error));
        process.disconnect();
      });
    });
  };
  // A cluster listens itself, from the start: what comes before the program does is lost, with or without a recording.
  // Elsewhere Node keeps what comes before anybody listens.
  if (mode === "cluster") begin();
  else setTimeout(begin, 50);
  process.on("disconnect", () => say("child is disconnected"));
} else {
  const child =
    mode === "cluster"
      ? (cluster.setupPrimary({ exec: __filename, args: [mode, "child"] }), cluster.fork().process)
      : childProcess.fork(__filename, [mode, "child"], { serialization: mode });
  talk(child, "parent");
  let ofChild = [];
  child.on("internalMessage", (message) => message.n && say("parent internal", message));
  child.on("message", (message) => {
    if (message?.lines === undefined) say("parent got", shown(message));
    else ofChild = [...message.lines, JSON.stringify(message.environment), `${message.seen} seen`];
    // A handle that is sent while the other end still reads may get lost on a busy machine, whoever records.
    if (message !== "that was all") return;
    if (mode === "cluster") return child.send("last"); // a handle of the cluster's goes another way
    const server = net.createServer().listen(0, () => {
      // Node waits until the handle has come, and keeps the order.
      child.send("with a server", server, (error) => say("handle sent", String(error)));
      child.send("after it", (error) => say("sent", String(error)));
      child.send("last");
      server.close();
    });
  });
  child.on("error", (error) => say("parent error", error.code));
  child.on("exit", (code, signal) => {
    say("exit", String(code), String(signal), looks(child));
    say(child.send("too late", (error) => say("called back", error.code)));
    // The cluster has no listener for it of its own.
    if (mode !== "cluster") say(child.send("too late"));
    setTimeout(() => console.log([...lines, "--", ...ofChild].join("\n")), 20);
  });
}
