import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { GramFilter, Grams, bitsNeeded, withoutEscapes } from "./search-grams.js";

const pieces = [
  "order",
  "Ünïcode",
  "ÉTÉ",
  "日本語",
  "😀",
  "a1b2c3d4",
  "_x",
  "-",
  " ",
  "/",
  '"',
  "\\",
  "\n",
  "\u0001",
  "Kelvin \u212a",
  "İstanbul",
  "ΟΔΟΣ",
  "x".repeat(700),
  "",
];

const hasBit = (bits: Uint8Array, place: number): boolean => {
  const at = place & (bits.length * 8 - 1);
  return (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
};

/** All needed bits are there: the block is looked through. */
function mayHave(filter: GramFilter, needle: string): boolean {
  const [shards, { trigrams, sixes, eights }] = [filter.shards(), bitsNeeded(needle)];
  const ofThree = filter.trigramBytes();
  return (
    trigrams.every((place) => hasBit(ofThree, place)) &&
    [...sixes, ...eights].every(({ shard, place }) => hasBit(shards[shard] ?? new Uint8Array(1), place))
  );
}

function added(add: (grams: Grams, filter: GramFilter) => void): GramFilter {
  const filter = new GramFilter();
  add(new Grams(), filter);
  return filter;
}

describe("Grams", () => {
  it.each([1, 2, 3, 4])("has every part of every text, plain or JSON (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const some = (count: number): string =>
      Array.from({ length: count }, () => pieces[Math.floor(random() * pieces.length)] ?? "").join("");
    for (let left = 60; left > 0; left--) {
      const text = some(1 + Math.floor(random() * 6));
      const characters = [...text];
      const start = Math.floor(random() * characters.length);
      const part = characters.slice(start, start + 1 + Math.floor(random() * 40)).join("");
      const plain = Buffer.from(text);
      const json = Buffer.from(
        JSON.stringify({ [text]: text })
          .replaceAll("É", "\\u00c9")
          .replaceAll("/", "\\/"),
      );
      for (const filter of [
        added((grams, to) => grams.add(to, plain, 0, plain.length)),
        added((grams, to) => grams.addJson(to, json, 0, json.length)),
      ]) {
        expect([part, mayHave(filter, part)]).toEqual([part, true]);
        expect([part, mayHave(filter, part.toUpperCase())]).toEqual([part, true]);
      }
    }
  });

  it("knows words that no text has", () => {
    const text = Buffer.from("the order was shipped");
    const filter = added((grams, to) => grams.add(to, text, 0, text.length));
    expect(
      ["shipped", "SHIP", "hip", "er was", "zzz", "shopped", "ordershipped"].map((one) => mayHave(filter, one)),
    ).toEqual([true, true, true, true, false, false, false]);
  });

  it("says a word again for every block, and for one that goes on after a commit failed", () => {
    const grams = new Grams();
    const text = Buffer.from("shipped");
    const [one, other] = [new GramFilter(), new GramFilter()];
    grams.add(one, text, 0, text.length);
    grams.add(other, text, 0, text.length);
    expect([mayHave(one, "shipped"), mayHave(other, "shipped")]).toEqual([true, true]);
    const before = one.stamp;
    one.renew();
    expect(one.stamp).not.toBe(before);
  });

  it("has as few bits as make sense, and is full at some time", () => {
    const filter = new GramFilter();
    const grams = new Grams();
    expect(filter.shards()[0]?.length).toBe(64);
    for (let number = 0; !filter.isFull; number++) {
      const text = Buffer.from(`id_${Math.imul(number + 1, 0x9e3779b1) >>> 0}`);
      grams.add(filter, text, 0, text.length);
    }
    expect(filter.shards()[0]?.length).toBe(2048);
    expect(mayHave(filter, "id_2654435761")).toBe(true);
  });
});

describe("withoutEscapes", () => {
  it.each([
    ['a\\"b', 'a"b'],
    ["a\\\\nb", "a\\nb"],
    ["\\u00e9\\n\\t\\/\\ud83d\\ude00", "é\n\t/😀"],
    ["\\b\\f\\r", "\b\f\r"],
  ])("reads %j", (json, text) => {
    expect(withoutEscapes(json)).toBe(text);
  });
});
