import { describe, expect, it } from "vitest";
import { instantFromInput } from "./time-input.js";

const start = BigInt(Date.parse("2026-11-21T14:20:00Z")) * 1_000_000n;
const context = { start, end: start + 600_000_000_000n, zoneMinutes: 0 };
/** Where a text leads, as nanoseconds from the start. */
const offsetOf = (text: string, zoneMinutes = 0) => {
  const found = instantFromInput(text, { ...context, zoneMinutes });
  return found === undefined ? undefined : Number(found - start);
};

describe("instantFromInput", () => {
  it("takes lengths from the start", () => {
    expect(
      ["+1.5s", "+250ms", "+2m30s", "+1:02.5", "+3", "+1:00:00", "+7us", "+12ns"].map((text) => offsetOf(text)),
    ).toEqual([1.5e9, 250e6, 150e9, 62.5e9, 3e9, 3600e9, 7000, 12]);
  });

  it("takes lengths back from the end", () => {
    expect(["-10s", "−10s"].map((text) => offsetOf(text))).toEqual([590e9, 590e9]);
  });

  it("takes epoch nanoseconds, spaced or not", () => {
    expect(instantFromInput("1795271631642318204", context)).toBe(1795271631642318204n);
    expect(instantFromInput("1 795 271 631 642 318 204", context)).toBe(1795271631642318204n);
  });

  it("takes a time of day as the playhead shows it", () => {
    expect(["14:20:31.642 318 204", "14:25", "14:20:31"].map((text) => offsetOf(text))).toEqual([
      31_642_318_204, 300e9, 31e9,
    ]);
    expect(offsetOf("16:20:31", 120)).toBe(31e9);
  });

  it("takes a time of day past midnight as the next day's", () => {
    const late = BigInt(Date.parse("2026-11-21T23:58:00Z")) * 1_000_000n;
    const found = instantFromInput("00:01", { start: late, end: late + 600_000_000_000n, zoneMinutes: 0 });
    expect(found).toBe(late + 180_000_000_000n);
  });

  it("takes ISO times, in their zone or the viewer's", () => {
    expect(offsetOf("2026-11-21T14:20:31.642318204Z")).toBe(31_642_318_204);
    expect(offsetOf("2026-11-21T15:20:31+01:00")).toBe(31e9);
    expect(offsetOf("2026-11-21 15:20:31", 60)).toBe(31e9);
  });

  it("does not guess", () => {
    const texts = ["", "+", "+nonsense", "25:00", "14:61", "tomorrow", "+1.5x", "2026-13-01", "123"];
    expect(texts.map((text) => offsetOf(text))).toEqual(texts.map(() => undefined));
  });
});
