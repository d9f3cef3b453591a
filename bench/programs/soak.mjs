// A program that records at a steady rate for as long as it is told: events, and one write in fifty to state of bounded size.
// Arguments: how many a second, for how many seconds. Says at its end how many of each it made, and how far it fell behind.
import { setTimeout as wait } from "node:timers/promises";
import { event, track } from "hindcast";

const [perSecond, seconds] = process.argv.slice(2).map(Number);
const stock = track("stock", new Map());
const items = 1000;

let [events, writes, mostBehind] = [0, 0, 0];
const startedMs = performance.now();
for (;;) {
  const elapsed = (performance.now() - startedMs) / 1000;
  const due = Math.floor(Math.min(elapsed, seconds) * perSecond);
  mostBehind = Math.max(mostBehind, due - events - writes);
  while (events + writes < due) {
    const made = events + writes;
    if (made % 50 === 49) {
      stock.set(`item_${(made * 31) % items}`, made);
      writes++;
    } else {
      // Values that differ from event to event, or the file would shrink to nothing.
      event("order.placed", { order: made, total: ((made * 7919) % 100_003) / 100, express: made % 3 === 0 });
      events++;
    }
  }
  if (elapsed >= seconds) break;
  await wait(5);
}
console.log(JSON.stringify({ events, writes, mostBehind }));
