// What keeps the program alive and who listens to its process, counted by kind each second. Bounded: a program that invents
// kinds has the rest counted together.
import type { Attributes } from "../../shared/trace/attributes.js";

const mostKinds = 32;
const others = "(others)";

/** Counts of one metric; a kind that is gone is told once more, as none. */
export class CountsByKind {
  readonly #tell: (count: number, attributes: Attributes) => void;
  readonly #attribute: string;
  readonly #known = new Set<string>();

  constructor(attribute: string, tell: (count: number, attributes: Attributes) => void) {
    this.#attribute = attribute;
    this.#tell = tell;
  }

  sample(counts: Iterable<readonly [kind: string, count: number]>): void {
    const now = new Map<string, number>();
    for (const [kind, count] of counts) {
      if (!this.#known.has(kind) && this.#known.size < mostKinds) this.#known.add(kind);
      const name = this.#known.has(kind) ? kind : others;
      now.set(name, (now.get(name) ?? 0) + count);
    }
    for (const kind of this.#known) if (!now.has(kind)) now.set(kind, 0);
    for (const [kind, count] of now) this.#tell(count, { [this.#attribute]: kind });
    for (const kind of this.#known) if (now.get(kind) === 0) this.#known.delete(kind);
  }
}
