import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { type Piece, ceilTo, floorTo, levelsFor, metricLevels, piecesOf, recordLevels } from "./zoom-levels.js";

const second = 1_000_000_000n;
/** As "level since-until" in seconds, in the order of time. */
const textOf = (pieces: readonly Piece[]): readonly string[] =>
  [...pieces]
    .sort((a, b) => Number(a.since - b.since))
    .map(({ level, since, until }) => `${level?.name ?? "records"} ${Number(since) / 1e9}-${Number(until) / 1e9}`);

describe("piecesOf", () => {
  it("takes the coarsest level in the middle and finer ones towards the ends", () => {
    const range = { since: 8_500_000_000n, until: 131n * second };
    expect(textOf(piecesOf(metricLevels.slice(0, 3), range, 1000n * second))).toEqual([
      "records 8.5-9",
      "1s 9-10",
      "10s 10-60",
      "60s 60-120",
      "10s 120-130",
      "1s 130-131",
    ]);
  });

  it("reads from records what no level knows yet", () => {
    const range = { since: 0n, until: 100n * second };
    expect(textOf(piecesOf(metricLevels.slice(0, 2), range, 35n * second))).toEqual([
      "10s 0-30",
      "1s 30-35",
      "records 35-100",
    ]);
  });

  it.each([1, 2, 3])("has every instant of the range in one piece, seed %d", (seed) => {
    const random = randomFrom(seed);
    const some = (): bigint => BigInt(Math.floor(10 ** (random() * 14)));
    for (let left = 300; left > 0; left--) {
      const since = some();
      const range = { since, until: since + some() };
      const pieces = [...piecesOf(recordLevels.slice(0, Math.floor(random() * 8)), range, some())];
      pieces.sort((a, b) => (a.since < b.since ? -1 : 1));
      for (const [at, { since: begins, until, level }] of pieces.entries()) {
        expect(begins).toBe(pieces[at - 1]?.until ?? range.since);
        if (level !== undefined) expect([begins % level.widthNs, until % level.widthNs]).toEqual([0n, 0n]);
      }
      expect(pieces.at(-1)?.until).toBe(range.until);
    }
  });
});

describe("levelsFor", () => {
  it("has a bucket for every slice", () => {
    const names = (seconds: bigint, slices: number) =>
      levelsFor(metricLevels, { since: 0n, until: seconds * second }, slices).map(({ name }) => name);
    expect([names(99n, 100), names(100n, 100), names(120_000n, 2000)]).toEqual([[], ["1s"], ["1s", "10s", "60s"]]);
  });
});

describe("floorTo and ceilTo", () => {
  it("go to the multiple before and after, also below zero", () => {
    expect([floorTo(10n, 19n), floorTo(10n, -1n), ceilTo(10n, 11n), ceilTo(10n, -19n), ceilTo(10n, 20n)]).toEqual([
      10n,
      -10n,
      20n,
      -10n,
      20n,
    ]);
  });
});
