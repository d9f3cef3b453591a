import { describe, expect, it } from "vitest";
import { Growth } from "./growth.js";
import { cutByAge, diskReserve, effectiveBytes, sizeTarget, stretchesBefore } from "./keeping.js";

const second = 1_000_000_000n;
const gigabyte = 2 ** 30;

describe("what is too old", () => {
  const limits = { maxAgeNs: 100n * second };

  it("goes when it is a good deal, back to the age that is kept", () => {
    expect(cutByAge(limits, 0n, 104n * second)).toBeUndefined();
    expect(cutByAge(limits, 0n, 106n * second + 5n)).toBe(6n * second);
    expect(cutByAge({}, 0n, 1000n * second)).toBeUndefined();
  });
});

describe("what is not pinned", () => {
  const pin = (since: bigint, until: bigint) => ({ id: 1, label: "", since, until });
  const textOf = (until: bigint, ...pins: readonly ReturnType<typeof pin>[]): string =>
    stretchesBefore(until, pins)
      .map((one) => `${one.since < 0n ? "" : one.since}-${one.until}`)
      .join(" ");

  it("is what lies between pins, however these lie", () => {
    expect(textOf(50n)).toBe("-50");
    expect(textOf(50n, pin(30n, 39n), pin(10n, 19n))).toBe("-10 20-30 40-50");
    expect(textOf(50n, pin(10n, 39n), pin(20n, 29n))).toBe("-10 40-50");
    expect(textOf(50n, pin(40n, 60n), pin(70n, 80n))).toBe("-40");
    expect(textOf(50n, pin(-(2n ** 62n), 60n))).toBe("");
  });
});

describe("the size of the file", () => {
  it("has room for what a checkpoint writes anew", () => {
    expect(sizeTarget(16 * 2 ** 20).mostBytes).toBeLessThan(8 * 2 ** 20);
    expect(sizeTarget(10 * gigabyte).mostBytes).toBeGreaterThan(9.8 * gigabyte);
  });

  it("shrinks with the disk, and only there for one that is limited by age alone", () => {
    const disk = { freeBytes: 3 * gigabyte, wholeBytes: 100 * gigabyte };
    expect(diskReserve(disk, undefined)).toBe(gigabyte / 2);
    expect(diskReserve({ ...disk, wholeBytes: gigabyte }, undefined)).toBe(gigabyte / 50);
    expect(effectiveBytes({ maxBytes: 2 * gigabyte }, gigabyte, disk, undefined)).toBe(2 * gigabyte);
    expect(effectiveBytes({ maxBytes: 9 * gigabyte }, gigabyte, disk, undefined)).toBe(3.5 * gigabyte);
    expect(effectiveBytes({ maxAgeNs: second }, gigabyte, disk, undefined)).toBeUndefined();
    const nearlyFull = { ...disk, freeBytes: gigabyte / 4 };
    expect(effectiveBytes({ maxAgeNs: second }, gigabyte, nearlyFull, undefined)).toBe(0.75 * gigabyte);
  });
});

describe("how much had come by when", () => {
  it("says where to cut, whatever is forgotten of it", () => {
    const growth = new Growth();
    // Ten times as much in the second half.
    for (let at = 0; at <= 10_000; at++) growth.note(BigInt(at) * second, at <= 5000 ? at : 5000 + 10 * (at - 5000));
    const near = (part: number): number => Number(growth.cutAt(part, 0n, 10_000n * second) / second);
    expect(Math.abs(near(0.05) - 2750)).toBeLessThan(100);
    expect(Math.abs(near(0.5) - 7250)).toBeLessThan(100);
  });

  it("takes what came before an engine that goes on for even", () => {
    const growth = new Growth();
    growth.note(900n, 0);
    growth.note(1000n, 5000);
    expect(growth.cutAt(0.25, 0n, 1000n)).toBe(250n);
  });
});
