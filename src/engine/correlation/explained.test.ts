// Traffic that grows, a program that is still getting faster, and one thing among them that goes wrong.
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { type Change, changeOfCount, changeOfSeries, changeOfShare, ranked } from "./changed.js";
import { explained } from "./explained.js";

const cells = { before: 48, after: 16 };
const all = cells.before + cells.after;

const there = <Found>(changes: readonly (Found | undefined)[]): Found[] =>
  changes.flatMap((change) => (change === undefined ? [] : [change]));

/** How many of so many do, each by chance. */
const some = (random: () => number, count: number, share: number): number =>
  Array.from({ length: count }, random).filter((value) => value < share).length;

/** Requests that become ten times as many with the selection, and grow within the baseline already. */
const requestsOf = (random: () => number): Float64Array =>
  Float64Array.from({ length: all }, (_, at) => some(random, at < cells.before ? 10 + at / 4 : 200, 0.6));

const along = (random: () => number, requests: Float64Array, share: number): Float64Array =>
  requests.map((count) => some(random, 2 * count, share / 2));

describe("what requests explain", () => {
  it("is not named, however many more there are of it; what fails among them comes first", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomFrom(seed);
      const requests = requestsOf(random);
      const streams = [{ name: "GET /orders", counts: requests }];
      const count = (name: string, counts: Float64Array) => {
        const change = changeOfCount(name, counts, cells);
        return change && explained(change, counts, streams, cells);
      };
      const wrong = along(random, requests, 0.02).map((value, at) => (at < cells.before ? 0 : value + 3));
      const lines = Array.from({ length: 30 }, (_, at) => count(`line ${at}`, along(random, requests, 0.2 + random())));
      const found = ranked(there<Change<string>>([...lines, count("line of what is wrong", wrong)]));
      expect(found.filter(({ isSure }) => isSure).map(({ of }) => of)).toEqual(["line of what is wrong"]);
      // Without looking at requests every line is named.
      const plain = changeOfCount("requests", requests, cells);
      expect(ranked(there([plain])).map(({ isSure }) => isSure)).toEqual([true]);
    }
  });

  it("is what came with as many requests as before: half as many lines for each of them is a change", () => {
    const random = randomFrom(5);
    const requests = requestsOf(random);
    const lines = requests.map((count, at) => some(random, 2 * count, at < cells.before ? 0.5 : 0.1));
    const change = changeOfCount("lines", lines, cells);
    const left = change && explained(change, lines, [{ name: "GET /orders", counts: requests }], cells);
    // Twice as many a second, and a fifth of what each request wrote: not so much of it is left as by the clock.
    expect(left).toMatchObject({ of: "lines" });
    expect(left?.effect).toBeLessThan(0.5);
  });

  it("has to have been there before", () => {
    const late = Float64Array.from({ length: all }, (_, at) => (at < cells.before ? 0 : 5));
    const change = changeOfCount("new", late, cells);
    const left = change && explained(change, late, [{ name: "as new", counts: late }], cells);
    expect(left).toMatchObject({ effect: 1 });
    expect(left).not.toHaveProperty("by");
  });
});

describe("what had begun before", () => {
  it("counts for as much as it differs from the newer half of the baseline", () => {
    const random = randomFrom(9);
    const series = (level: (at: number) => number): [Float64Array, Float64Array] => {
      const values = Float64Array.from({ length: all }, (_, at) => level(at) + random());
      return [values.subarray(0, cells.before), values.subarray(cells.before)];
    };
    // Warm after a third of the baseline, and as slow as in the beginning from the selection on.
    const warm = changeOfSeries("warm", ...series((at) => (at < 16 ? 80 : 5)));
    const slow = changeOfSeries("slow", ...series((at) => (at < 16 || at >= cells.before ? 80 : 5)));
    const slower = changeOfSeries("slower", ...series((at) => (at < cells.before ? 5 : 80)));
    expect(warm?.effect).toBeLessThan(0.35);
    expect(slow?.effect).toBeGreaterThan(0.4);
    expect(slower?.effect).toBeCloseTo(1);
  });

  it("and goes the other way since is no change at all", () => {
    const counts = Float64Array.from({ length: all }, (_, at) => (at < 24 ? 1 : at < cells.before ? 20 : 12));
    expect(changeOfCount("up and down", counts, cells)?.effect).toBe(0);
    const shares = changeOfShare(
      "failures",
      counts,
      counts.map(() => 30),
      cells,
    );
    expect(shares?.effect).toBe(0);
  });

  it("and of what became better half of it is told", () => {
    const change = (name: string): Change<string> => ({ of: name, effect: 0.8, chance: 1e-6, before: 9, after: 1 });
    const found = ranked([change("faster"), change("gone")], ({ of }) => of === "faster");
    expect(found.map(({ of }) => of)).toEqual(["gone", "faster"]);
    expect(found[1]?.score).toBeCloseTo((found[0]?.score ?? 0) / 2);
  });
});
