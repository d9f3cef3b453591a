// Who has how much. The ledger is kept in memory (ledger.mjs), every operation in the storage. Built on fastify.
import { setTimeout as wait } from "node:timers/promises";
import Fastify, { LogController } from "fastify";
import { cents } from "../common/http-error.mjs";
import { isOn } from "../common/incidents.mjs";
import { createLog, requestIdOf } from "../common/log.mjs";
import { serve } from "../common/service.mjs";
import { keepState } from "../common/state.mjs";
import { Ledger, Store } from "../ledger.mjs";
import { Locks } from "./locks.mjs";
import { Pool } from "./pool.mjs";
import { openStorage } from "./storage.mjs";

const floorLimit = 100_000;

const log = createLog("accounts");
const ledger = keepState("ledger", new Ledger());
const store = new Store(ledger.state, ledger.observe);
const { DATABASE_URL, LEDGER_DATA } = process.env;
const storage = DATABASE_URL
  ? await (await import("./postgres.mjs")).openPostgres(DATABASE_URL)
  : await openStorage(LEDGER_DATA);
for await (const [operation, ...args] of storage.operations()) store[operation](...args);
const pool = new Pool(storage.connect, { limit: 8, waitMs: 1000 });
const locks = new Locks();

/** Does it and keeps it, while nobody else touches these accounts. */
async function operate(accounts, operation, ...args) {
  // The lock of the whole bank: correct, and every operation waits for every other one's way to the disk.
  const release = await locks.take(isOn("lock-contention") ? ["bank"] : accounts);
  try {
    return await withConnection(async (connection) => {
      const result = store[operation](...args);
      await connection.append([operation, ...args]);
      if (isOn("lock-contention")) await flushTogether(connection);
      return result;
    });
  } finally {
    release();
  }
}

/** What others append meanwhile goes to the disk with it. Who holds the lock of the bank waits for nobody. */
async function flushTogether(connection) {
  await wait(12);
  await connection.flush();
}

async function withConnection(work) {
  const connection = await pool.acquire();
  let isRefused = false;
  try {
    return await work(connection);
  } catch (error) {
    isRefused = error.status < 500;
    throw error;
  } finally {
    // A transfer that was refused returns early, and nobody gives its connection back.
    if (!(isRefused && isOn("pool-exhaustion"))) pool.release(connection);
  }
}

const app = Fastify({
  loggerInstance: log,
  logController: new LogController({ requestIdLogLabel: "requestId" }),
  genReqId: (raw) => requestIdOf(raw.headers),
});
const text = { type: "string", maxLength: 200 };
const body = (required, properties) => ({ schema: { body: { type: "object", required, properties } } });

app.post("/accounts", body(["owner"], { owner: text, id: text, balance: {} }), async (request, reply) => {
  const { owner, balance = 0, id } = /** @type {any} */ (request.body);
  const account = await operate([id ?? "new"], "open", owner, cents(balance, "balance"), id);
  request.log.info({ account: account.id, balance: account.balance }, "account opened");
  return reply.code(201).send({ id: account.id, balance: account.balance });
});

app.get("/accounts/:id", async (request) => {
  const { id, owner, balance, version, holds } = store.account(/** @type {any} */ (request.params).id);
  return { id, owner, balance, version, holds: [...holds.values()] };
});

app.delete("/accounts/:id", async (request, reply) => {
  const { id } = /** @type {any} */ (request.params);
  await operate([id], "close", id);
  request.log.info({ account: id }, "account closed");
  return reply.code(204).send();
});

app.post(
  "/entries",
  body(["from", "to"], { from: text, to: text, key: text, amount: {}, fee: {} }),
  async (request, reply) => {
    const { from, to, amount: asked, key, fee } = /** @type {any} */ (request.body);
    const amount = cents(asked, "amount");
    // Up to the floor limit an entry is booked like one that a terminal made offline: whether or not there are funds.
    const isOffline = amount <= floorLimit && store.isShort(from, amount) && isOn("overdraft");
    const entry = await operate([from, to], "transfer", from, to, amount, key, cents(fee, "fee"), isOffline);
    request.log.info({ from, to, amount, entry: entry.id }, "entry made");
    return reply.code(201).send({ entry: entry.id });
  },
);

app.post("/holds", body(["account"], { account: text, amount: {} }), async (request, reply) => {
  const { account, amount } = /** @type {any} */ (request.body);
  const hold = await operate([account], "hold", account, cents(amount, "amount"));
  return reply.code(201).send({ id: hold.id });
});

app.delete("/holds/:id", async (request, reply) => {
  const { account } = /** @type {any} */ (request.query);
  await operate([account], "release", account, /** @type {any} */ (request.params).id);
  return reply.code(204).send();
});

app.post("/reconciliations", async (request) => {
  const { difference, accounts } = await operate(["bank"], "reconcile");
  if (difference !== 0) request.log.error({ difference }, "debits and credits differ");
  console.log(`reconciled ${accounts} accounts for request ${request.id}`);
  return { difference, accounts };
});

app.setErrorHandler((/** @type {any} */ error, request, reply) => {
  const status = error.status ?? error.statusCode ?? 500;
  if (status >= 500) request.log.error({ err: error, status }, "request failed");
  else request.log.warn({ status }, error.message);
  return reply.code(status).send({ error: error.message });
});

log.info({ storage: storage.kind, accounts: ledger.state.accounts.size }, "storage read");
await app.ready();
await serve("accounts", app.server, () => pool.close());
