import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { ByteReader, ByteWriter } from "../../shared/protocol/bytes.js";
import { writeValue } from "../../shared/protocol/captured-value-codec.js";
import type { CapturedValue } from "../../shared/trace/value.js";
import {
  type Entries,
  KeptEntries,
  Names,
  copyOfEntries,
  entriesInMemory,
  inOrder,
  orderedEntries,
} from "./entries.js";

const valueOf = (number: number): CapturedValue =>
  number % 3 === 0 ? { kind: "hole" } : { kind: "primitive", value: number % 3 === 1 ? number : `text ${number}` };

/** Values one after the other, and where each begins. */
function written(values: readonly CapturedValue[]): { readonly bytes: ByteReader; readonly starts: number[] } {
  const out = new ByteWriter();
  const starts = values.map((value) => {
    const start = out.at;
    writeValue(out, value);
    return start;
  });
  return { bytes: new ByteReader(out.bytes, 0, out.at), starts };
}

const textOf = (entries: Entries): string =>
  JSON.stringify([
    entries.size,
    [...entries],
    [...entries.keys()],
    [...entries.values()],
    orderedEntries(entries),
    [...inOrder(entries)],
    ["a", "b", "2", "x"].map((key) => [entries.has(key), entries.get(key)]),
  ]);

describe("entries whose values are read when they are asked for", () => {
  it.each([1, 2, 3, 4, 5, 6])("and their copies are what Maps and theirs are (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const all = seed % 2 === 0 ? ["a", "b", "c", "d"] : ["a", "10", "b", "2", "c", "d"];
    const values = all.map((_, at) => valueOf(at));
    const { bytes, starts } = written(values);
    const later = [0, 1].map((from) => written(Array.from({ length: 50 }, (_, at) => valueOf(100 * from + at))));
    const asked = ["c", "x", "a", "2", "b", "y"];
    const names = new Names(all);
    let pairs = [
      {
        kept: KeptEntries.within(names, starts, bytes) as Entries,
        plain: new Map(all.map((name, at) => [name, valueOf(at)])),
      },
    ];
    let [setLater, refused] = [0, 0];
    for (let turn = 0; turn < 600; turn++) {
      const pair = pairs[below(pairs.length)];
      const [which, key] = [below(50), below(asked.length)];
      const [name, source] = [asked[key], later[below(20) === 0 ? 1 : 0]];
      if (pair === undefined || name === undefined || source === undefined) throw new Error("no such pair");
      const action = below(100);
      if (action < 10) pairs = [...pairs.slice(-4), { kept: copyOfEntries(pair.kept), plain: new Map(pair.plain) }];
      else if (action < 12) {
        pair.kept.delete(name);
        pair.plain.delete(name);
      } else if (action < 30) {
        pair.kept.set(name, valueOf(turn));
        pair.plain.set(name, valueOf(turn));
      } else if (pair.kept instanceof KeptEntries) {
        const value = valueOf(100 * later.indexOf(source) + which);
        const isSet = pair.kept.setLater(asked, key, source.bytes, source.starts[which] ?? 0);
        if (isSet) setLater++;
        else refused++;
        if (isSet) expect(pair.plain.has(name)).toBe(true);
        if (isSet) pair.plain.set(name, value);
      } else
        pairs.push({
          kept: KeptEntries.within(names, written(values).starts, bytes),
          plain: new Map(all.map((one, at) => [one, valueOf(at)])),
        });
      for (const { kept, plain } of pairs) {
        expect(textOf(kept)).toBe(textOf(plain));
        expect(textOf(entriesInMemory(kept))).toBe(textOf(plain));
      }
    }
    expect(Math.min(setLater, refused)).toBeGreaterThan(20);
  });
});
