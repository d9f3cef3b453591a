import { describe, expect, it } from "vitest";
import { Rows } from "./rows.js";
import { UnreadableStored } from "./value-json.js";

describe("a column of 64-bit whole numbers", () => {
  const start = 1_790_000_000_000_000_123n;

  it("is read as how far each is beyond another one, exactly where a double can tell", () => {
    const away = [0n, 1n, -1n, 2n ** 31n, -(2n ** 32n), 2n ** 40n + 5n, -(2n ** 52n) - 3n, 2n ** 53n, 2n ** 60n + 1n];
    const instants = away.map((by) => start + by);
    const plain = Float64Array.from(away, Number);
    expect(Rows.fromMessage({ at: BigInt64Array.from(instants) }).float64sSince("at", start)).toEqual(plain);
    expect(Rows.fromMessage({ at: instants }).float64sSince("at", start)).toEqual(plain);
    const begins = [-5n, 2n ** 33n, -(2n ** 62n)];
    for (const before of begins)
      expect(Rows.fromMessage({ at: BigInt64Array.of(7n) }).float64sSince("at", before)).toEqual(
        Float64Array.of(Number(7n - before)),
      );
  });

  it("has NaN where a row holds nothing", () => {
    const rows = Rows.fromMessage({ at: [start + 9n, null] });
    expect(rows.float64sSince("at", start)).toEqual(Float64Array.of(9, Number.NaN));
  });

  it("is refused as numbers where a double cannot tell", () => {
    const numbers = [0n, -3n, 2n ** 53n - 1n];
    expect(Rows.fromMessage({ n: BigInt64Array.from(numbers) }).float64s("n")).toEqual(
      Float64Array.from(numbers, Number),
    );
    expect(() => Rows.fromMessage({ n: BigInt64Array.of(2n ** 53n) }).float64s("n")).toThrow(UnreadableStored);
  });
});
