import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { ByteReader, ByteWriter } from "../../shared/protocol/bytes.js";
import { writeValue } from "../../shared/protocol/captured-value-codec.js";
import type { CapturedValue } from "../../shared/trace/value.js";
import {
  type Entries,
  KeptEntries,
  type LaterSets,
  Names,
  copyOfEntries,
  eachInOrder,
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

/** Fifty writes, each of which sets one of the keys. */
const laterSets = (keys: readonly string[], keyOf: Uint32Array, from: number): LaterSets => ({
  keys,
  keyOf,
  valueAt: (write) => valueOf(100 * from + write),
});

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

/** The first `most`, as somebody sees them who wants no more. */
function firstOf(entries: Entries, most: number): readonly (readonly [string, CapturedValue])[] {
  const seen: [string, CapturedValue][] = [];
  eachInOrder(entries, (name, value) => seen.push([name, value]) < most);
  return seen;
}

describe("entries whose values are read when they are asked for", () => {
  it.each([1, 2, 3, 4, 5, 6])("and their copies are what Maps and theirs are (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const all = seed % 2 === 0 ? ["a", "b", "c", "d"] : ["a", "10", "b", "2", "c", "d"];
    const values = all.map((_, at) => valueOf(at));
    const { bytes, starts } = written(values);
    const asked = ["c", "x", "a", "2", "b", "y"];
    const later = [0, 1].map((from) =>
      laterSets(
        asked,
        Uint32Array.from({ length: 50 }, () => below(asked.length)),
        from,
      ),
    );
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
      const [name, source] = [asked[below(asked.length)], later[below(20) === 0 ? 1 : 0]];
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
        const positions = Array.from({ length: 1 + below(4) }, () => below(50));
        const end = pair.kept.setLater(source, positions, 0, positions.length);
        if (end > 0) setLater++;
        else refused++;
        for (const write of positions.slice(0, end)) {
          const set = asked[source.keyOf[write] ?? 0] ?? "";
          expect(pair.plain.has(set)).toBe(true);
          pair.plain.set(set, source.valueAt(write));
        }
        const next = positions[end];
        const isOfOther = pair.plain.size !== all.length || end === 0;
        if (next !== undefined && !isOfOther) expect(pair.plain.has(asked[source.keyOf[next] ?? 0] ?? "")).toBe(false);
      } else
        pairs.push({
          kept: KeptEntries.within(names, written(values).starts, bytes),
          plain: new Map(all.map((one, at) => [one, valueOf(at)])),
        });
      for (const { kept, plain } of pairs) {
        const most = 1 + below(8);
        if (below(4) === 0) expect(firstOf(kept, most)).toEqual(orderedEntries(plain).slice(0, most));
        expect(textOf(kept)).toBe(textOf(plain));
        expect(textOf(entriesInMemory(kept))).toBe(textOf(plain));
      }
    }
    expect(Math.min(setLater, refused)).toBeGreaterThan(20);
  });
});
