import { describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { RingMemory, RingReader, RingWriter } from "./ring.js";

/** A record of `bytes` bytes (a multiple of 8) as the ring sees one: its length, then content that names it. */
function recordOf(bytes: number, name: number): Int32Array {
  const words = new Int32Array(bytes / 4).fill(name);
  words[0] = bytes;
  return words;
}

function recordsIn(taken: Uint8Array): string[] {
  const view = new DataView(taken.buffer);
  const records: string[] = [];
  for (let at = 0; at < taken.length; at += view.getUint32(at, true)) {
    const length = view.getUint32(at, true);
    const name = view.getInt32(at + 4, true);
    let isWhole = true;
    for (let word = 8; word < length; word += 4) isWhole &&= view.getInt32(at + word, true) === name;
    records.push(isWhole ? `${name}:${length}` : "torn");
  }
  return records;
}

describe("RingWriter and RingReader", () => {
  for (const seed of [1, 2, 3, 4, 5])
    it(`gives back what was put in, in order, like a plain queue (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const memory = RingMemory.allocate(4096);
      const writer = new RingWriter(memory);
      const reader = new RingReader(memory);
      const queue: string[] = [];
      let queuedBytes = 0;
      for (let step = 0; step < 4000; step++) {
        if (random() < 0.6) {
          const bytes = 8 + 8 * Math.floor(random() * random() * 120);
          const fits = queuedBytes + bytes <= memory.size;
          const words = recordOf(bytes, step);
          const at = random() < 0.5 ? writer.place(bytes) : undefined;
          if (at === undefined) expect(writer.put(words, bytes)).toBe(fits);
          else {
            memory.words.set(words, at / 4);
            writer.publish(bytes);
          }
          if (!fits) continue;
          queue.push(`${step}:${bytes}`);
          queuedBytes += bytes;
        } else {
          const limit = Math.floor(random() * 2000);
          const taken = reader.take(limit);
          if (taken === undefined) {
            expect(queue).toEqual([]);
            continue;
          }
          const records = recordsIn(taken);
          expect(records).toEqual(queue.splice(0, records.length));
          expect(records.length === 1 || taken.length <= limit).toBe(true);
          queuedBytes -= taken.length;
        }
      }
    });

  it("takes exactly as much as fits, and nothing more until something is taken out", () => {
    const memory = RingMemory.allocate(4096);
    const writer = new RingWriter(memory);
    for (let i = 0; i < 64; i++) expect(writer.put(recordOf(64, i), 64)).toBe(true);
    expect(writer.put(recordOf(8, 64), 8)).toBe(false);
    expect(recordsIn(new RingReader(memory).take(64) ?? new Uint8Array())).toEqual(["0:64"]);
    expect(writer.put(recordOf(64, 65), 64)).toBe(true);
  });

  it("keeps working when its positions pass 2^32", () => {
    const memory = RingMemory.allocate(4096);
    memory.control.fill(-64, 0, 2);
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    for (let i = 0; i < 100; i++) {
      expect(writer.put(recordOf(48, i), 48)).toBe(true);
      expect(recordsIn(reader.take(1 << 20) ?? new Uint8Array())).toEqual([`${i}:48`]);
    }
  });
});
