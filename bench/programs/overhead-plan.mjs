// Plays the ledger's plan of load against several gateways in turns, in a process of its own: each gets the same requests in the
// same order, as fast as it answers, 64 at a time. A message { url, seed, requests } is answered with what came of it.
import { Agent, request as ask } from "node:http";
import { plan } from "../../examples/ledger/load/plan.mjs";

const mostAtOnce = 64;
const agent = new Agent({ keepAlive: true, maxSockets: mostAtOnce });
const plans = new Map();

/** A connection may be closed that was waiting for its turn: Node's advice is to ask again. */
function send(url, step, id, isAgain = false) {
  const { method, path, body, raw } = step;
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers = { "x-request-id": id, ...(text === undefined ? {} : { "content-type": "application/json" }) };
  const began = performance.now();
  return new Promise((resolve) => {
    const over = (status) => resolve({ status, ms: performance.now() - began });
    const call = ask(url + path, { agent, method, headers }, (response) => {
      response.resume().once("end", () => over(response.statusCode));
      response.once("error", () => over(0));
    });
    call.once("error", () => {
      if (call.reusedSocket && !isAgain) resolve(send(url, step, id, true));
      else over(0);
    });
    call.end(text);
  });
}

async function play({ url, seed, requests }) {
  const known = plans.get(url) ?? { steps: plan(seed), number: 0 };
  plans.set(url, known);
  const running = new Set();
  const answers = [];
  const began = performance.now();
  for (let sent = 0; sent < requests;) {
    const { value: step } = known.steps.next();
    if (step.settled) {
      await Promise.all(running);
      continue;
    }
    sent++;
    const sending = send(url, step, `load-${known.number++}`).then((answer) => {
      running.delete(sending);
      answers.push(answer);
    });
    running.add(sending);
    if (running.size >= mostAtOnce) await Promise.race(running);
  }
  await Promise.all(running);
  const seconds = (performance.now() - began) / 1000;
  return {
    seconds,
    unanswered: answers.filter(({ status }) => status === 0).length,
    late: answers.filter(({ status }) => status >= 502).length,
    ms: answers.map(({ ms }) => ms),
  };
}

process.on("message", async (wanted) => process.send(await play(wanted)));
