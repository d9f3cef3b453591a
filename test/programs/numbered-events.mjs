// Makes numbered events and says at its end how many: the judge of what arrives. Arguments: events a second (0: as fast
// as it goes), seconds, seconds of rest before the end. Prints one JSON line: how many, and how much memory it grew by.
import { setTimeout as pause } from "node:timers/promises";
import { event } from "hindcast";

const [rate, seconds, restSeconds] = process.argv.slice(2).map(Number);
const megabyte = 2 ** 20;
let sent = 0;
let peak = 0;
const send = () => event("numbered", { n: ++sent, even: sent % 2 === 0 });
const look = () => (peak = Math.max(peak, process.memoryUsage.rss()));

for (let i = 0; i < 1000; i++) send();
await pause(200);
const base = process.memoryUsage.rss();
const startedMs = performance.now();
const elapsed = () => performance.now() - startedMs;
console.log("started");
for (let nextLookMs = 0; elapsed() < seconds * 1000;) {
  const due = rate === 0 ? sent + 2000 : (rate * elapsed()) / 1000;
  while (sent < due) send();
  if (elapsed() >= nextLookMs) {
    look();
    nextLookMs = elapsed() + 100;
  }
  await pause(rate === 0 ? 0 : 2);
}
await pause(restSeconds * 1000);
look();
console.log(JSON.stringify({ sent, grownMb: Math.round((peak - base) / megabyte), seconds: elapsed() / 1000 }));
