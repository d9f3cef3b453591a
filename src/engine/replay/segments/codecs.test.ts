// Bytes of segments that somebody else made: whatever is changed in them, they are read or refused, and nothing else happens.
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, MalformedBytes } from "../../../shared/protocol/bytes.js";
import { objectId } from "../../../shared/trace/value.js";
import { LiveProgram, randomFrom } from "../live-program.test-support.js";
import { contentsFromNode } from "../node.js";
import { Block } from "./block.js";
import { SegmentBuilder, segmentSettings } from "./builder.js";
import { IndexView, Part, indexBytes } from "./keyframe.js";
import { isLater } from "./node-codec.js";
import { ListedPositions, ScatteredPositions, positionsByObject } from "./object-positions.js";
import {
  readCount,
  readCounts,
  readDifference,
  readIndex,
  readShortSums,
  readSigned,
  readSums,
  writeCount,
  writeDifference,
  writeSigned,
} from "./varints.js";

describe("numbers in as few bytes as they need", () => {
  it.each([0, 1, 63, 64, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, 2 ** 52 - 1])("come back (%i)", (number) => {
    const out = new ByteWriter();
    writeCount(out, number);
    for (const one of [number, -number]) {
      writeSigned(out, one);
      writeDifference(out, BigInt(one) * 1000n);
    }
    const from = new ByteReader(out.bytes, 0, out.at);
    expect([readCount(from), readSigned(from), readDifference(from), readSigned(from), readDifference(from)]).toEqual([
      number,
      number,
      BigInt(number) * 1000n,
      number === 0 ? 0 : -number,
      BigInt(-number) * 1000n,
    ]);
    expect(from.at).toBe(out.at);
  });

  it("are refused beyond what a number holds", () => {
    for (const read of [readCount, readDifference])
      expect(() => read(new ByteReader(new Uint8Array(12).fill(0xff)))).toThrow(MalformedBytes);
  });

  it.each([1, 2, 3])("are read many at once as one by one, or refused as one by one (seed %i)", (seed) => {
    const below = randomFrom(seed);
    let counted = 0;
    for (let round = 200; round > 0; round--) {
      const out = new ByteWriter();
      for (let left = below(20); left > 0; left--) writeCount(out, below(2 ** below(53)));
      if (below(2) === 0) for (let left = below(10); left > 0; left--) out.u8(below(256));
      const [wanted, limit] = [below(22), 2 ** (1 + below(60))];
      const reader = (): ByteReader => new ByteReader(out.bytes, 0, out.at);
      const oneByOne = attempt(() => {
        const from = reader();
        const counts = Array.from({ length: wanted }, () => readIndex(from, limit));
        return { counts, at: from.at };
      });
      const atOnce = attempt(() => {
        const from = reader();
        const counts = new Float64Array(wanted);
        readCounts(from, counts, limit);
        return { counts: [...counts], at: from.at };
      });
      expect(atOnce).toEqual(oneByOne);
      if (atOnce !== "refused") counted += atOnce.counts.length;
    }
    expect(counted).toBeGreaterThan(100);
  });

  it.each([1, 2, 3])("are added up many at once as one by one, or refused as one by one (seed %i)", (seed) => {
    const below = randomFrom(seed);
    let [counted, ascending, shorts] = [0, 0, 0];
    for (let round = 300; round > 0; round--) {
      const out = new ByteWriter();
      const isForwards = below(2) === 0;
      for (let left = below(20); left > 0; left--)
        writeSigned(out, below(2 ** below(round % 3 === 0 ? 20 : 52)) * (isForwards || below(2) === 0 ? 1 : -1));
      const end = out.at;
      // What stands behind them is not theirs.
      for (let left = below(10); left > 0; left--) out.u8(below(256));
      const [wanted, furthest] = [below(22), 2 ** (1 + below(53))];
      const last = below(4) === 0 ? out.at : end;
      const from = [new ByteReader(out.bytes, 0, last), new ByteReader(out.bytes, 0, last)] as const;
      const oneByOne = attempt(() => {
        const sums: number[] = [];
        let [sum, isAscending] = [0, true];
        for (let left = wanted; left > 0; left--) {
          const step = readSigned(from[0]);
          sum += step;
          isAscending &&= step >= 0 && sum >= 0;
          if (Math.abs(sum) > furthest) throw new MalformedBytes("too far");
          sums.push(sum);
        }
        return { sums, isAscending, at: from[0].at };
      });
      const atOnce = attempt(() => {
        const sums = new Float64Array(wanted);
        const isAscending = readSums(from[1], sums, furthest);
        return { sums: [...sums], isAscending, at: from[1].at };
      });
      expect(atOnce).toEqual(oneByOne);
      const [short, long] = [new Uint32Array(wanted), new Float64Array(wanted)];
      const again = [new ByteReader(out.bytes, 0, last), new ByteReader(out.bytes, 0, last)] as const;
      if (readShortSums(again[0], short)) {
        expect(readSums(again[1], long, 2 ** 52)).toBe(true);
        expect([[...short], again[0].at]).toEqual([[...long], again[1].at]);
        shorts += wanted;
      }
      if (atOnce === "refused") continue;
      counted += atOnce.sums.length;
      if (atOnce.isAscending) ascending++;
    }
    expect(counted).toBeGreaterThan(100);
    expect(ascending).toBeGreaterThan(20);
    expect(shorts).toBeGreaterThan(20);
  });
});

