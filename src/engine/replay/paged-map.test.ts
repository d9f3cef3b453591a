import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { PagedMap } from "./paged-map.js";

describe("PagedMap", () => {
  it.each([1, 2, 3, 4, 5])("and its forks behave as Maps and their copies do, seed %d", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const ids = [...Array.from({ length: 300 }, (_, at) => at), 2 ** 20, 2 ** 31, 2 ** 32 - 1];
    let pairs: { readonly paged: PagedMap<number>; readonly plain: Map<number, number> }[] = [
      { paged: new PagedMap(), plain: new Map() },
    ];
    for (let turn = 0; turn < 5000; turn++) {
      const [pair, id] = [pairs[below(pairs.length)], ids[below(ids.length)]];
      if (pair === undefined || id === undefined) throw new Error("no such pair");
      const action = below(100);
      if (action < 3) pairs = [...pairs.slice(-4), { paged: pair.paged.fork(), plain: new Map(pair.plain) }];
      else if (action < 40) {
        pair.paged.delete(id);
        pair.plain.delete(id);
      } else {
        pair.paged.set(id, turn);
        pair.plain.set(id, turn);
      }
      if (turn % 500 !== 499) continue;
      for (const { paged, plain } of pairs)
        expect(ids.map((one) => paged.get(one))).toEqual(ids.map((one) => plain.get(one)));
    }
  });
});
