// Moves money: transfers between accounts, and payouts through the bank network. Built on express.
import express from "express";
import { createServer } from "node:http";
import { askByFetch, bodyOf } from "../common/ask.mjs";
import { businessNow } from "../common/clock.mjs";
import { HttpError, answerError, cents } from "../common/http-error.mjs";
import { createLog, logRequests } from "../common/log.mjs";
import { serve } from "../common/service.mjs";
import { keepState } from "../common/state.mjs";
import { Answers } from "./answers.mjs";
import { feeOf } from "./fees.mjs";
import { Outbox, QueueOutbox } from "./outbox.mjs";
import { ProviderClient } from "./provider-client.mjs";
import { Risk } from "./risk.mjs";

const { ACCOUNTS_URL, NOTIFICATIONS_URL, PROVIDER_URL, REDIS_URL, RELEASE = "1.0" } = process.env;
const riskFrom = 20_000;
const mostRisk = 0.72;
const mostRecent = 30;

const log = createLog("payments");
const kept = keepState("payments", {
  changes: 0,
  release: RELEASE,
  nextId: 1,
  recent: [],
  answers: new Map(),
  outbox: new Map(),
  notifications: { delivered: 0, givenUp: 0 },
  provider: { open: new Set(), late: 0 },
});
const answers = new Answers(kept);
const provider = new ProviderClient(PROVIDER_URL, kept);
const queue = REDIS_URL ? (await import("../common/redis-list.mjs")).openQueue(REDIS_URL) : undefined;
const outbox = queue === undefined ? new Outbox(NOTIFICATIONS_URL, kept, log) : new QueueOutbox(queue, kept);
const risk = new Risk();

function begin({ from, to, amount, memo }) {
  return kept.change((payments) => {
    const id = `pay_${process.pid}_${payments.nextId++}`;
    const payment = { id, from, to, amount, memo, at: businessNow(), status: "begun", entry: undefined };
    payments.recent.push(payment);
    if (payments.recent.length > mostRecent) payments.recent.shift();
    return payment;
  });
}

const settle = (payment, status, entry = undefined) =>
  kept.change(() => {
    payment.status = status;
    payment.entry = entry;
  });

async function checkRisk(payment, request) {
  if (payment.amount < riskFrom) return;
  const score = await risk.score(payment);
  request.log.info({ payment: payment.id, score: Number(score.toFixed(3)) }, "risk scored");
  if (score > mostRisk) throw new HttpError(403, `payment of ${payment.amount} needs approval`);
}

async function enter(payment, fee, request) {
  const { from, to, amount } = payment;
  const body = { from, to, amount, fee };
  const answer = await askByFetch(`${ACCOUNTS_URL}/entries`, { method: "POST", body, requestId: request.id });
  return bodyOf(answer).entry;
}

/** `work` does it and resolves with the number of its entry. */
async function pay(request, response, work) {
  const { key, to, memo } = request.body;
  const before = answers.of(key);
  if (before !== undefined) {
    request.log.warn({ key, payment: before.payment }, "payment repeated");
    response.status(201).json({ payment: before.payment, entry: before.entry, repeated: true });
    return;
  }
  const amount = cents(request.body.amount, "amount");
  const payment = begin(request.body);
  try {
    const fee = feeOf(amount);
    await checkRisk(payment, request);
    settle(payment, "done", await work(payment, fee));
  } catch (error) {
    settle(payment, "failed");
    throw error;
  }
  if (key !== undefined) answers.note(key, payment);
  await outbox.put({ id: payment.id, account: to, amount, memo }, request.id);
  request.log.info({ payment: payment.id, amount, entry: payment.entry }, "paid");
  response.status(201).json({ payment: payment.id, entry: payment.entry });
}

const app = express();
app.use(logRequests(log), express.json({ limit: "200kb" }));
app.post("/transfers", (request, response) => pay(request, response, (payment, fee) => enter(payment, fee, request)));
app.post("/payouts", (request, response) =>
  pay(request, response, async (payment, fee) => {
    await provider.capture(payment.id, payment.amount);
    return enter(payment, fee, request);
  }),
);
app.get("/payments", (_request, response) => response.json(kept.state.recent));
app.use(answerError);

log.info({ release: RELEASE }, "release");
await serve("payments", createServer(app), () => Promise.all([risk.close(), queue?.close()]));
