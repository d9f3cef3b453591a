import { describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { RingMemory, RingWriter } from "./ring.js";
import { RingReader } from "./ring-reader.js";

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

  for (const seed of [1, 2, 3])
    it(`gives back the same while its bytes are changed for more and for fewer, with positions that wrap (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const allocated = RingMemory.allocate(4096);
      allocated.control.fill(-5000, 0, 2);
      const [written, read] = [allocated, new RingMemory(allocated.shared)];
      const [writer, reader] = [new RingWriter(written), new RingReader(read)];
      const queue: string[] = [];
      let [queuedBytes, changes] = [0, 0];
      const untold: SharedArrayBuffer[] = [];
      for (let step = 0; step < 6000; step++) {
        const way = random();
        if (way < 0.02 && written.isSettled) {
          const size = 4096 * 2 ** Math.floor(random() * 4);
          if (queuedBytes > size / 2) continue;
          const shared = new SharedArrayBuffer(size);
          untold.push(shared);
          written.change(shared);
          changes++;
        } else if (way < 0.6) {
          const bytes = 8 + 8 * Math.floor(random() * random() * 120);
          const fits = queuedBytes + bytes <= written.size;
          expect(writer.put(recordOf(bytes, step), bytes)).toBe(fits);
          if (!fits) continue;
          queue.push(`${step}:${bytes}`);
          queuedBytes += bytes;
        } else if (way < 0.7) {
          // The worker may hear of it late.
          const shared = untold.shift();
          if (shared !== undefined) read.offer(shared);
        } else {
          read.follow();
          const taken = reader.take(Math.floor(random() * 2000));
          if (taken === undefined) {
            expect(queue.length === 0 || !written.isSettled).toBe(true);
            continue;
          }
          const records = recordsIn(taken);
          expect(records).toEqual(queue.splice(0, records.length));
          queuedBytes -= taken.length;
        }
      }
      expect(changes).toBeGreaterThan(10);
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
