// A service whose one request blocks its event loop, in the way named, until a file is there.
"use strict";
const http = require("node:http");
const { execSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const inspector = require("node:inspector");

const [way, file] = process.argv.slice(2);
const isOver = () => existsSync(file);

const ways = {
  script: function spin() {
    while (!isOver());
  },
  wait: function waitForNobody() {
    while (!isOver()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  },
  regex: function backtrack() {
    while (!isOver()) /^(a+)+$/.test(`${"a".repeat(18)}b`);
  },
  child: function runChild() {
    execSync(`while [ ! -e '${file}' ]; do sleep 0.05; done`);
  },
  exit: function spinAndExit() {
    while (!isOver());
    process.exit(3);
  },
  throw: function spinAndThrow() {
    while (!isOver());
    throw new Error("thrown after a block");
  },
  // While its stack is looked at again and again.
  kill: function spinAndKill() {
    const key = Symbol.for("hindcast.agent.blocked");
    const look = globalThis[key];
    let looks = 0;
    const value = (...given) => {
      looks++;
      look(...given);
      return 200;
    };
    Object.defineProperty(globalThis, key, { value, configurable: true });
    while (!isOver() || looks === 0);
    process.kill(process.pid, "SIGTERM");
  },
  // Another debugger has the inspector meanwhile, or the program itself.
  inspected: function spinInspected() {
    while (!isOver());
  },
  session: function spinWithSession() {
    while (!isOver());
  },
};

const server = http.createServer((_, response) => {
  console.log("blocks");
  ways[way]();
  console.log("goes on");
  response.end("done");
});
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

server.listen(0, "127.0.0.1", async () => {
  if (way === "inspected") inspector.open(0, "127.0.0.1");
  if (way === "session") new inspector.Session().connect();
  // The loop has turned for a while.
  await after(1100);
  http.get({ port: server.address().port, agent: false }, (response) => {
    response.resume().on("end", async () => {
      await after(100);
      server.close();
      if (way === "inspected") inspector.close();
    });
  });
});