describe("positions of many objects' writes", () => {
  it.each([1, 2, 3])("are those at which each of them is (seed %i)", (seed) => {
    const below = randomFrom(seed);
    for (const count of [0, 1, 2, 50, 3000]) {
      const most = below(2) === 0 ? 40 : 2 ** 32;
      const objects = Uint32Array.from({ length: count }, () => below(most));
      const others = Uint32Array.from(objects.keys()).filter(() => below(5) === 0);
      const slow = new Map<number, number[]>();
      for (const [at, id] of objects.entries()) if (!others.includes(at)) slow.set(id, [...(slow.get(id) ?? []), at]);
      const ways = [new ScatteredPositions(objects, others), positionsByObject(objects, others)];
      if (most === 40)
        ways.push(
          new ListedPositions(objects, others, 40),
          positionsByObject(Uint16Array.from(objects), others),
          new ListedPositions(objects, others, Math.max(0, ...objects)),
        );
      for (const positions of ways)
        for (const id of [...objects, 0, 39, 40, 41, 2 ** 31])
          expect([...positions.of(id)]).toEqual(slow.get(id) ?? []);
    }
  });
});

function attempt<Value>(work: () => Value): Value | "refused" {
  try {
    return work();
  } catch (error) {
    if (error instanceof MalformedBytes) return "refused";
    throw error;
  }
}

/** A block, an index and a part, as the recorder makes them. */
function made(seed: number): { readonly block: Uint8Array; readonly index: Uint8Array; readonly part: Uint8Array } {
  const program = new LiveProgram(seed);
  for (let left = 100; left > 0; left--) program.step();
  const builder = new SegmentBuilder({ ...segmentSettings, writes: program.writes.length });
  for (const { seq, instant, operation } of program.writes)
    builder.add({
      seq,
      instant,
      after: seq % 3 === 0 ? instant - 5n : undefined,
      operation: operation.kind === "scope" ? { ...operation, scope: "1" } : operation,
      location: seq % 5,
      span: seq % 7,
    });
  const [segment] = builder.takeClosed();
  const part = segment?.parts[0];
  if (segment === undefined || part === undefined) throw new Error("no segment was closed");
  return { block: segment.block, index: segment.index, part };
}

function readAll({ block, index, part }: ReturnType<typeof made>): number {
  let count = 0;
  const writes = new Block(block);
  for (let at = 0; at < writes.count; at++) {
    writes.operationAt(at);
    count += writes.placeAt(at).span;
    count += writes.positionsOf(writes.objectAt(at) ?? 0).length + writes.latestAt(at).toString().length;
  }
  const view = new IndexView(1, index);
  const objects = new Part(part);
  for (const { id } of view.entries()) {
    const kept = view.partOf(id) === 0 ? objects.node(id) : undefined;
    // What it holds is read when it is looked at.
    if (kept !== undefined && !isLater(kept)) contentsFromNode(kept.node);
  }
  return count + view.ids.length;
}

describe("bytes of a segment", () => {
  it("are read whole when nothing was changed", () => {
    for (const seed of [1, 2, 3]) expect(readAll(made(seed))).toBeGreaterThan(100);
  });

  it.each([1, 2, 3, 4])("are read or refused, whatever was changed (seed %i)", (seed) => {
    const below = randomFrom(seed * 977);
    const whole = made(seed);
    let refused = 0;
    for (let left = 1500; left > 0; left--) {
      const name = (["block", "index", "part"] as const)[below(3)] ?? "block";
      const changed = whole[name].slice(0, below(10) === 0 ? below(whole[name].length) : undefined);
      for (let changes = below(4); changes >= 0; changes--)
        changed[below(changed.length)] = below(3) === 0 ? 0xff : below(256);
      try {
        readAll({ ...whole, [name]: changed });
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBytes);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(300);
  });
});

describe("an index that is read beside another", () => {
  const bytesOf = (scopes: readonly (readonly [number, number])[], written: readonly number[]): Uint8Array =>
    indexBytes(3, {
      scopes: new Map(scopes.map(([id, object]) => [id, { kind: "object", id: objectId(object) }])),
      writtenScopes: new Set(written),
      partStarts: [1],
      entries: [{ id: 7, version: 3, until: 3, isWritten: true, length: 20 }],
    });

  it("says what it says alone, and shares what is said of scopes where that is the same", () => {
    const all = [
      bytesOf([], []),
      bytesOf([[1, 5]], []),
      bytesOf([[1, 5]], [1]),
      bytesOf([[1, 6]], []),
      bytesOf([[2, 5]], []),
      bytesOf(
        [
          [1, 5],
          [2, 6],
        ],
        [2],
      ),
    ];
    for (const [at, like] of all.entries())
      for (const [other, bytes] of all.entries()) {
        const [alone, first] = [new IndexView(3, bytes), new IndexView(2, like)];
        const beside = new IndexView(3, bytes, first);
        const facts = (view: IndexView): unknown => [
          [...view.scopes],
          [...view.writtenScopes],
          view.partStarts,
          [...view.entries()],
        ];
        expect(facts(beside)).toEqual(facts(alone));
        expect([at, other, beside.scopes === first.scopes]).toEqual([at, other, at === other]);
      }
  });
});
