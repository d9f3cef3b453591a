// A program that records events as fast as they are taken. Arguments: how many, and how many bytes of text are in each.
import { setImmediate as nextTurn } from "node:timers/promises";
import { event } from "hindcast";

const [count, textBytes] = process.argv.slice(2).map(Number);
const words =
  "order placed by customer for items shipped to address in region with priority express at price after discount".split(
    " ",
  );

/** Words and numbers, as log lines and payloads have them. */
let corpus = "";
for (let at = 1; corpus.length < 4_000_003; at = (at * 7919 + 13) % 100_003)
  corpus += `${words[at % words.length]} ${at} `;

/** A part of them; no two are alike in millions. Making it costs next to nothing: what is measured is recording it. */
const textOf = (made) => {
  const start = (made * 7919) % (corpus.length - textBytes);
  return corpus.slice(start, start + textBytes);
};

for (let made = 0; made < count; made++) {
  const total = ((made * 7919) % 100_003) / 100;
  if (textBytes === 0) event("order.placed", { order: made, total, express: made % 3 === 0 });
  else event("order.placed", { order: made, body: textOf(made) });
  // The event loop turns, as in a program that does other work.
  if (made % 5000 === 0) await nextTurn();
}
