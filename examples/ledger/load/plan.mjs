// What is asked, in which order and at which pace: all of it from the seed, none of it from answers. The same seed asks the
// same, however long it is listened to.
import { randomFrom } from "../common/random.mjs";
import { owners, patterns } from "./patterns.mjs";

const firstAccounts = 16;
const phaseMs = { least: 3000, most: 8000 };
/** Of what is asked besides the pattern whose turn it is: there is always somebody who pays out, waits, or sends nonsense. */
const mixedIn = [
  { share: 0.1, mixed: patterns.find(({ name }) => name === "Invalid Input") },
  { share: 0.25, mixed: patterns.find(({ name }) => name === "Normal Operations") },
];

/**
 * Steps: a request with how long to wait before it (at `--rate 5`), or `settled`: what was asked before has to be answered.
 * @param {number} seed
 * @param {string} [only] the name of one pattern, instead of a new one every few seconds
 */
export function* plan(seed, only) {
  const draw = drawFrom(randomFrom(seed));
  const chosen = only === undefined ? undefined : patterns.find(({ name }) => name === only);
  if (only !== undefined && chosen === undefined) throw new Error(`no pattern is called ${only}`);

  const opening = (id, balance) => ({
    pattern: "Opening",
    waitMs: 0,
    method: "POST",
    path: "/accounts",
    body: { id, owner: draw.one(owners), balance },
  });
  yield opening("bank", 0);
  for (let i = 0; i < firstAccounts; i++) yield opening(draw.newAccount(), 50_000 + draw.below(400_000));
  yield { settled: true };
  for (;;) {
    const pattern = chosen ?? draw.one(patterns);
    const lengthMs = phaseMs.least + draw.below(phaseMs.most - phaseMs.least);
    for (let spentMs = 0; spentMs < lengthMs; spentMs += pattern.everyMs)
      for (let i = 0; i < (pattern.together ?? 1); i++) {
        const { name, next } = chosen ?? mixedIn.find(({ share }) => draw.chance(share))?.mixed ?? pattern;
        const waitMs = i === 0 ? pattern.everyMs * (0.5 + draw.random()) : 0;
        yield { pattern: name, waitMs, ...next(draw) };
      }
  }
}

function drawFrom(random) {
  const below = (limit) => Math.floor(random() * limit);
  let accounts = 0;
  let others = 0;
  let keys = 0;
  const nameOf = (n) => `acc_${1001 + n}`;
  return {
    random,
    below,
    chance: (share) => random() < share,
    one: (list) => list[below(list.length)],
    /** A few are busy, many are quiet; who opened one uses it. */
    account: () => nameOf(random() < 0.3 ? accounts - 1 - below(4) : Math.floor(random() ** 2 * accounts)),
    newAccount: () => nameOf(accounts++),
    /** Of what is none of these accounts. */
    otherName: () => `other_${others++}`,
    nextAccount: () => nameOf(accounts + below(3)),
    /** One in ten was used before. */
    key: () => `key_${random() < 0.1 && keys > 0 ? keys - 1 - below(Math.min(keys, 20)) : keys++}`,
    weighted(choices) {
      let point = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, make] of choices) if ((point -= weight) < 0) return make();
      return choices[0][1]();
    },
  };
}
