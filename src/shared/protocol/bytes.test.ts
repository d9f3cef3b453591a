import { describe, expect, it } from "vitest";
import { randomFrom } from "../base/random.test-support.js";
import { ByteReader, ByteWriter, MalformedBytes } from "./bytes.js";

const pieces = ["a", "key_", "é", "ÿ", "€", "\ufeff", "\u0000", "😀", "\ud83d", "\ude00", "\uffff", "\u0800", "\u07ff"];

function randomText(below: (limit: number) => number): string {
  let text = "";
  for (let left = below(30); left > 0; left--) text += below(3) > 0 ? "plain" : (pieces[below(pieces.length)] ?? "");
  return text;
}

describe("texts", () => {
  it.each([1, 2, 3])("come back whatever is in them, however long (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const texts = Array.from({ length: 2000 }, () => randomText(below));
    const out = new ByteWriter();
    for (const text of texts) out.text(text);
    const from = new ByteReader(out.bytes, 0, out.at);
    expect(texts.map(() => from.text())).toEqual(texts);
    expect(from.at).toBe(out.at);
  });

  it.each([1, 2, 3])("that were changed on the way are read in full or refused (seed %i)", (seed) => {
    const random = randomFrom(seed * 31);
    const below = (limit: number): number => Math.floor(random() * limit);
    const seen = { read: 0, refused: 0 };
    for (let round = 0; round < 2000; round++) {
      const out = new ByteWriter();
      out.text(`${randomText(below)}at least as long as that`);
      out.bytes[4 + below(out.at - 4)] = below(256);
      const from = new ByteReader(out.bytes, 0, out.at);
      try {
        from.text();
        expect(from.at).toBe(out.at);
        seen.read++;
      } catch (error) {
        if (!(error instanceof MalformedBytes)) throw error;
        seen.refused++;
      }
    }
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100);
  });
});
