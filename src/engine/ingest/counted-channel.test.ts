import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { CountedChannel } from "./counted-channel.js";

/** `a 0-10`: record a sent the bytes up to 10; `x 7`: record x had received up to 7. */
function toldOf(...ends: readonly string[]): readonly string[] {
  const told: string[] = [];
  const channel = new CountedChannel<string>((sent, received) => told.push(`${sent} > ${received}`));
  for (const end of ends) {
    const [point = "", bytes = ""] = end.split(" ");
    const [from = 0, upTo] = bytes.split("-").map(Number);
    if (upTo === undefined) channel.received({ point, upTo: from });
    else channel.sent({ point, from, upTo });
  }
  return told;
}

describe("bytes on a counted channel", () => {
  it("were sent before they were received, in parts, too, and whichever end is known first", () => {
    expect(toldOf("a 0-10", "b 10-20", "x 10", "y 11", "z 20")).toEqual(["a > x", "b > y"]);
    expect(toldOf("x 10", "y 11", "z 20", "a 0-10", "b 10-20")).toEqual(["a > x", "b > y"]);
    expect(toldOf("a 0-10", "b 10-20", "x 20")).toEqual(["b > x"]);
  });

  it("whose sending is lost say of the one before only", () => {
    expect(toldOf("a 0-10", "c 20-30", "x 5", "y 15", "z 25")).toEqual(["a > x", "c > z"]);
    expect(toldOf("a 0-10", "y 15", "c 20-30", "z 25")).toEqual(["a > y", "c > z"]);
    expect(toldOf("c 20-30", "x 5", "z 25")).toEqual(["c > z"]);
  });

  it("that nobody has sent so far say nothing", () => {
    expect(toldOf("a 0-10", "x 11")).toEqual([]);
  });

  it.each([1, 2, 3, 4])(
    "are joined as looking through everything joins them, also with lost ends (seed %i)",
    (seed) => {
      const random = randomFrom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const pieces: { point: number; from: number; upTo: number }[] = [];
      for (let [point, from] = [0, 0]; point < 400; point++) {
        const upTo = from + 1 + below(20);
        pieces.push({ point, from, upTo });
        from = upTo;
      }
      const kept = pieces.filter(() => random() < 0.9);
      const whole = kept.at(-1)?.upTo ?? 0;
      const receipts = Array.from({ length: 300 }, () => 1 + below(whole))
        .toSorted((a, b) => a - b)
        .map((upTo, index) => ({ point: 1000 + index, upTo }));
      const told = new Map<number, number>();
      const channel = new CountedChannel<number>((sent, received) => told.set(received, sent));
      // Each end's records in their order, the two in any.
      for (let [sent, received] = [0, 0]; sent < kept.length || received < receipts.length;) {
        const isSent = received >= receipts.length || (sent < kept.length && random() < 0.55);
        const [piece, receipt] = [kept[sent], receipts[received]];
        if (isSent && piece !== undefined) channel.sent(piece);
        else if (receipt !== undefined) channel.received(receipt);
        if (isSent) sent++;
        else received++;
      }
      const expected = new Map<number, number>();
      let last: number | undefined;
      for (const { point, upTo } of receipts) {
        const begun = kept.findLast(({ from }) => from < upTo)?.point;
        if (begun !== undefined && begun !== last) expected.set(point, begun);
        last = begun ?? last;
      }
      expect(told).toEqual(expected);
      expect(told.size).toBeGreaterThan(50);
    },
  );
});
