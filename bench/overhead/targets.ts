// The services that are compared, and what they are asked.
import { join } from "node:path";
import * as v from "valibot";
import { repositoryRoot } from "../../tools/run-step.js";
import type { Request, Target } from "./target.js";

const program = (name: string): string => join(repositoryRoot, "bench/programs", name);

/** Nine look-ups to one order. */
const shopRequests: readonly Request[] = [
  ...Array.from({ length: 9 }, (_, n): Request => ({ method: "GET", path: `/items/${n * 37}` })),
  { method: "POST", path: "/orders", body: JSON.stringify({ items: ["1", "20", "300"] }) },
];

const opened = v.object({ id: v.string() });

async function openAccount(url: string): Promise<string> {
  const answer = await fetch(`${url}/accounts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ owner: "benchmark", balance: 1_000_000_000 }),
  });
  return v.parse(opened, await answer.json()).id;
}

/** Four looks at an account to one transfer. */
async function ledgerRequests(url: string): Promise<readonly Request[]> {
  const [from, to] = [await openAccount(url), await openAccount(url)];
  return [
    ...Array.from({ length: 4 }, (_, n): Request => ({ method: "GET", path: `/accounts/${n % 2 === 0 ? from : to}` })),
    { method: "POST", path: "/transfers", body: JSON.stringify({ from, to, amount: 1 }) },
  ];
}

export const targets: readonly Target[] = [
  { name: "ledger", file: join(repositoryRoot, "examples/ledger/server.mjs"), requests: ledgerRequests },
  { name: "express", file: program("overhead-express.cjs"), requests: () => Promise.resolve(shopRequests) },
  { name: "fastify", file: program("overhead-fastify.cjs"), requests: () => Promise.resolve(shopRequests) },
];
