// Seeded load: the same seed makes the same requests in the same order. Opens accounts, then moves money between a
// few busy and many quiet ones, holds and releases, repeats keys, asks for what does not exist.
import { parseArgs } from "node:util";
import { randomFrom } from "./common/random.mjs";

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "60" },
  },
});
if (values.url === undefined) throw new Error("load.mjs needs --url");

const random = randomFrom(Number(values.seed));
const below = (limit) => Math.floor(random() * limit);
const accounts = [];
const holds = [];
const keys = [];
const statuses = new Map();

/** @returns {Promise<any>} */
const send = async (method, path, body) => {
  try {
    const response = await fetch(values.url + path, {
      method,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    return response.status === 204 ? undefined : await response.json();
  } catch {
    statuses.set("failed", (statuses.get("failed") ?? 0) + 1);
    return undefined;
  }
};

const owners = ["Ada Byron", "Grace Hopper", "Zoë Ωmega", "Łukasz Żuk", "O'Neil & Söhne", "名前"];
const pick = (list) => list[Math.floor(random() ** 2 * list.length)];

/** @type {[weight: number, action: () => Promise<unknown>][]} */
const actions = [
  [
    60,
    async () => {
      const key = random() < 0.1 && keys.length > 0 ? pick(keys) : `key_${keys.length}`;
      keys.push(key);
      await send("POST", "/transfers", {
        from: pick(accounts),
        to: pick(accounts),
        amount: 1 + below(random() < 0.1 ? 100_000 : 9_000),
        key,
      });
    },
  ],
  [16, () => send("GET", `/accounts/${pick(accounts)}`)],
  [
    8,
    async () => {
      const account = pick(accounts);
      const hold = await send("POST", "/holds", { account, amount: 2 * below(4_000) });
      if (hold?.id !== undefined) holds.push([account, hold.id]);
    },
  ],
  [
    7,
    async () => {
      const hold = holds.splice(below(holds.length), 1)[0];
      if (hold !== undefined) await send("DELETE", `/holds/${hold[1]}?account=${hold[0]}`);
    },
  ],
  [
    4,
    async () => {
      const account = await send("POST", "/accounts", { owner: pick(owners), balance: below(2) * below(200_000) });
      if (account?.id !== undefined) accounts.push(account.id);
    },
  ],
  [2, () => send("DELETE", `/accounts/${pick(accounts)}`)],
  [2, () => send("POST", "/reconciliations")],
  [1, () => send("GET", `/accounts/acc_${below(1000)}`)],
];
const totalWeight = actions.reduce((sum, [weight]) => sum + weight, 0);

const nextAction = () => {
  let point = random() * totalWeight;
  for (const [weight, action] of actions) if ((point -= weight) < 0) return action;
  return actions[0][1];
};

for (let i = 0; i < 12; i++) {
  const account = await send("POST", "/accounts", { owner: pick(owners), balance: 50_000 + below(400_000) });
  accounts.push(account.id);
}

const ends = Date.now() + Number(values.seconds) * 1000;
const pauseMs = 1000 / Number(values.rate);
const running = new Set();
while (Date.now() < ends) {
  const request = Promise.resolve(nextAction()()).finally(() => running.delete(request));
  running.add(request);
  // Bursts: one pause in twenty is skipped for a while.
  if (random() > 0.05) await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + random())));
  if (running.size > 32) await Promise.race(running);
}
await Promise.all(running);
console.log(`load done: ${[...statuses].map(([status, count]) => `${status}×${count}`).join(" ")}`);
