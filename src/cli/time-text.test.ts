import { isoFromInstant, offsetFromStart } from "../shared/trace/iso-time.js";
import { describe, expect, it } from "vitest";
import { durationText, instantFromText } from "./time-text.js";

const start = 1_795_248_000_000_000_001n;
const end = start + 90_000_000_000n;

/** The instant as digits, or the code of the refusal. */
function read(text: string): string {
  const instant = instantFromText(text, { start, end });
  return instant.ok ? String(instant.value) : instant.error.code;
}

describe("instantFromText", () => {
  it.each([
    ["1795248000123456789", "1795248000123456789"],
    [" 1795248000123456789\r", "1795248000123456789"],
    ["0", "0"],
    ["+0s", "1795248000000000001"],
    ["+1.5s", "1795248001500000001"],
    ["+250ms", "1795248000250000001"],
    ["+7us", "1795248000000007001"],
    ["+7µs", "1795248000000007001"],
    ["+3ns", "1795248000000000004"],
    ["+0.000000003s", "1795248000000000004"],
    ["+1m", "1795248060000000001"],
    ["+0.5h", "1795249800000000001"],
    ["2026-11-21T08:00:00Z", "1795248000000000000"],
    ["2026-11-21T08:00:00.1Z", "1795248000100000000"],
    ["2026-11-21T08:00:00.123456789Z", "1795248000123456789"],
    ["2026-11-21 09:00:00,000000001+01:00", "1795248000000000001"],
    ["2026-11-21T02:30:00.5-0530", "1795248000500000000"],
    ["1969-12-31T23:59:59.999999999Z", "-1"],
    ["start", "1795248000000000001"],
    ["end", "1795248090000000001"],
  ])("reads %j as %s", (text, instant) => {
    expect(read(text)).toBe(instant);
  });

  it("reads an ISO time without a zone as local time", () => {
    const local = BigInt(new Date(2026, 10, 21, 8, 0, 0).getTime()) * 1_000_000n;
    expect(read("2026-11-21T08:00:00.000000007")).toBe(String(local + 7n));
  });

  it.each(["", "-", "now", "1.5", "+5", "+1.5 s", "+s", "+1e3s", "-1s", "2026-11-21", "2026-13-21T08:00:00Z", "0x10"])(
    "refuses %j",
    (text) => {
      expect(read(text)).toBe("bad-time");
    },
  );

  it("refuses what is no int64", () => {
    expect(read("9223372036854775807")).toBe("9223372036854775807");
    expect(read("9223372036854775808")).toBe("bad-time");
    expect(read("+99999999999999h")).toBe("bad-time");
  });
});

describe("times as printed", () => {
  it("gives every nanosecond of an instant, before 1970 too", () => {
    expect(isoFromInstant(1_795_248_000_123_456_789n)).toBe("2026-11-21T08:00:00.123456789Z");
    expect(isoFromInstant(-1n)).toBe("1969-12-31T23:59:59.999999999Z");
    expect(read(isoFromInstant(start))).toBe(String(start));
  });

  it("gives offsets from the start on both sides", () => {
    expect(offsetFromStart(start + 61_234_567_999n, start)).toBe("+61.234567s");
    expect(offsetFromStart(start - 1_000_000n, start)).toBe("-0.001000s");
  });

  it("gives durations in the unit that fits", () => {
    expect([750, 1_500, 2_500_000, 61_000_000_000].map(durationText)).toEqual([
      "750 ns",
      "1.5 µs",
      "2.50 ms",
      "61.000 s",
    ]);
  });
});
