// What keeps the program alive and who listens to its process, counted by kind each second. Bounded: a program that invents
// kinds has the rest counted together.
import type { Attributes } from "../../shared/trace/attributes.js";

const mostKinds = 32;
const others = "(others)";
/**
 * A count that hardly ever changes is told again at every so many looks, a second apart. Whoever looks at an instant takes a sample
 * for known for five times as long as samples are mostly apart: so also right after a time in which it changed each second.
 */
export const looksPerSteadyCount = 4;

interface Told {
  readonly count: number;
  /** Looks since then. */
  looks: number;
}

/** Counts of one metric; a kind that is gone is told once more, as none. */
export class CountsByKind {
  readonly #tell: (count: number, attributes: Attributes) => void;
  readonly #attribute: string;
  readonly #looksPerSteadyCount: number;
  /** What was told of each last. */
  readonly #known = new Map<string, Told | undefined>();
  #othersTold: Told | undefined;

  /** A count that is what it was is told at every so many looks. */
  constructor(attribute: string, tell: (count: number, attributes: Attributes) => void, perSteadyCount = 1) {
    this.#attribute = attribute;
    this.#tell = tell;
    this.#looksPerSteadyCount = perSteadyCount;
  }

  sample(counts: Iterable<readonly [kind: string, count: number]>): void {
    const now = new Map<string, number>();
    for (const [kind, count] of counts) {
      if (!this.#known.has(kind) && this.#known.size < mostKinds) this.#known.set(kind, undefined);
      const name = this.#known.has(kind) ? kind : others;
      now.set(name, (now.get(name) ?? 0) + count);
    }
    for (const kind of this.#known.keys()) if (!now.has(kind)) now.set(kind, 0);
    for (const [kind, count] of now) if (this.#isNews(kind, count)) this.#tell(count, { [this.#attribute]: kind });
    for (const kind of this.#known.keys()) if (now.get(kind) === 0) this.#known.delete(kind);
    if (!now.has(others)) this.#othersTold = undefined;
  }

  #isNews(kind: string, count: number): boolean {
    const told = this.#known.get(kind) ?? (kind === others ? this.#othersTold : undefined);
    if (told?.count === count && ++told.looks < this.#looksPerSteadyCount) return false;
    const toldNow = { count, looks: 0 };
    if (this.#known.has(kind)) this.#known.set(kind, toldNow);
    else this.#othersTold = toldNow;
    return true;
  }
}
