// The bank network that payouts leave by: somebody else's system, which Hindcast does not see into. It takes a few captures at
// a time, lets the others wait, declines some, and never answers one in four.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { isOn } from "../common/incidents.mjs";
import { serve } from "../common/service.mjs";

const waiting = [];
let working = 0;

async function capture() {
  // At a bank where one clerk is left, who is slower the longer the queue is.
  const clerks = isOn("slow-dependency") ? 1 : 16;
  while (working >= clerks) await new Promise((resolve) => waiting.push(resolve));
  working++;
  await wait(5 + (clerks === 1 ? 180 + waiting.length * 10 : 0));
  working--;
  waiting.shift()?.();
}

const server = createServer(async (request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (part) => (text += part));
  await once(request, "end");
  const { reference, amount } = JSON.parse(text);
  if (isLost(reference)) return;
  await capture();
  response.writeHead(amount % 13 === 0 ? 402 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify({ reference }));
});

/** By how a reference ends: neighbours are nothing alike. */
const isLost = (reference) =>
  [...reference].reduceRight((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193), 7) >>> 30 === 0;

await serve("provider", server);
