import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { addPositions, allPositions, bytesFromPositions, countOf, listOf, noPositions } from "./search-positions.js";
import { UnreadableStored } from "./value-json.js";

describe("positions in a block", () => {
  it.each([1, 2, 3, 4])("are the same after they were in the file (seed %i)", (seed) => {
    const random = randomFrom(seed);
    for (const share of [0, 0.0005, 0.01, 0.2, 0.5, 0.9, 0.999, 1])
      for (const count of [1, 31, 32, 33, 500, 16_384]) {
        const positions = noPositions(count);
        const wanted: number[] = [];
        for (let at = 0; at < count; at++) {
          if (random() >= share) continue;
          wanted.push(at);
          positions[at >> 5] = (positions[at >> 5] ?? 0) | (1 << (at & 31));
        }
        const bytes = bytesFromPositions(positions, count);
        expect(bytes.length).toBeLessThanOrEqual(1 + Math.ceil(count / 8));
        const read = noPositions(count);
        addPositions(read, bytes, count);
        expect([listOf(read), countOf(read)]).toEqual([wanted, wanted.length]);
      }
  });

  it("take a byte for each of a few, and one for all", () => {
    const few = noPositions(16_384);
    for (let at = 0; at < 16_384; at += 100) few[at >> 5] = (few[at >> 5] ?? 0) | (1 << (at & 31));
    expect([bytesFromPositions(few, 16_384).length, bytesFromPositions(allPositions(16_384), 16_384).length]).toEqual([
      165, 1,
    ]);
  });

  it.each([[[]], [[7]], [[0, 0]], [[1, 1]], [[2, 200]], [[2, 100, 100]], [[3, 90, 90]], [[2, 255, 255, 255]]])(
    "refuses %j of a hundred",
    (bytes) => {
      expect(() => {
        addPositions(noPositions(100), Uint8Array.from(bytes), 100);
      }).toThrow(UnreadableStored);
    },
  );
});
