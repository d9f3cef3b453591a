// What keyframes say of large objects instead of all that they hold: read back, nothing is missing and nothing said twice;
// and what it takes does not grow with what they hold.
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, MalformedBytes } from "../../../shared/protocol/bytes.js";
import { type CapturedValue, objectId } from "../../../shared/trace/value.js";
import type { WriteOperation } from "../../../shared/trace/write.js";
import { randomFrom } from "../live-program.test-support.js";
import { Block } from "./block.js";
import { SegmentBuilder, segmentSettings } from "./builder.js";
import { LaterLogs } from "./later-logs.js";
import { type LaterWrites, readLater, writeLater, writesIn } from "./later-writes.js";
import type { ObjectWrite } from "./operation-payload.js";

const target = objectId(7);
const primitive = (value: string | number): CapturedValue => ({ kind: "primitive", value });
const setTo = (value: number): ObjectWrite => ({ kind: "set", target, key: `k${value % 5}`, value: primitive(value) });

/** What writes behind the whole object one finds who follows what the newest of the keyframes says. */
function readBack(said: ReadonlyMap<number, LaterWrites>, newest: number): { values: unknown[]; keyframes: number } {
  const chain = [newest, ...(said.get(newest)?.versions ?? [])].reverse().slice(1);
  const values: unknown[] = [];
  for (const version of chain)
    for (const { bytes, count } of said.get(version)?.stretches ?? [])
      for (const { operation, isFound } of writesIn(new ByteReader(bytes), count, target))
        values.push([
          operation.kind === "set" && operation.value.kind === "primitive" && operation.value.value,
          isFound,
        ]);
  return { values, keyframes: chain.length };
}

describe("what keyframes say of large objects", () => {
  it.each([1, 2, 3, 4])("is every write since they were written down whole, once (seed %i)", (seed) => {
    const below = randomFrom(seed * 131);
    const logs = new LaterLogs();
    const said = new Map<number, LaterWrites>();
    const written: unknown[] = [];
    let [bytesWritten, most] = [0, 0];
    for (let segment = 4; segment < 400; segment++) {
      for (let left = below(6); left > 0; left--) {
        const isFound = below(3) === 0;
        written.push([written.length, isFound]);
        logs.add(target, 3, segment, setTo(written.length - 1), isFound);
      }
      if (below(3) === 0) continue;
      const later = logs.say(target, segment);
      if (later === undefined) continue;
      const out = new ByteWriter();
      writeLater(out, later);
      said.set(segment, readLater(new ByteReader(out.bytes, 0, out.at)));
      bytesWritten += later.stretches.reduce((total, { count }) => total + count, 0);
      const { values, keyframes } = readBack(said, segment);
      expect(values).toEqual(written);
      most = Math.max(most, keyframes);
    }
    expect(most).toBeLessThan(2 * Math.log2(written.length));
    expect(bytesWritten / written.length).toBeLessThan(Math.log2(written.length) + 1);
  });

  it("goes on where what was said is not in memory any more, and gives up where it would take too many keyframes", () => {
    const logs = new LaterLogs();
    const said = new Map<number, LaterWrites>();
    const written: unknown[] = [];
    let segment = 4;
    for (; ; segment++) {
      written.push([segment, false]);
      logs.add(target, 3, segment, setTo(segment), false);
      const later = logs.say(target, segment);
      if (later === undefined) break;
      said.set(segment, later);
      logs.forget(target);
      expect(readBack(said, segment).values).toEqual(written);
    }
    expect(segment).toBe(4 + 64);
    logs.writtenWhole(target);
    logs.add(target, segment, segment + 1, setTo(1), false);
    expect(logs.say(target, segment + 1)?.versions).toEqual([segment]);
  });

  it("is nothing of an object of which nobody knows what was said", () => {
    const logs = new LaterLogs();
    logs.setUnknown(target);
    logs.add(target, 3, 4, setTo(1), false);
    expect(logs.say(target, 4)).toBeUndefined();
  });

  it.each([1, 2, 3])("is read or refused, whatever was changed in it (seed %i)", (seed) => {
    const below = randomFrom(seed);
    const logs = new LaterLogs();
    for (let segment = 4; segment < 12; segment++) logs.add(target, 3, segment, setTo(segment), segment % 2 === 0);
    const later = logs.say(target, 12);
    const out = new ByteWriter();
    if (later !== undefined) writeLater(out, later);
    let refused = 0;
    for (let left = 500; left > 0; left--) {
      const changed = out.bytes.slice(0, out.at);
      changed[below(changed.length)] = below(256);
      try {
        const { stretches } = readLater(new ByteReader(changed));
        for (const { bytes, count } of stretches) for (const _ of writesIn(new ByteReader(bytes), count, target));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBytes);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

describe("keyframes of a large container", () => {
  /** Bytes of keyframes for each write to one of so many entries of a Map, while ten times as much is written elsewhere. */
  function keyframeBytesPerWrite(entries: number): number {
    const builder = new SegmentBuilder({ ...segmentSettings, writes: 512, smallBytes: 0 });
    let number = 0;
    const add = (operation: WriteOperation): void =>
      builder.add({ seq: ++number, instant: BigInt(number), after: undefined, operation, location: 0, span: 0 });
    const [map, other] = [objectId(1), objectId(2)];
    const pairs = Array.from({ length: entries }, (_, at) => [primitive(`key_${at}`), primitive(at)] as const);
    add({ kind: "contents", target: map, contents: { kind: "map", className: "Map", pairs } });
    add({ kind: "contents", target: other, contents: { kind: "object", className: "Object", entries: [] } });
    builder.closeOpen();
    builder.takeClosed();
    const below = randomFrom(entries);
    const first = number;
    while (number < first + 512 * 64) {
      const value = primitive(number);
      if (number % 11 === 0) add({ kind: "map-set", target: map, key: primitive(`key_${below(entries)}`), value });
      else add({ kind: "set", target: other, key: "a", value });
    }
    const bytes = builder
      .takeClosed()
      .reduce((total, { index, parts }) => total + index.length + parts.reduce((sum, part) => sum + part.length, 0), 0);
    return (bytes * 11) / (number - first);
  }

  it("take as much for each write however much it holds", () => {
    const [small, large] = [keyframeBytesPerWrite(10_000), keyframeBytesPerWrite(80_000)];
    expect(small).toBeGreaterThan(10);
    expect(large).toBeLessThan(1.5 * small);
  });
});

it("a segment ends before a write that is months later, or earlier, than its first", () => {
  const builder = new SegmentBuilder(segmentSettings);
  const month = 2_592_000_000_000_000n;
  const instants = [10n, 11n, 2n * month, 2n * month + 1n, 3n].map((after) => 10n ** 18n + after);
  for (const [at, when] of instants.entries())
    builder.add({ seq: at + 1, instant: when, after: undefined, operation: setTo(at), location: 0, span: 0 });
  builder.closeOpen();
  const found = builder.takeClosed().map(({ block, firstSeq, lastSeq }) => {
    const read = new Block(block);
    return { firstSeq, lastSeq, instants: Array.from({ length: read.count }, (_, at) => read.instantAt(at)) };
  });
  expect(found).toEqual([
    { firstSeq: 1, lastSeq: 2, instants: instants.slice(0, 2) },
    { firstSeq: 3, lastSeq: 4, instants: instants.slice(2, 4) },
    { firstSeq: 5, lastSeq: 5, instants: instants.slice(4) },
  ]);
});
