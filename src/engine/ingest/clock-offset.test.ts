import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { OffsetBounds } from "./clock-offset.js";

describe("the offset of a process's clock", () => {
  it("is not known before a question was answered", () => {
    expect(new OffsetBounds().value).toBeUndefined();
  });

  it("lies where all answers allow it", () => {
    const bounds = new OffsetBounds();
    bounds.observe(1000n, 100n, 120n);
    expect(bounds.value).toEqual({ offsetNs: 890n, uncertaintyNs: 10n });
    bounds.observe(2000n, 1105n, 1117n);
    expect(bounds.value).toEqual({ offsetNs: 889n, uncertaintyNs: 6n });
  });

  it("is that of the last answer once a clock has moved", () => {
    const bounds = new OffsetBounds();
    bounds.observe(1000n, 100n, 120n);
    bounds.observe(9000n, 200n, 210n);
    expect(bounds.value).toEqual({ offsetNs: 8795n, uncertaintyNs: 5n });
  });

  it.each([1, 2, 3, 4])("is never further from the truth than is said (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): bigint => BigInt(Math.floor(random() * limit));
    const truth = below(2_000_000) - 1_000_000n;
    const bounds = new OffsetBounds();
    let [now, before] = [0n, 1n << 62n];
    for (let round = 0; round < 50; round++) {
      const asked = now + below(10_000);
      const read = asked + below(random() < 0.2 ? 100_000 : 500);
      now = read + below(500);
      bounds.observe(read + truth, asked, now);
      const { offsetNs, uncertaintyNs } = bounds.value ?? { offsetNs: 0n, uncertaintyNs: -1n };
      const error = offsetNs - truth;
      expect(error < 0n ? -error : error).toBeLessThanOrEqual(uncertaintyNs);
      expect(uncertaintyNs).toBeLessThanOrEqual(before);
      before = uncertaintyNs;
    }
    expect(before).toBeLessThan(500n);
  });
});
