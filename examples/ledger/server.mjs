// The HTTP service. The one line that knows Hindcast is `track`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import express from "express";
import { track } from "hindcast";
import { pino } from "pino";
import { Ledger, LedgerError, Store } from "./ledger.mjs";
import { changeObserver } from "./oracle.mjs";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "address-file": { type: "string" },
    load: { type: "string" },
    seed: { type: "string", default: "1" },
    rate: { type: "string", default: "60" },
  },
});

const log = pino({ name: "ledger" });
const store = new Store(track("ledger", new Ledger()), changeObserver(process.env.LEDGER_ORACLE));
const riskLimit = 40_000;

const cents = (value, name) => {
  if (!Number.isSafeInteger(value) || value < 0) throw new LedgerError(422, `${name} must be a whole number of cents`);
  return value;
};

const app = express();
app.use(express.json());

app.post("/accounts", (request, response) => {
  const account = store.open(String(request.body.owner), cents(request.body.balance ?? 0, "balance"));
  log.info({ account: account.id, balance: account.balance }, "account opened");
  response.status(201).json({ id: account.id, balance: account.balance });
});

app.get("/accounts/:id", (request, response) => {
  const { id, owner, balance, version, holds } = store.account(request.params.id);
  response.json({ id, owner, balance, version, holds: [...holds.values()] });
});

app.delete("/accounts/:id", (request, response) => {
  store.close(request.params.id);
  log.info({ account: request.params.id }, "account closed");
  response.status(204).end();
});

app.post("/risk/checks", async (request, response) => {
  const { amount } = request.body;
  await new Promise((resolve) => setTimeout(resolve, 3 + (amount % 17)));
  response.json({ allowed: amount < 90_000 });
});

app.post("/transfers", async (request, response) => {
  const { from, to, key } = request.body;
  const amount = cents(request.body.amount, "amount");
  const before = key === undefined ? undefined : store.answered(key);
  if (before !== undefined) {
    log.warn({ key, entry: before.entry }, "transfer repeated");
    response.status(before.status).json({ entry: before.entry, repeated: true });
    return;
  }
  if (amount >= riskLimit) {
    const check = await fetch(`http://127.0.0.1:${request.socket.localPort}/risk/checks`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ amount }),
    });
    /** @type {any} */
    const { allowed } = await check.json();
    if (!allowed) throw new LedgerError(403, `transfer of ${amount} needs approval`);
  }
  const entry = store.transfer(from, to, amount, key);
  log.info({ from, to, amount, entry: entry.id }, "transferred");
  response.status(201).json({ entry: entry.id });
});

app.post("/holds", (request, response) => {
  const hold = store.hold(request.body.account, cents(request.body.amount, "amount"));
  log.debug({ hold: hold.id }, "held");
  response.status(201).json({ id: hold.id });
});

app.delete("/holds/:id", (request, response) => {
  store.release(String(request.query.account), request.params.id);
  response.status(204).end();
});

app.post("/reconciliations", (_request, response) => {
  const { difference, accounts } = store.reconcile();
  if (difference !== 0) log.error({ difference }, "debits and credits differ");
  console.log(`reconciled ${accounts} accounts`);
  response.json({ difference, accounts });
});

app.use((error, request, response, _next) => {
  const status = error instanceof LedgerError ? error.status : (error.status ?? 500);
  if (status >= 500) log.error({ err: error, path: request.path }, "request failed");
  else log.warn({ path: request.path, status }, error.message);
  response.status(status).json({ error: error.message });
});

const server = app.listen(Number(options.port), "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${server.address().port}`;
console.log(`ledger listening on ${url}`);
if (options["address-file"] !== undefined) {
  // In one step: whoever waits for the file finds all of it.
  writeFileSync(`${options["address-file"]}.new`, url);
  renameSync(`${options["address-file"]}.new`, options["address-file"]);
}

process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
});

if (options.load !== undefined) {
  const script = fileURLToPath(new URL("load.mjs", import.meta.url));
  const args = [script, "--url", url, "--seconds", options.load, "--seed", options.seed, "--rate", options.rate];
  // The load generator is not part of the service: it runs without what records the service.
  const environment = { ...process.env, HINDCAST: "off" };
  const load = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"], env: environment });
  await once(load, "exit");
  server.close();
  server.closeAllConnections();
}
