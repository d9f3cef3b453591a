import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { TextWords, stopsAt, stretchBytes } from "./search-text-words.js";
import { WordCounts } from "./search-word-counts.js";

/** Everything may be learned already: then all words are told with their hashes. */
const allLearned = new WordCounts();
allLearned.cells.fill(0x80);

/** Words in the order of the text, each with what tells it from others. */
function wordsOf(bytes: Buffer, words: TextWords, start = 0, end = bytes.length): [string, string][] {
  words.read(bytes, start, end, 0);
  words.divide(allLearned);
  return Array.from({ length: words.further }, (_, word) => {
    const [first = 0, second = 0, from = 0, to = 0] = words.others.subarray(4 * word, 4 * word + 4);
    return [Buffer.from(words.bytes.subarray(from, to)).toString("latin1"), `${first} ${second}`];
  });
}

const slowly = (text: string): string[] =>
  (text.match(/[\w\x80-\xff]{3,}/g) ?? []).map((word) => word.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()));

describe("TextWords", () => {
  it.each([1, 2, 3])("finds the words that a text has, wherever it is in its bytes (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const reused = new TextWords();
    for (let left = 2000; left > 0; left--) {
      const bytes = Buffer.alloc(1 + below(left % 50 === 0 ? stretchBytes : 150));
      // Long words, short ones, and any bytes.
      const [separators, letters] = [below(12), " az_AZ@[`{/09:^\x7f\x80\xff"];
      for (let at = 0; at < bytes.length; at++)
        bytes[at] = below(12) < separators ? below(256) : letters.charCodeAt(below(letters.length));
      const start = below(bytes.length);
      const end = start + below(bytes.length - start + 1);
      const text = bytes.toString("latin1", start, end);
      const found = wordsOf(bytes, left % 20 === 0 ? new TextWords() : reused, start, end);
      expect(found.map(([word]) => word)).toEqual(slowly(text));
      expect(reused.read(bytes, start, end, 0)).toBe(end);
      expect(reused.isAlone()).toBe(found.length < 2);
      if (found.length === 1) {
        const [from, to] = reused.places;
        expect(Buffer.from(reused.bytes.subarray(from, to)).toString("latin1")).toBe(found[0]?.[0]);
      }
    }
  });

  it("ends where it has to", () => {
    const words = new TextWords();
    const stops = stopsAt.high | stopsAt.quote | stopsAt.escape;
    for (const stop of ['"', "\\", "é"])
      for (let before = 0; before < 100; before++) {
        const text = Buffer.from(`${"ab ".repeat(40).slice(0, before)}${stop}after${stop}it all`);
        expect(words.read(text, 0, text.length, stops)).toBe(before);
        expect(words.read(text, 0, text.length, 0)).toBe(text.length);
        words.divide(allLearned);
        expect(words.further).toBeGreaterThan(0);
        words.read(text, 0, text.length, stops);
        words.divide(allLearned);
        expect(words.further).toBe(0);
      }
  });

  it("tells words apart by 64 bits, and not by where they are or by case", () => {
    const reused = new TextWords();
    const some = Array.from({ length: 10_000 }, (_, at) => [
      `${at}`,
      `order${at}`,
      `${at}_of_each_order`,
      `x${at}y`,
    ]).flat();
    const long = Array.from({ length: 64 }, (_, at) => [
      "a".repeat(at + 3),
      `${"a".repeat(at)}baaa`,
      `b${"a".repeat(at + 2)}`,
    ]).flat();
    const alphabet = "abcdefghijklmnopqrstuvwxyz";
    const changed = Array.from(alphabet, (_, at) =>
      [4, 9, 26].map((length) => alphabet.slice(0, length).replace(alphabet.charAt(at), "_")),
    ).flat();
    const texts = new Set([...some, ...long, ...changed].filter((word) => word.length > 2));
    const hashes = new Map<string, string>();
    const halves = [new Set<string>(), new Set<string>()];
    for (const word of texts) {
      const [[found, hash] = ["", ""]] = wordsOf(Buffer.from(word), reused);
      hashes.set(hash, found);
      for (const [half, of] of hash.split(" ").entries()) halves[half]?.add(of);
    }
    expect(hashes.size).toBe(texts.size);
    expect([...hashes.values()]).toEqual([...texts]);
    // By chance one in 50,000 shares 32 bits with another one.
    for (const half of halves) expect(half.size).toBeGreaterThan(texts.size * 0.9998);
    for (const [hash, word] of [...hashes].filter((_, at) => at % 50 === 0)) {
      const elsewhere = Buffer.from(`- ${word.toUpperCase()}; ${word}!`);
      expect(wordsOf(elsewhere, reused)).toEqual([
        [word, hash],
        [word, hash],
      ]);
    }
  });

  it("counts words that come seldom, and leaves the others to be looked for", () => {
    const [words, counts] = [new TextWords(), new WordCounts()];
    const text = Buffer.from("one two one two one two one three");
    words.read(text, 0, text.length, 0);
    words.divide(counts);
    expect([words.seldom, words.further]).toEqual([8, 0]);
    words.read(text, 0, text.length, 0);
    words.divide(counts);
    expect(Array.from(words.places.subarray(0, 2 * words.seldom))).toEqual([4, 7, 28, 33]);
    const second = words.others[1] ?? 0;
    expect([counts.isOften(second), counts.isOften(second)]).toEqual([true, false]);
  });
});
