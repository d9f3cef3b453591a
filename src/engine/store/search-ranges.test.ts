import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { longs } from "./column-buffers.js";
import { InstantRanges, rangesFromBytes } from "./search-ranges.js";
import { UnreadableStored } from "./value-json.js";

const day = 1_795_000_000_000_000_000n;

describe("InstantRanges", () => {
  it.each([1, 2, 3])("holds every instant that was added, in few stretches (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const ranges = new InstantRanges();
    const added: bigint[] = [];
    for (let left = 500; left > 0; left--) {
      const late = random() < 0.05 ? BigInt(Math.floor(random() * 3_600e9)) : 0n;
      const instant = day + BigInt(500 - left) * 1_000_003n - late;
      added.push(instant);
      ranges.add(Number(instant));
    }
    const found = rangesFromBytes(ranges.toBytes());
    expect(found.length).toBeLessThanOrEqual(12);
    for (const instant of added)
      expect(found.some(({ first, last }) => instant >= first && instant <= last)).toBe(true);
  });

  it("holds the same of rows in a column", () => {
    const random = randomFrom(4);
    const [one, other, column] = [new InstantRanges(), new InstantRanges(), longs()];
    for (let row = 0; row < 300; row++) {
      column.push(day + BigInt(Math.floor(random() ** 20 * 3_600e9)) * (random() < 0.5 ? 1n : -1n));
      one.add(column.nearly(row));
      other.addFrom(column, row);
      expect(other.toBytes()).toEqual(one.toBytes());
    }
  });

  it("keeps what is far apart in stretches of its own", () => {
    const ranges = new InstantRanges();
    for (const seconds of [0, 0.5, 1, 3600, 3601, 0.2]) ranges.add(Number(day) + seconds * 1e9);
    const found = rangesFromBytes(ranges.toBytes()).map(({ first, last }) => [
      (first - day + 2048n) / 1_000_000_000n,
      (last - day + 2048n) / 1_000_000_000n,
    ]);
    expect(found).toEqual([
      [0n, 1n],
      [3600n, 3601n],
    ]);
  });

  it("holds all that lies between two instants of rows that nobody looked at", () => {
    const ranges = new InstantRanges();
    ranges.addStretch(Number(day), Number(day) + 7200e9);
    for (let at = 1; at < 13; at++) ranges.add(Number(day) + (at + 2) * 3600e9);
    const found = rangesFromBytes(ranges.toBytes());
    const middle = day + 3_600_000_000_000n;
    expect(found.some(({ first, last }) => middle >= first && middle <= last)).toBe(true);
  });

  it("refuses bytes that are none", () => {
    const backwards = new Uint8Array(16);
    new DataView(backwards.buffer).setBigInt64(0, 1n, true);
    for (const bytes of [new Uint8Array(15), new Uint8Array(16 * 13), backwards])
      expect(() => rangesFromBytes(bytes)).toThrow(UnreadableStored);
  });
});
