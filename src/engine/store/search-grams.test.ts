import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { Grams, bytesPerCell, gramsNeeded, partCount, partsFrom } from "./search-grams.js";

/** In which parts the word may be. */
function partsWith(shards: readonly Uint8Array[], word: string): ReadonlySet<number> {
  let [parts, further] = [0xffffffff, 0xffffffff];
  for (const { shard, cell } of gramsNeeded(word).cells) {
    const bits = shards[shard] ?? new Uint8Array(bytesPerCell);
    const [own, others] = partsFrom(bits, (cell % (bits.length / bytesPerCell)) * bytesPerCell);
    [parts, further] = [parts & own, further & others];
  }
  const all = Array.from({ length: partCount }, (_, part) => part);
  return new Set(all.filter((part) => (((part < 32 ? parts : further) >>> (part & 31)) & 1) === 1));
}

describe("Grams", () => {
  it.each([5, 6])("tell a word of %i letters from nearly all parts that are without it (seed 1)", (length) => {
    const random = randomFrom(1);
    const word = (letters: number): string =>
      Array.from({ length: letters }, () => String.fromCharCode(97 + Math.floor(26 * random() * random()))).join("");
    const grams = new Grams();
    const words = Array.from({ length: 40_000 }, () => ({
      text: word(4 + Math.floor(8 * random())),
      part: Math.floor(64 * random()),
    }));
    for (const { text, part } of words) {
      const bit = 2 ** (part & 31);
      grams.addWord(Buffer.from(text), 0, text.length, part < 32 ? bit : 0, part < 32 ? 0 : bit);
    }
    const shards = grams.shards();
    let [others, without] = [0, 0];
    for (let left = 200; left > 0; left--) {
      const from = words[Math.floor(random() * words.length)]?.text ?? "";
      const looked = from.length < length ? word(length) : from.slice(from.length - length);
      const right = new Set(words.filter(({ text }) => text.includes(looked)).map(({ part }) => part));
      const found = partsWith(shards, looked);
      expect([...right].filter((part) => !found.has(part))).toEqual([]);
      others += found.size - right.size;
      without += partCount - right.size;
    }
    expect(others / without).toBeLessThan(0.02);
  });
});
