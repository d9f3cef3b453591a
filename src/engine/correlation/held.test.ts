import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { type Step, heldOn } from "./held.js";

describe("a value held between writes", () => {
  it("is averaged by time in each cell, and a gap where it is no number or not known", () => {
    const steps = [
      { atNs: 15, value: 4 },
      { atNs: 25, value: 8 },
      { atNs: 40, value: NaN },
      { atNs: 58, value: 1 },
    ];
    expect([...heldOn(steps, 7, 10)]).toEqual([NaN, 4, 6, 8, NaN, 1, 1]);
  });

  it("is known from a write before the grid", () => {
    expect([...heldOn([{ atNs: -1000, value: 3 }], 3, 10)]).toEqual([3, 3, 3]);
    expect([...heldOn([], 2, 10)]).toEqual([NaN, NaN]);
  });

  for (const seed of [1, 2, 3])
    it(`is what looking at every instant says, seed ${seed}`, () => {
      const random = randomFrom(seed);
      const times = Array.from({ length: 40 }, () => Math.floor(random() * 260) - 30).sort((a, b) => a - b);
      const steps: Step[] = times.map((atNs) => ({ atNs, value: random() < 0.2 ? NaN : Math.floor(random() * 9) }));
      const plain = Array.from({ length: 24 }, (_, cell) => {
        const held = Array.from({ length: 10 }, (_, ns) => steps.findLast(({ atNs }) => atNs <= cell * 10 + ns)?.value);
        const known = held.flatMap((value) => (value === undefined || Number.isNaN(value) ? [] : [value]));
        return known.length === 0 ? NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
      });
      const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(9)));
      expect(rounded([...heldOn(steps, 24, 10)])).toEqual(rounded(plain));
    });
});
