// Publishes what Node would publish of requests, with a method that throws where the agent calls it.
"use strict";
const { channel } = require("node:diagnostics_channel");
const { event } = require("hindcast");
let calls = 0;
for (let at = 0; at < 100; at++) {
  const addHeader = () => {
    calls++;
    throw new Error("sabotage");
  };
  channel("undici:request:create").publish({
    request: { origin: "http://localhost", method: "GET", path: "/", headers: [], addHeader },
  });
}
console.log("goes on");
event("goes on");
process.stdout.write(`${calls > 0 && calls < 50 ? "left alone" : calls}\n`);
