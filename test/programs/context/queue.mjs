// A queue that carries nothing but what is put into it, and whoever takes from it: their spans are joined by the context in
// each message. What is no context begins a trace of its own.
import { setTimeout as wait } from "node:timers/promises";
import { context, event, span, spanFrom } from "hindcast";

const queue = [];
for (let n = 0; n < 3; n++) span("put", { n }, () => queue.push({ n, context: context() }));
const outside = { toString: () => process.exit(1) };
const unreadable = ["", "00-nothing-of-the-kind", context(), outside, Symbol("context"), null];

const results = await Promise.all([
  ...queue.map((message) =>
    spanFrom(message.context, "take", { n: message.n }, async () => {
      await wait(5);
      event("taken", { n: message.n });
      return message.n;
    }),
  ),
  ...unreadable.map((text) => spanFrom(text, "take nothing", async () => "nothing")),
]);
let thrown;
try {
  spanFrom(queue[0].context, "fail", () => {
    throw new Error("no such account");
  });
} catch (error) {
  thrown = error.message;
}
console.log(JSON.stringify({ results, thrown }));
try {
  spanFrom(undefined, "no work");
} catch (error) {
  console.log(error.message);
}
