import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { gramsNeeded, partsFrom, trigramByteCount, wordsIn } from "./search-grams.js";
import { lowered, withoutEscapes } from "./search-lower-case.js";
import { listOf } from "./search-positions.js";
import { TextMemo } from "./search-text-memo.js";
import type { TextSet } from "./search-text-set.js";
import { stretchBytes } from "./search-text-words.js";
import { BlockTexts } from "./search-texts.js";

const pieces = [
  ...["order", "Ünïcode", "ÉTÉ", "日本語", "😀", "a1b2c3d4", "_x", "-", " ", "/", '"', "\\", "\n", "\u0001", ":"],
  ...["Kelvin \u212a", "İstanbul", "ΟΔΟΣ", "x".repeat(700), "", "12", "123456", "loup", "Galoup", "loups"],
];

/** What the index would say of each row: made anew, without any of what makes it quick. */
class Twin {
  readonly rows: string[] = [];

  mayHave(position: number, part: string): boolean {
    return lowered(this.rows[position] ?? "").includes(part);
  }
}

/** Positions of texts that are kept, those of others as grams of their part: with one position a part they are exact. */
function found(texts: BlockTexts, needle: string, count: number): Set<number> {
  const at = new Set<number>();
  const shards = texts.grams.shards();
  for (const part of lowered(needle).split('"')) {
    const words = wordsIn(part);
    const ofPart = new Set<number>(words.length === 0 ? Array.from({ length: count }, (_, row) => row) : []);
    for (const position of positionsWith(texts.wholes, part, count)) ofPart.add(position);
    const inWords = words.map((word) => {
      const { cells, trigrams } = gramsNeeded(word);
      const of = new Set(positionsWith(texts.words, word, count));
      const has = trigrams.every((place) => ((texts.grams.trigramBytes()[place >> 3] ?? 0) >> (place & 7)) & 1);
      for (let row = 0; has && row < count; row++) {
        const isThere = cells.every(({ shard, cell }) => {
          const bytes = shards[shard] ?? new Uint8Array(8);
          const place = (cell % (bytes.length / 8)) * 8;
          const [parts, furtherParts] = partsFrom(bytes.subarray(place, place + 8));
          return (((row < 32 ? parts : furtherParts) >>> (row & 31)) & 1) === 1;
        });
        if (isThere) of.add(row);
      }
      return of;
    });
    for (let row = 0; row < count; row++) if (inWords.length > 0 && inWords.every((of) => of.has(row))) ofPart.add(row);
    if (at.size === 0 && ofPart.size > 0 && part === lowered(needle).split('"')[0])
      for (const row of ofPart) at.add(row);
    else for (const row of at) if (!ofPart.has(row)) at.delete(row);
  }
  return at;
}

function positionsWith(set: TextSet, part: string, count: number): number[] {
  const places = Int32Array.from({ length: set.count }, (_, text) => text);
  const positions = set.positionsOf(places, set.count, count, () => undefined);
  return positions.flatMap((bits, text) => {
    const bytes = set.bytes.subarray(set.starts[text] ?? 0, set.ends[text] ?? 0);
    return lowered(bytes.toString("utf8")).includes(part) ? listOf(bits) : [];
  });
}

