import { describe, expect, it } from "vitest";
import {
  ageText,
  bytesText,
  clockText,
  countedText,
  countText,
  dayText,
  digitsFor,
  durationText,
  offsetText,
  percentText,
  secondsText,
  stopwatchText,
  tickText,
} from "./text.js";

/** Thin spaces read badly in expectations. */
const plain = (text: string) => text.replaceAll("\u2009", " ");
/** An instant at this local time of day, so that the expectation holds in every zone. */
const at = (hours: number, minutes: number, seconds: number, ns: number) =>
  BigInt(new Date(2026, 10, 21, hours, minutes, seconds).getTime()) * 1_000_000n + BigInt(ns);

describe("ageText", () => {
  it("says the largest unit alone", () => {
    expect([-1, 0, 59.9e9, 60e9, 3599e9, 7200e9, 31 * 86_400e9].map(ageText)).toEqual([
      "0 s",
      "0 s",
      "59 s",
      "1 m",
      "59 m",
      "2 h",
      "31 d",
    ]);
  });
});

describe("clockText", () => {
  it("shows as many groups of digits as asked", () => {
    const instant = at(14, 20, 31, 642_318_204);
    expect([0, 3, 6, 9].map((digits) => plain(clockText(instant, digits as 0 | 3 | 6 | 9)))).toEqual([
      "14:20:31",
      "14:20:31.642",
      "14:20:31.642 318",
      "14:20:31.642 318 204",
    ]);
    expect(plain(secondsText(at(14, 20, 3, 5_000), 6))).toBe("03.000 005");
  });
});

describe("tickText", () => {
  it("says only what neighbours differ in", () => {
    const instant = at(14, 20, 31, 640_000_000);
    expect([3600e9, 1e9, 20e6, 5e3].map((step) => plain(tickText(instant, step)))).toEqual([
      "14:20",
      "14:20:31",
      "31.640",
      "31.640 000",
    ]);
    expect([1e9, 1e6, 1e3, 1].map(digitsFor)).toEqual([0, 3, 6, 9]);
  });
});

describe("offsetText", () => {
  it("drops leading parts that are zero", () => {
    expect([0, 18.642e9, 18 * 60e9 + 21.642e9, 3678.6424e9, -1.5e9].map(offsetText)).toEqual([
      "+0.000",
      "+18.642",
      "+18:21.642",
      "+1:01:18.642",
      "−1.500",
    ]);
  });
});

describe("lengths", () => {
  it("are written with the unit that suits them", () => {
    expect([120, 1500, 412e3, 640e6, 1.4249e9, 278e9, 4320e9].map(durationText)).toEqual([
      "120 ns",
      "1.5 µs",
      "412 µs",
      "640 ms",
      "1.42 s",
      "4 m 38 s",
      "1 h 12 m",
    ]);
    expect([0, 42e9, 2322e9, 4328e9].map(stopwatchText)).toEqual(["00:00", "00:42", "38:42", "1:12:08"]);
  });
});

describe("numbers", () => {
  it("are grouped in threes, with a real minus", () => {
    expect([0, 847, 1284, 61_408, 1_234_567, -3].map((n) => plain(countText(n)))).toEqual([
      "0",
      "847",
      "1 284",
      "61 408",
      "1 234 567",
      "−3",
    ]);
    expect([0, 1, 2048].map((n) => plain(countedText(n, "record")))).toEqual([
      "0 records",
      "1 record",
      "2 048 records",
    ]);
    expect([0, 512, 3_400, 84_000_000, 1_200_000_000].map(bytesText)).toEqual([
      "0 B",
      "512 B",
      "3.4 kB",
      "84 MB",
      "1.2 GB",
    ]);
    expect([0, 0.004, 0.0996, 0.123, 1.4].map((share) => plain(percentText(share)))).toEqual([
      "0.0 %",
      "0.4 %",
      "10 %",
      "12 %",
      "140 %",
    ]);
  });
});

describe("dayText", () => {
  it("names the near days and dates the far ones", () => {
    const now = new Date(2026, 10, 21, 15, 0);
    const on = (...date: [number, number, number, number, number]) => BigInt(new Date(...date).getTime()) * 1_000_000n;
    const days = [on(2026, 10, 21, 9, 5), on(2026, 10, 20, 23, 59), on(2026, 10, 18, 1, 0), on(2024, 10, 18, 1, 0)];
    expect(days.map((day) => dayText(day, now))).toEqual(["Today 09:05", "Yesterday", "18 Nov", "18 Nov 2024"]);
  });
});
