import { describe, expect, it } from "vitest";
import { instant, processId, seq } from "../../shared/trace/time.js";
import { randomFrom } from "./live-program.test-support.js";
import { type WritePosition, nearestWrite } from "./scope-writes.js";
import { WritePositions } from "./write-positions.js";

describe("WritePositions", () => {
  it.each([1, 2, 3])("are what a list of positions is, over many pages (seed %i)", (seed) => {
    const below = randomFrom(seed * 11);
    const [listed, packed]: [WritePosition[], WritePositions] = [[], new WritePositions(processId(3))];
    for (let number = 1, left = 40_000; left > 0; left--) {
      number += 1 + below(5);
      const position = { seq: seq(number), instant: instant(BigInt(below(1000)) - 2n ** 62n) };
      listed.push({ process: processId(3), ...position });
      packed.push(position);
    }
    expect(packed.length).toBe(listed.length);
    expect(packed.slice(0)).toEqual(listed);
    for (let round = 200; round > 0; round--) {
      const [from, to] = [below(listed.length + 10), below(listed.length + 10)];
      expect(packed.slice(from, to)).toEqual(listed.slice(from, to));
      expect(packed.at(from)).toEqual(listed[from]);
      const place = (listed[from]?.seq ?? 0) + below(3) - 1;
      expect(packed.countUpTo(place)).toBe(listed.filter((one) => one.seq <= place).length);
      for (const direction of ["previous", "next"] as const) {
        const order = (one: WritePosition): number => one.seq - place;
        expect(nearestWrite(packed, direction, order)).toEqual(
          direction === "next" ? listed.find((one) => one.seq > place) : listed.findLast((one) => one.seq < place),
        );
      }
    }
  });
});
