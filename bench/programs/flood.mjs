// A program that records events as fast as they are taken. Arguments: how many, and how many bytes of text are in each.
import { setImmediate as nextTurn } from "node:timers/promises";
import { event } from "hindcast";

const [count, textBytes] = process.argv.slice(2).map(Number);
const text = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(1 + textBytes / 36).slice(0, textBytes);

for (let made = 0; made < count; made++) {
  const total = ((made * 7919) % 100_003) / 100;
  if (textBytes === 0) event("order.placed", { order: made, total, express: made % 3 === 0 });
  else event("order.placed", { order: made, body: text });
  // The event loop turns, as in a program that does other work.
  if (made % 5000 === 0) await nextTurn();
}
