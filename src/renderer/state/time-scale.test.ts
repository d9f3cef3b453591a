import { describe, expect, it } from "vitest";
import { nsFromPx, pxFromNs, shortestSpanNs, ticksOf, within, zoomed } from "./time-scale.js";

const range = (fromNs: number, toNs: number) => ({ fromNs, toNs });
const second = 1e9;

describe("pxFromNs and nsFromPx", () => {
  it("are each other's inverse", () => {
    const shown = range(2 * second, 12 * second);
    expect(pxFromNs(shown, 500, 7 * second)).toBe(250);
    expect(nsFromPx(shown, 500, 250)).toBe(7 * second);
  });
});

describe("zoomed", () => {
  const limit = range(0, 100 * second);

  it("keeps the instant under the pointer where it is", () => {
    const before = range(10 * second, 30 * second);
    const after = zoomed(before, 0.5, 15 * second, limit);
    expect(pxFromNs(after, 1000, 15 * second)).toBeCloseTo(pxFromNs(before, 1000, 15 * second));
    expect(after.toNs - after.fromNs).toBe(10 * second);
  });

  it("ends at the whole on the way out and at a microsecond on the way in", () => {
    expect(zoomed(range(10 * second, 30 * second), 100, 20 * second, limit)).toEqual(limit);
    const closest = zoomed(range(0, 2000), 1e-9, 500, limit);
    expect(closest.toNs - closest.fromNs).toBe(shortestSpanNs);
  });
});

describe("within", () => {
  it("moves a range inside without shortening it", () => {
    expect(within(range(-5, 5), range(0, 100))).toEqual(range(0, 10));
    expect(within(range(95, 105), range(0, 100))).toEqual(range(90, 100));
    expect(within(range(-5, 500), range(0, 100))).toEqual(range(0, 100));
  });
});

describe("ticksOf", () => {
  // 14:20:31.642 318 204 UTC on some day.
  const start = 1_795_271_631_642_318_204n;

  it("puts ticks at round instants of the clock, not of the recording", () => {
    const { stepNs, offsetsNs } = ticksOf(range(0, 10 * second), 1000, 90, start, 0);
    expect(stepNs).toBe(second);
    for (const ns of offsetsNs) expect((start + BigInt(Math.round(ns))) % 1_000_000_000n).toBe(0n);
    expect(offsetsNs).toHaveLength(10);
  });

  it("never puts ticks nearer than asked, at any zoom", () => {
    for (let span = 2000; span < 1e16; span *= 3.7) {
      const { stepNs, offsetsNs } = ticksOf(range(0, span), 800, 90, start, 120);
      expect(pxFromNs(range(0, span), 800, stepNs)).toBeGreaterThanOrEqual(90);
      expect(offsetsNs.length).toBeLessThanOrEqual(9);
      expect(offsetsNs.length).toBeGreaterThan(0);
    }
  });

  it("uses hours of the viewer's clock", () => {
    const halfHourZone = 330;
    const { stepNs, offsetsNs } = ticksOf(range(0, 10 * 3600 * second), 1000, 90, start, halfHourZone);
    expect(stepNs).toBe(3600 * second);
    const local = start + BigInt(Math.round(offsetsNs[0] ?? 0)) + BigInt(halfHourZone) * 60_000_000_000n;
    expect(local % 3_600_000_000_000n).toBe(0n);
  });

  it("has none for a range without length", () => {
    expect(ticksOf(range(5, 5), 800, 90, start, 0).offsetsNs).toEqual([]);
  });
});