describe("BlockTexts", () => {
  it.each([1, 2, 3, 4])("has every part of every text, plain or JSON, alike or not (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const some = (count: number): string =>
      Array.from({ length: count }, () => pieces[below(pieces.length)] ?? "").join("");
    const [texts, twin, memo] = [new BlockTexts(0), new Twin(), new TextMemo()];
    const count = 60;
    let [last, repeats] = ["", 0];
    for (let position = 0; position < count; position++) {
      const text = repeats-- > 0 ? last : some(1 + below(6));
      if (text !== last) repeats = below(4);
      last = text;
      const how = below(3);
      const json = JSON.stringify({ [`key ${how}`]: text, number: below(1000), further: some(2) });
      const plain = Buffer.from(text);
      if (how === 0) texts.add(plain, 0, plain.length, position);
      else if (how === 1) texts.addBody(plain, 0, plain.length, position);
      else {
        const bytes = Buffer.from(json.replaceAll("É", "\\u00c9").replaceAll("/", "\\/"));
        texts.addJson(bytes, 0, bytes.length, position, memo);
      }
      twin.rows.push(how === 2 ? withoutEscapes(json) : text);
    }
    memo.close(texts.wholes);
    texts.end();
    expect(texts.grams.trigramBytes().length).toBe(trigramByteCount);
    for (let left = 60; left > 0; left--) {
      const characters = [...(twin.rows[below(count)] ?? "")];
      const from = below(characters.length);
      const part = lowered(characters.slice(from, from + 1 + below(30)).join(""));
      if (part === "" || part.split('"').some((one) => wordsIn(one).length === 0)) continue;
      const at = found(texts, part, count);
      const wanted = twin.rows.flatMap((_, position) => (twin.mayHave(position, part) ? [position] : []));
      expect([part, wanted.filter((position) => !at.has(position))]).toEqual([part, []]);
    }
  });

  it.each([1, 2, 3])("has every part of long texts that are all different (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const [texts, memo, rows] = [new BlockTexts(0), new TextMemo(), [""]];
    const add = (text: string, position: number): void => {
      const plain = Buffer.from(text);
      const json = Buffer.from(JSON.stringify({ text }));
      if (position % 2 === 0) texts.addBody(plain, 0, plain.length, position);
      else texts.addJson(json, 0, json.length, position, memo);
    };
    // Then texts are known to have no like, and so many words are learned that others are taken for them at first.
    const learned = (at: number): string => Array.from({ length: 40 }, (_, word) => `${at}x${word} `).join("");
    for (let at = 0; at < 300; at++) add(learned(at).repeat(5), 0);
    for (let at = 0; at < 300; at++) add(`number ${at} is ${at}`, 1);
    for (let position = 2; position < 60; position++) {
      const some = Array.from(
        { length: 1 + below(300) },
        () =>
          random()
            .toString(36)
            .slice(2, 3 + below(9)) + (below(20) === 0 ? "ABC/" : " "),
      );
      const long = Array.from({ length: below(4) === 0 ? 400 : 2 }, () => random().toString(36).slice(2)).join("");
      const other = ["", "", "É", '"'][below(4)] ?? "";
      const text = [...some, below(2) === 0 ? other : "", ...some.slice(0, 100), long, other].join("");
      add(text, position);
      rows[position] = lowered(text);
    }
    memo.close(texts.wholes);
    texts.end();
    for (let left = 40; left > 0; left--) {
      const position = 2 + below(58);
      const row = rows[position] ?? "";
      const from = below(row.length);
      const part = row.slice(from, from + 4 + below(40));
      if (part.split('"').some((one) => wordsIn(one).length === 0)) continue;
      expect([part, found(texts, part, 60).has(position)]).toEqual([part, true]);
    }
  });

  it("has words at the ends of what is read at once, and longer ones", () => {
    const [texts, rows] = [new BlockTexts(0), new Map<number, readonly string[]>()];
    for (let at = 0; at < 300; at++) texts.addBody(Buffer.from(`number ${at}`), 0, `number ${at}`.length, 0);
    const add = (position: number, text: string, ...parts: string[]): void => {
      const bytes = Buffer.from(text);
      texts.addBody(bytes, 0, bytes.length, position);
      rows.set(position, parts);
    };
    const around = (at: number, width = 20): string => letters.slice(at - width / 2, at + width / 2);
    const random = randomFrom(1);
    const letters = Array.from({ length: 3 * stretchBytes }, () => random().toString(36).charAt(3)).join("x");
    for (let at = 1; at < 20; at++) {
      const word = around(200 * at);
      add(at, ". ".repeat(stretchBytes).slice(0, stretchBytes - at) + `${word} ${word}.`, word);
    }
    const overlaps = [stretchBytes - 4, stretchBytes, 2 * stretchBytes - 8, 2 * stretchBytes - 4];
    add(30, `as ${letters} is`, ...overlaps.flatMap((at) => [around(at), around(at, 6)]));
    add(31, `${letters.slice(0, 2 * stretchBytes)}É`, `${letters.slice(2 * stretchBytes - 3, 2 * stretchBytes)}é`);
    texts.end();
    for (const [position, parts] of rows)
      for (const part of parts) expect([part, found(texts, part, 60).has(position)]).toEqual([part, true]);
  });

  it("notes once that a text has a word", () => {
    const texts = new BlockTexts(0);
    for (let at = 0; at < 300; at++) texts.addBody(Buffer.from(`same ${at}`), 0, `same ${at}`.length, 0);
    const before = texts.words.occurred;
    texts.addBody(Buffer.from("same same same"), 0, 14, 1);
    expect(texts.words.occurred).toBe(before + 1);
  });

  it("knows where words are that many rows have, and which no row has", () => {
    const [texts, memo] = [new BlockTexts(0), new TextMemo()];
    for (let position = 0; position < 60; position++) {
      const json = Buffer.from(
        JSON.stringify({ state: position % 3 === 0 ? "shipped" : "placed", id: position * 7919 }),
      );
      texts.addJson(json, 0, json.length, position, memo);
    }
    memo.close(texts.wholes);
    const ofThree = Array.from({ length: 20 }, (_, at) => at * 3);
    expect([...found(texts, "SHIP", 60)]).toEqual(ofThree);
    expect([...found(texts, "zzzz", 60), ...found(texts, "shopped", 60)]).toEqual([]);
  });
});

describe("BlockTexts of a block after another one", () => {
  it("knows from its first row on where words are that were often in the block before", () => {
    const texts = new BlockTexts(2);
    const rows = Array.from({ length: 200 }, (_, position) => position);
    const ofAccepted = rows.filter((position) => position % 2 === 0);
    const fill = (first: number): number[] => {
      for (const position of rows) {
        const body = Buffer.from(`${position % 2 === 0 ? "accepted" : "settled"} as number ${first + position}`);
        texts.addJson(body, 0, body.length, position, new TextMemo());
      }
      texts.end();
      return positionsWith(texts.words, "accepted", rows.length);
    };
    expect(fill(1_000_000).length).toBeLessThan(ofAccepted.length);
    texts.clear();
    expect(positionsWith(texts.words, "accepted", rows.length)).toEqual([]);
    expect(fill(2_000_000)).toEqual(ofAccepted);
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
