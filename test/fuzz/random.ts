// Seeded junk for fuzzing, and the loop that spends a budget on it.
import { randomFrom } from "../../src/shared/base/random.test-support.js";

export class Junk {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  bytes(most: number): Uint8Array {
    return Uint8Array.from({ length: this.below(most + 1) }, () => this.below(256));
  }

  text(most: number): string {
    const alphabet = [
      "a",
      "Z",
      "0",
      "-",
      "=",
      " ",
      ".",
      '"',
      "'",
      "\\",
      "\n",
      "\0",
      "é",
      "😀",
      "\ud800",
      "%",
      "{",
      "[",
    ];
    return Array.from({ length: this.below(most + 1) }, () => this.pick(alphabet)).join("");
  }

  number(): number {
    return this.pick([
      0,
      -0,
      1,
      -1,
      0.5,
      2 ** 31,
      2 ** 32,
      2 ** 53,
      -(2 ** 63),
      1e308,
      -1e308,
      NaN,
      Infinity,
      this.below(1000),
    ]);
  }

  bigint(): bigint {
    return this.pick([
      0n,
      -1n,
      1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      1_795_000_000_000_000_000n,
      BigInt(this.below(1_000_000)),
    ]);
  }

  /** Anything a codec can carry. */
  value(depth = 3): unknown {
    const leaves = [
      () => this.text(12),
      () => this.number(),
      () => this.bigint(),
      () => this.chance(0.5),
      () => null,
      () => undefined,
      () => this.bytes(20),
      () => new Float64Array(this.below(5)),
      () => new Date(this.number()),
    ];
    if (depth === 0 || this.chance(0.5)) return this.pick(leaves)();
    const size = this.below(5);
    if (this.chance(0.5)) return Array.from({ length: size }, () => this.value(depth - 1));
    return Object.fromEntries(Array.from({ length: size }, () => [this.text(8), this.value(depth - 1)]));
  }

  /** The same bytes with something wrong: flipped, cut, doubled, or with a number that is far too large. */
  damaged(bytes: Uint8Array): Uint8Array {
    const copy = Uint8Array.from(bytes);
    if (copy.length === 0) return copy;
    const at = this.below(copy.length);
    switch (this.below(5)) {
      case 0:
        copy[at] = this.below(256);
        return copy;
      case 1:
        return copy.subarray(0, at);
      case 2:
        return Uint8Array.from([...copy.subarray(0, at), ...this.bytes(8), ...copy.subarray(at)]);
      case 3:
        copy.fill(255, at, at + 4);
        return copy;
      default:
        for (let left = 1 + this.below(20); left > 0; left--) copy[this.below(copy.length)] = this.below(256);
        return copy;
    }
  }
}

/**
 * In the gate each boundary gets a few seconds and at least so many rounds, also on a machine that is starved.
 * `FUZZ_SECONDS=600` gives each so long; `TORTURE=full` means ten minutes. `FUZZ_SEED=7` runs the round with that seed, and
 * with `FUZZ_SECONDS` those after it, too.
 */
const leastRounds = 20;
const asked = {
  seconds: numberIn("FUZZ_SECONDS") ?? (process.env["TORTURE"] === "full" ? 600 : undefined),
  seed: numberIn("FUZZ_SEED"),
};
/** Far more than any round takes: what is not over by then hangs. */
const mostRoundMs = 120_000;

function numberIn(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} takes a whole number`);
  return Number(text);
}

export interface FuzzBudget {
  /** The seed of the first round. */
  readonly first: number;
  /** In the gate. */
  readonly seconds: number;
  readonly least?: number;
}

/** Runs rounds, each with a seed of its own, until the budget is spent; resolves with their number. */
export async function fuzz(
  { first, seconds, least = leastRounds }: FuzzBudget,
  round: (junk: Junk, seed: number) => Promise<void> | void,
): Promise<number> {
  const start = asked.seed ?? first;
  const isOneRound = asked.seed !== undefined && asked.seconds === undefined;
  const endMs = performance.now() + (isOneRound ? 0 : (asked.seconds ?? seconds) * 1000);
  let seed = start;
  for (; performance.now() < endMs || seed < start + (isOneRound ? 1 : least); seed++) {
    try {
      await within(mostRoundMs, round(new Junk(seed), seed));
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`FUZZ_SEED=${seed} fails: ${reason}`, { cause: error });
    }
  }
  return seed - start;
}

async function within(ms: number, work: Promise<void> | void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the round was not over after ${ms / 1000} s`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
