// Programs whose state is too large to be looked at in one go.
// node large.mjs truth SEED: changes a Map of 12,000 entries while it is first looked at, and keeps its own account of it at some
// instants, one JSON line each in the file named by LARGE_ORACLE. node large.mjs size: tracks a Map of 100,000 entries, 50 MB of nested
// state and 5,000 scopes, and prints how long each `track` kept it.
import { appendFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { track } from "hindcast";
import { clockNs } from "../../examples/ledger/oracle.mjs";
import { taggedJson } from "../../examples/ledger/tagged-json.mjs";

const [what, seed] = process.argv.slice(2);
let state = Number(seed ?? 1) >>> 0;
const below = (limit) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * limit);
};

const account = (n) => ({ id: `acc_${n}`, balance: n, owner: { name: `owner ${n}`, notes: [n % 7, "a"] } });

function truth() {
  const accounts = new Map(Array.from({ length: 12_000 }, (_, n) => [`acc_${n}`, account(n)]));
  const note = () => {
    const line = { clock: String(clockNs()), state: taggedJson(accounts) };
    appendFileSync(process.env.LARGE_ORACLE, `${JSON.stringify(line)}\n`);
  };
  const some = () => `acc_${below(12_500)}`;
  const changes = [
    () => accounts.set(some(), account(below(100))),
    () => accounts.delete(some()),
    () => {
      const key = some();
      accounts.delete(key);
      accounts.set(key, account(below(100)));
    },
    () => {
      const one = accounts.get(some());
      if (one !== undefined) one.balance += 1;
    },
    () => {
      const one = accounts.get(some());
      one?.owner?.notes.push(below(10), { at: below(10) });
    },
    () => {
      const [from, to] = [accounts.get(some()), accounts.get(some())];
      if (from === undefined || to === undefined || from === to) return;
      const { owner } = from;
      from.owner = undefined;
      to.owner = owner;
    },
    () => {
      const one = accounts.get(some());
      if (one !== undefined) delete one.owner;
    },
  ];
  track("accounts", accounts);
  note();
  let turns = 0;
  const timer = setInterval(() => {
    for (let n = 0; n < 20; n++) changes[below(changes.length)]();
    if (++turns === 30 || turns === 80 || turns === 400) note();
    if (turns === 400) clearInterval(timer);
  }, 2);
}

function size() {
  const kept = [];
  const tracked = (name, value) => {
    const begun = process.cpuUsage();
    track(name, value);
    const { user, system } = process.cpuUsage(begun);
    kept.push((user + system) / 1e6);
  };
  tracked("map", new Map(Array.from({ length: 100_000 }, (_, n) => [`acc_${n}`, { id: `acc_${n}`, balance: n }])));
  const row = (n) => ({ n, text: `${n} `.repeat(60), tags: ["a", n] });
  tracked("nested", {
    parts: Array.from({ length: 250 }, () => ({ rows: Array.from({ length: 500 }, (_, n) => row(n)) })),
  });
  for (let n = 0; n < 5_000; n++) tracked(`scope ${n}`, { n, list: [n, { n }] });
  const turns = [];
  let last = performance.now();
  const timer = setInterval(() => {
    turns.push(performance.now() - last);
    last = performance.now();
  }, 1);
  setTimeout(() => {
    clearInterval(timer);
    console.log(JSON.stringify({ kept, turns }));
  }, 4_000);
}

if (what === "truth") truth();
else size();
