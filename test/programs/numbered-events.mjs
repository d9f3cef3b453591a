// Makes numbered events and says at its end how many: the judge of what arrives. Arguments: events a second (0: as fast
// as it goes), seconds, seconds of rest before the end. Prints one JSON line: how many.
import { setTimeout as pause } from "node:timers/promises";
import { event } from "hindcast";

const [rate, seconds, restSeconds] = process.argv.slice(2).map(Number);
let sent = 0;
const send = () => event("numbered", { n: ++sent, even: sent % 2 === 0 });

for (let i = 0; i < 1000; i++) send();
await pause(200);
const startedMs = performance.now();
const elapsed = () => performance.now() - startedMs;
console.log("started");
while (elapsed() < seconds * 1000) {
  const due = rate === 0 ? sent + 2000 : (rate * elapsed()) / 1000;
  while (sent < due) send();
  await pause(rate === 0 ? 0 : 2);
}
await pause(restSeconds * 1000);
console.log(JSON.stringify({ sent, seconds: elapsed() / 1000 }));
