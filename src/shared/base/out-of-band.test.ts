import { describe, expect, it } from "vitest";
import { learned, leastLearned, outOfBand, settledAfter } from "./out-of-band.js";
import { randomFrom } from "./random.test-support.js";

const of = (values: readonly number[]): string =>
  outOfBand(Float64Array.from(values))
    .map(({ first, last }) => `${first}-${last}`)
    .join(" ");
const waves = (length: number): number[] => Array.from({ length }, (_, at) => 10 + Math.sin(at));

describe("outOfBand", () => {
  it("marks what leaves the band of what was before, and not a single spike", () => {
    expect(of(waves(300))).toBe("");
    expect(of(waves(300).toSpliced(200, 3, 30, 31, 29))).toBe("200-202");
    expect(of(waves(300).toSpliced(200, 2, -9, -9))).toBe("200-201");
    expect(of(waves(300).toSpliced(200, 1, 30))).toBe("");
    expect(of([...waves(100), ...Array.from({ length: 2 }, () => 13.5)])).toBe("100-101");
  });

  it("marks a new level until it is what is usual", () => {
    expect(of([...waves(100), ...waves(200).map((value) => value + 50)])).toBe("100-159");
    expect(of([...waves(100), 99, 99, ...waves(50), 99, 99, 300, 300])).toBe("100-101 154-155");
  });

  it("says nothing before it has learned, of what is missing, and of the last digits of what never changes", () => {
    expect(of([...waves(leastLearned - 2), 99, 99, 99])).toBe("");
    expect(of([...waves(leastLearned), 99, 99, 99])).toBe("60-62");
    expect(of(waves(200).toSpliced(150, 4, 99, NaN, 99, NaN))).toBe("");
    expect(of([...Array.from({ length: 100 }, () => 0.3), 0.1 + 0.2, 0.1 + 0.2])).toBe("");
    expect(of([...Array.from({ length: 100 }, () => 7), 8, 8])).toBe("100-101");
    expect(of([])).toBe("");
  });

  it.each([1, 2, 3])("is what sorting all before anew finds, seed %d", (seed) => {
    const random = randomFrom(seed);
    for (let series = 6; series > 0; series--) {
      const values = Float64Array.from({ length: 450 }, () => {
        const odd = random();
        return odd < 0.02 ? NaN : odd < 0.08 ? 400 * random() - 200 : Math.round(20 * random());
      });
      expect(outOfBand(values)).toEqual(plainly(values));
    }
  });
});

function plainly(values: Float64Array): readonly { first: number; last: number }[] {
  const known: number[] = [];
  const isOut = [...values].map(() => false);
  let outside: number[] = [];
  const learn = (): void => {
    known.push(...outside.map((at) => values[at] ?? NaN));
    outside = [];
  };
  for (const [at, value] of values.entries()) {
    const before = known.slice(-learned).sort((a, b) => a - b);
    const low = before[Math.floor(0.01 * (before.length - 1))] ?? 0;
    const high = before[Math.ceil(0.99 * (before.length - 1))] ?? 0;
    const width = Math.max(high - low, 1e-9 * Math.max(Math.abs(low), Math.abs(high)));
    isOut[at] = before.length >= leastLearned && (value > high + width || value < low - width);
    if (isOut[at]) {
      outside.push(at);
      if (outside.length === settledAfter) learn();
    } else {
      learn();
      if (!Number.isNaN(value)) known.push(value);
    }
  }
  return isOut.flatMap((out, first) => {
    if (!out || isOut[first - 1] === true) return [];
    const length = isOut.slice(first).findIndex((one) => !one);
    const last = length < 0 ? isOut.length - 1 : first + length - 1;
    return last > first ? [{ first, last }] : [];
  });
}
