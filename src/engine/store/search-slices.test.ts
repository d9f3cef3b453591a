import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { searchKinds } from "../../shared/protocol/engine-rows.js";
import { type Stretch, latestSlice, turned } from "./search-slices.js";

function randomStretches(seed: number): readonly Stretch[] {
  const random = randomFrom(seed);
  return Array.from({ length: 40 }, () => {
    const first = BigInt(Math.floor(random() * 1000));
    const kind = searchKinds[Math.floor(random() * searchKinds.length)] ?? "event";
    return { kind, first, last: first + BigInt(Math.floor(random() ** 4 * 300)), rows: Math.floor(random() * 100) };
  });
}

describe("latestSlice", () => {
  it.each([1, 2, 3, 4, 5])("goes through every instant of every candidate once, the latest first (seed %i)", (seed) => {
    const all = randomStretches(seed);
    const candidates = all.filter((_, at) => at % 3 !== 0);
    const [from, to] = [50n, 900n];
    const seen: string[] = [];
    let before = to + 1n;
    for (;;) {
      const slice = latestSlice(candidates, all, from, before - 1n, 150);
      if (slice === undefined) break;
      expect(slice.last).toBeLessThan(before);
      expect(slice.first).toBeLessThanOrEqual(slice.last);
      for (const kind of slice.kinds)
        for (let instant = slice.last; instant >= slice.first; instant--) seen.push(`${kind} ${instant}`);
      before = slice.first;
    }
    const wanted = new Set<string>();
    for (const { kind, first, last } of candidates)
      for (let instant = first; instant <= last; instant++)
        if (instant >= from && instant <= to) wanted.add(`${kind} ${instant}`);
    expect(new Set(seen).size).toBe(seen.length);
    expect([...wanted].filter((one) => !seen.includes(one))).toEqual([]);
  });

  it("takes about as many rows as asked for", () => {
    const stretches = Array.from({ length: 10 }, (_, at): Stretch => ({
      kind: "log",
      first: BigInt(at * 100),
      last: BigInt(at * 100 + 99),
      rows: 100,
    }));
    const slice = (rows: number) => latestSlice(stretches, stretches, 0n, 10_000n, rows);
    expect(slice(100)).toEqual({ first: 900n, last: 999n, kinds: ["log"], rows: 100 });
    expect(slice(350)).toEqual({ first: 700n, last: 999n, kinds: ["log"], rows: 300 });
    expect(slice(30)).toEqual({ first: 975n, last: 999n, kinds: ["log"], rows: 25 });
    expect(slice(0)).toEqual({ first: 999n, last: 999n, kinds: ["log"], rows: 1 });
  });

  it("goes on to the next candidate as long as what lies between is little", () => {
    const stretch = (first: bigint, rows: number): Stretch => ({ kind: "log", first, last: first + 99n, rows });
    const [early, between, late] = [stretch(0n, 10), stretch(200n, 500), stretch(400n, 10)];
    expect(latestSlice([early, late], [early, late], 0n, 1000n, 100)).toMatchObject({ first: 0n, last: 499n });
    expect(latestSlice([early, late], [early, between, late], 0n, 1000n, 100)).toMatchObject({ first: 400n });
    expect(latestSlice([early, late], [early, between, late], 0n, 399n, 100)).toMatchObject({ first: 0n, last: 99n });
    expect(latestSlice([early, late], [early, between, late], 120n, 399n, 100)).toBe(undefined);
  });

  it("goes the other way in turned time", () => {
    const stretch: Stretch = { kind: "log", first: 5n, last: 9n, rows: 1 };
    expect(turned(stretch)).toEqual({ kind: "log", first: -9n, last: -5n, rows: 1 });
  });
});
