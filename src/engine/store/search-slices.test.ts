import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { searchKinds } from "../../shared/protocol/engine-rows.js";
import { type Stretch, latestSlice, turned } from "./search-slices.js";

function randomStretches(seed: number): readonly Stretch[] {
  const random = randomFrom(seed);
  return Array.from({ length: 40 }, () => {
    const first = BigInt(Math.floor(random() * 1000));
    const kind = searchKinds[Math.floor(random() * searchKinds.length)] ?? "event";
    const [last, rows] = [first + BigInt(Math.floor(random() ** 4 * 300)), Math.floor(random() * 100)];
    return { kind, first, last, rows, likely: Math.floor(random() ** 4 * rows) };
  });
}

const most = (rows: number, likely = Infinity) => ({ rows, likely });

describe("latestSlice", () => {
  it.each([1, 2, 3, 4, 5])("goes through every instant of every candidate once, the latest first (seed %i)", (seed) => {
    const candidates = randomStretches(seed);
    const [from, to] = [50n, 900n];
    const seen: string[] = [];
    let before = to + 1n;
    for (;;) {
      const slice = latestSlice(candidates, from, before - 1n, most(150, seed === 1 ? Infinity : 20));
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

  it("takes no more rows than asked for, and no more likely ones", () => {
    const stretches = Array.from({ length: 10 }, (_, at): Stretch => ({
      kind: "log",
      first: BigInt(at * 100),
      last: BigInt(at * 100 + 99),
      rows: 100,
      likely: 10,
    }));
    const slice = (rows: number, likely?: number) => latestSlice(stretches, 0n, 10_000n, most(rows, likely));
    expect(slice(100)).toMatchObject({ first: 900n, last: 999n, kinds: ["log"] });
    expect(slice(350)).toMatchObject({ first: 700n, last: 999n, kinds: ["log"] });
    expect(slice(30)).toMatchObject({ first: 975n, last: 999n, kinds: ["log"] });
    expect(slice(0)).toMatchObject({ first: 999n, last: 999n, kinds: ["log"] });
    expect(slice(350, 20)).toMatchObject({ first: 800n, last: 999n, kinds: ["log"] });
    expect(slice(350, 3)).toMatchObject({ first: 975n, last: 999n, kinds: ["log"] });
    expect(slice(30, 20)).toMatchObject({ first: 975n, last: 999n, kinds: ["log"] });
  });

  it("goes on to earlier stretches as long as what is there is little", () => {
    const stretch = (first: bigint, rows: number): Stretch => ({
      kind: "log",
      first,
      last: first + 99n,
      rows,
      likely: 0,
    });
    const [early, between, late] = [stretch(0n, 10), stretch(200n, 500), stretch(400n, 10)];
    expect(latestSlice([early, late], 0n, 1000n, most(100))).toMatchObject({ first: 0n, last: 499n });
    expect(latestSlice([early, between, late], 0n, 1000n, most(100))).toMatchObject({ first: 400n });
    expect(latestSlice([early, late], 0n, 399n, most(100))).toMatchObject({ first: 0n, last: 99n });
    expect(latestSlice([early, late], 120n, 399n, most(100))).toBe(undefined);
  });

  it("goes the other way in turned time", () => {
    const stretch: Stretch = { kind: "log", first: 5n, last: 9n, rows: 1, likely: 1 };
    expect(turned(stretch)).toEqual({ kind: "log", first: -9n, last: -5n, rows: 1, likely: 1 });
  });
});
