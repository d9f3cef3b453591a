// Which seeds of a random test are tried. The gate tries the first of them; `HINDCAST_TEST_SEEDS=all` tries each, as CI does every
// night. So the first is one that gets everywhere, and a seed that ever failed comes first or is a test of its own. The same
// holds for cases that go one way: the gate tries those that together reach everything.

export const triesAllSeeds = process.env["HINDCAST_TEST_SEEDS"] === "all";

export const seeds = <Seed>(first: Seed, ...others: readonly Seed[]): readonly Seed[] =>
  triesAllSeeds ? [first, ...others] : [first];

/** Of cases that go one way those of the gate, or with the others. */
export const cases = <Case>(inGate: readonly Case[], others: readonly Case[]): readonly Case[] =>
  triesAllSeeds ? [...inGate, ...others] : inGate;
