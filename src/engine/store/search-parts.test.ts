import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { type FoundPart, cursorOf, withSeries } from "./search-parts.js";
import { type Cursor, type Hit, inOrder } from "./search-rows.js";

describe("withSeries", () => {
  it.each([1, 2, 3])(
    "shows rows and series once each in their order, wherever looking at rows stopped (seed %i)",
    (seed) => {
      const random = randomFrom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      for (let round = 0; round < 100; round++) {
        const some = (kind: Hit["kind"], count: number): Hit[] =>
          Array.from({ length: count }, () =>
            hitAt(kind, { instant: BigInt(below(40)), process: below(3), seq: ++seqs }),
          );
        let seqs = 0;
        const order = random() < 0.5 ? "newest" : "oldest";
        const sign = order === "newest" ? -1 : 1;
        const sorted = (hits: readonly Hit[]): Hit[] => hits.toSorted((a, b) => sign * inOrder(a, b));
        const [rows, series] = [sorted(some("log", below(40))), some("metric", below(20))];
        const limit = 1 + below(9);
        /** So many of them, or none and only so far, as where the time for an answer is up. */
        const lookedAt = (after: Cursor | undefined): FoundPart => {
          const left = rows.filter((row) => after === undefined || sign * inOrder(row, after) > 0);
          const hits = left.slice(0, 1 + below(limit));
          return { hits, next: hits.length === left.length ? undefined : cursorOf(hits.at(-1)) };
        };
        const shown: Hit[] = [];
        let after: Cursor | undefined;
        do {
          const part = withSeries(lookedAt(after), series, { order, limit, ...(after && { after }) });
          expect(part.hits.length).toBeLessThanOrEqual(limit);
          shown.push(...part.hits);
          after = part.next;
        } while (after !== undefined);
        expect(shown).toEqual(sorted([...rows, ...series]));
      }
    },
  );
});

const hitAt = (kind: Hit["kind"], at: Cursor): Hit => ({
  ...at,
  ...{ kind, series: 0, title: "", field: "", before: "", matched: "", after: "" },
});
