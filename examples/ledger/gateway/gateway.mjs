// The way in: checks what comes, remembers accounts for a moment, and asks the services behind. Built on express.
import express from "express";
import { createServer } from "node:http";
import { askByFetch, askByHttp } from "../common/ask.mjs";
import { answerError } from "../common/http-error.mjs";
import { createLog, logRequests } from "../common/log.mjs";
import { serve } from "../common/service.mjs";
import { keepState } from "../common/state.mjs";
import { Cache } from "./cache.mjs";
import { checkOwner, checkTransfer } from "./validation.mjs";

const { ACCOUNTS_URL, PAYMENTS_URL, NOTIFICATIONS_URL } = process.env;
const log = createLog("gateway");
const kept = keepState("gateway", {
  changes: 0,
  inFlight: 0,
  counts: { hits: 0, misses: 0 },
  statuses: new Map(),
  cache: new Map(),
});
const cache = new Cache(kept, { ttlMs: 2000, limit: 48 });

function countRequests(_request, response, next) {
  kept.change((gateway) => gateway.inFlight++);
  response.once("close", () =>
    kept.change((gateway) => {
      gateway.inFlight--;
      gateway.statuses.set(response.statusCode, (gateway.statuses.get(response.statusCode) ?? 0) + 1);
    }),
  );
  next();
}

const accountUrl = (id) => `${ACCOUNTS_URL}/accounts/${encodeURIComponent(id)}`;
const account = (id, requestId) => cache.get(id, () => askByHttp(accountUrl(id), { requestId }));

const pass = (response, { status, body }) =>
  body === undefined ? response.status(status).end() : response.status(status).json(body);

const app = express();
app.use(logRequests(log), countRequests, express.json({ limit: "100kb" }));

app.post("/accounts", async (request, response) => {
  checkOwner(request.body?.owner);
  const { owner, id, balance } = request.body;
  const question = { method: "POST", body: { owner, id, balance }, requestId: request.id };
  pass(response, await askByHttp(`${ACCOUNTS_URL}/accounts`, question));
});

app.get("/accounts/:id", async (request, response) => {
  pass(response, await account(request.params.id, request.id));
});

app.delete("/accounts/:id", async (request, response) => {
  const { id } = request.params;
  cache.forget(id);
  pass(response, await askByHttp(accountUrl(id), { method: "DELETE", requestId: request.id }));
});

for (const kind of ["transfers", "payouts"])
  app.post(`/${kind}`, async (request, response) => {
    const { from, to, amount, key, memo } = request.body ?? {};
    checkTransfer({ from, to, amount });
    const payer = await account(from, request.id);
    if (payer.status !== 200) {
      request.log.error({ from, status: payer.status }, "payer cannot be looked up");
      return pass(response, payer);
    }
    const body = { from, to, amount, key, memo };
    const answer = await askByFetch(`${PAYMENTS_URL}/${kind}`, {
      method: "POST",
      body,
      requestId: request.id,
      timeoutMs: 5000,
    });
    cache.forget(from);
    cache.forget(to);
    pass(response, answer);
  });

app.post("/holds", async (request, response) => {
  const { account: id, amount } = request.body ?? {};
  const question = { method: "POST", body: { account: id, amount }, requestId: request.id };
  pass(response, await askByHttp(`${ACCOUNTS_URL}/holds`, question));
});

app.delete("/holds/:id", async (request, response) => {
  const url = `${ACCOUNTS_URL}/holds/${encodeURIComponent(request.params.id)}?account=${encodeURIComponent(String(request.query.account))}`;
  pass(response, await askByHttp(url, { method: "DELETE", requestId: request.id }));
});

app.get("/accounts/:id/notifications", async (request, response) => {
  pass(
    response,
    await askByFetch(`${NOTIFICATIONS_URL}/feeds/${encodeURIComponent(request.params.id)}`, { requestId: request.id }),
  );
});

/** Waits up to `ms` for the next one. */
app.get("/accounts/:id/watch", async (request, response) => {
  const ms = Math.min(1500, Number(request.query.ms ?? 500));
  const url = `${NOTIFICATIONS_URL}/feeds/${encodeURIComponent(request.params.id)}/next?ms=${ms}`;
  pass(response, await askByFetch(url, { requestId: request.id, timeoutMs: ms + 2000 }));
});

app.post("/reconciliations", async (request, response) => {
  pass(response, await askByHttp(`${ACCOUNTS_URL}/reconciliations`, { method: "POST", requestId: request.id }));
});

app.use(answerError);
await serve("gateway", createServer(app));
