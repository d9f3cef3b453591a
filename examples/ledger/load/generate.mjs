// Plays a plan against the gateway for some seconds. Each request carries an id, and is noted with its answer in a log of its
// own: what recordings are compared with.
import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { isOn } from "../common/incidents.mjs";
import { clockNs } from "../oracle.mjs";
import { plan } from "./plan.mjs";

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "10" },
    /** Requests a second in Normal Operations; "max": as many as are answered. */
    rate: { type: "string", default: "20" },
    /** Over after so many, if not before. */
    requests: { type: "string", default: "Infinity" },
    pattern: { type: "string" },
    log: { type: "string" },
  },
});
if (values.url === undefined) throw new Error("generate.mjs needs --url");

const mostAtOnce = 64;
const spikeFactor = 8;
const rate = values.rate === "max" ? Infinity : Number(values.rate);
const statuses = new Map();

async function send(step, id) {
  const { pattern, method, path, body, raw } = step;
  const sent = clockNs();
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers = { "x-request-id": id, ...(text === undefined ? {} : { "content-type": "application/json" }) };
  let status = 0;
  try {
    const response = await fetch(values.url + path, { method, headers, body: text });
    await response.arrayBuffer();
    status = response.status;
  } catch {
    // Nobody answered: status 0.
  }
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (values.log === undefined) return;
  const ms = Number(clockNs() - sent) / 1e6;
  appendFileSync(values.log, `${JSON.stringify({ id, pattern, method, path, sent: String(sent), status, ms })}\n`);
}

const pauseMs = (waitMs) => (waitMs * 5) / rate / (isOn("traffic-spike") ? spikeFactor : 1);

const ends = Date.now() + Number(values.seconds) * 1000;
const running = new Set();
let number = 0;
for (const step of plan(Number(values.seed), values.pattern)) {
  if (Date.now() >= ends || number >= Number(values.requests)) break;
  if (step.settled) {
    await Promise.all(running);
    continue;
  }
  const ms = pauseMs(step.waitMs);
  if (ms > 0) await wait(ms);
  const sending = send(step, `load-${values.seed}-${number++}`).finally(() => running.delete(sending));
  running.add(sending);
  if (running.size >= mostAtOnce) await Promise.race(running);
}
await Promise.all(running);
console.log(`load done: ${[...statuses].map(([status, count]) => `${status}×${count}`).join(" ")}`);
if (process.connected) process.disconnect();
