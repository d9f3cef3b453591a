import { describe, expect, it } from "vitest";
import { recordKinds as kinds } from "./agent-records.js";
import { readRecords } from "./agent-record-codec.js";
import { MalformedBytes } from "./bytes.js";
import { RandomRecords, bytesOf } from "./random-records.test-support.js";

describe("agent records", () => {
  for (const kind of kinds)
    for (const seed of [1, 2, 3])
      it(`reads back every ${kind} record as it was written (seed ${seed})`, () => {
        const random = new RandomRecords(seed);
        const records = Array.from({ length: 200 }, () => random.record(kind));
        expect(readRecords(bytesOf(records))).toEqual(records);
      });

  it("refuses a record cut off at any byte, and never reads past its end", () => {
    const random = new RandomRecords(4);
    for (const kind of kinds) {
      const bytes = bytesOf([random.record(kind)]);
      for (let length = 1; length < bytes.length; length++) {
        const cut = bytes.slice(0, length);
        expect(() => readRecords(cut), `${kind} cut to ${length}`).toThrow(MalformedBytes);
        if (length % 8 !== 0 || length < 24) continue;
        // A record that claims to end here: either its payload did (only padding is missing), or it is refused.
        new DataView(cut.buffer).setUint32(0, length, true);
        try {
          readRecords(cut);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytes);
        }
      }
    }
  });

  for (const seed of [5, 6, 7])
    it(`reads or refuses damaged bytes, and does nothing else (seed ${seed})`, () => {
      const random = new RandomRecords(seed);
      for (let round = 0; round < 500; round++) {
        const bytes = bytesOf(random.list(() => random.record(random.one(kinds)), 3));
        for (let hits = random.below(4) + 1; hits > 0 && bytes.length > 0; hits--)
          bytes[random.below(bytes.length)] = random.below(256);
        try {
          readRecords(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytes);
        }
      }
    });
});
