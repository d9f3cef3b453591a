// Counts what it does, in two threads, and what it asks of its own server: each time an event, a write, a line and a request. Ends when there is
// a file "stop", and says how far it has counted.
"use strict";
const { existsSync } = require("node:fs");
const { createServer, get } = require("node:http");
const { Worker, isMainThread } = require("node:worker_threads");
const { event, track } = require("hindcast");

if (isMainThread) new Worker(__filename);
const numbers = track("numbers", { last: 0 });
const server = createServer((request, response) => setTimeout(() => response.end(), 20));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const turn = () => {
    const n = ++numbers.last;
    event("tick", { n });
    console.log(`line ${n}`);
    const isLast = existsSync("stop");
    get({ port, path: `/slow/${n}`, agent: false }, (response) =>
      response.resume().on("end", () => isLast && server.close()),
    );
    if (isLast) event("counted", { n });
    else setTimeout(turn, 4);
  };
  turn();
});
