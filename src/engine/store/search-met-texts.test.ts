import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { MetTexts } from "./search-met-texts.js";

describe("MetTexts", () => {
  it.each([1, 2, 3])("gives each text away once for each time it was met, or says where that was (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const wanted: string[] = [];
    const got: string[] = [];
    const note = (bytes: Uint8Array, start: number, end: number, position: number): void => {
      got.push(`${Buffer.from(bytes.subarray(start, end)).toString()} ${position}`);
    };
    const met = new MetTexts(note);
    for (let position = 0; position < 16_000; position++) {
      const number = below(30_000);
      // One in a thousand is too long to be kept in mind; together they need more than one room.
      const text = `${number} `.padEnd(number % 1000 === 0 ? 70_000 : number % 500, "x");
      const bytes = Buffer.from(text);
      wanted.push(`${text} ${position}`);
      const before = met.meet(number, Math.imul(number, 0x9e3779b1), bytes, 0, bytes.length, position);
      // Who learns a text notes it at both positions.
      if (before >= 0) got.push(`${text} ${before}`, `${text} ${position}`);
    }
    met.giveAwayAll();
    met.giveAwayAll();
    expect(got.toSorted()).toEqual(wanted.toSorted());
  });
});
