// State behind what was evicted, where keyframes say of objects what was written to them since others that are gone.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instant, processId, seq } from "../shared/trace/time.js";
import { type CapturedValue, objectId } from "../shared/trace/value.js";
import type { RecordedWrite, WriteOperation } from "../shared/trace/write.js";
import type { RecordingAccess } from "./recording-access.js";
import { randomFrom } from "./replay/live-program.test-support.js";
import { writeOf } from "./replay/notation.test-support.js";
import { stateAt } from "./replay/state-at.js";
import { textOfGraph } from "./replay/graph-text.test-support.js";
import { SegmentRecorder, readersOf, smallSegments } from "./segments.test-support.js";
import { StateGraphs } from "./state-graphs.js";
import { createFile } from "./store/open-file.js";
import { StoredSegments } from "./store/stored-segments.js";
import { StoredWrites } from "./store/writes.js";
import { seeds } from "./replay/seeds.test-support.js";

const process1 = processId(1);
const [map, list] = [objectId(1), objectId(2)];
const primitive = (value: string | number): CapturedValue => ({ kind: "primitive", value });

/** Writes to a Map and an array that hold much more than what is written to them between two keyframes. */
function containerWrites(seed: number, count: number): readonly RecordedWrite[] {
  const below = randomFrom(seed * 131 + 5);
  const key = (): CapturedValue => primitive(`key_${below(90)}`);
  const pairs = Array.from({ length: 80 }, (_, at) => [primitive(`key_${at}`), primitive(at)] as const);
  const elements = Array.from({ length: 80 }, (_, at) => primitive(at));
  const operations: WriteOperation[] = [
    { kind: "contents", target: map, contents: { kind: "map", className: "Map", pairs } },
    { kind: "contents", target: list, contents: { kind: "array", className: "Array", elements, entries: [] } },
    { kind: "scope", scope: "s0", value: { kind: "object", id: map } },
    { kind: "scope", scope: "s1", value: { kind: "object", id: list } },
  ];
  while (operations.length < count) {
    const value = primitive(operations.length);
    const kind = below(5);
    if (kind < 2) operations.push({ kind: "map-set", target: map, key: key(), value });
    else if (kind === 2) operations.push({ kind: "map-delete", target: map, key: key() });
    else
      operations.push({
        kind: "splice",
        target: list,
        start: below(70),
        deleteCount: below(3),
        elements: [value, value].slice(below(3)),
      });
  }
  return operations.map((operation, at): RecordedWrite => {
    const isFound = below(4) === 0;
    return {
      ...writeOf(operation, at + 1),
      certainty: isFound ? { kind: "between", after: instant(BigInt(at * 10 - 5)) } : { kind: "exact" },
      location: undefined,
    };
  });
}

describe("state behind what was evicted", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(seeds(1, 2))("is the plain fold of all that was written (seed %i)", async (seed) => {
    const below = randomFrom(seed * 7919);
    const writes = containerWrites(seed, 350);
    const path = join(folder, "a.hindcast");
    const created = await createFile(path, { created: 1n, appVersion: "1" });
    if (!created.ok) throw new Error(JSON.stringify(created.error));
    const file = created.value;
    const settings = { ...smallSegments(below), writes: 2 + below(8), mediumBytes: 8, mostLater: 1 + below(3) };
    const recorder = await SegmentRecorder.begin(file, path, {
      ...settings,
      largeBytes: 8 + below(3000),
      smallBytes: 0,
    });
    const readers = await readersOf(file);
    let [given, generation, compared, evictions] = [0, 0, 0, 0];
    const stored = new StoredWrites(readers.query);
    const access: RecordingAccess = {
      writes: stored,
      segments: new StoredSegments(readers.query, stored),
      facts: () => ({ state: "live", start: instant(0n), end: instant(0n), processes: [], scopes: [] }),
      instantOf: () => Promise.resolve(instant(0n)),
      losses: () => Promise.resolve([]),
      generation: () => generation,
      // Of every other seed; else all is said to have changed with each commit.
      ...(seed % 2 === 0 ? {} : { changes: () => recorder.changes }),
    };
    const graphs = new StateGraphs(access, stored);
    while (given < writes.length) {
      const next = Math.min(writes.length, given + 8 + below(16));
      recorder.give(writes.slice(given, next));
      given = next;
      await recorder.commit();
      generation++;
      if (below(3) === 0) {
        await recorder.evict(writes[below(given)]?.instant ?? 0n);
        generation++;
        evictions++;
      }
      const holes = await readers.query(`SELECT coalesce(max(last_seq), 0)::BIGINT AS last FROM state_hole`);
      const last = Number(holes.bigints("last")[0] ?? 0n);
      const kept = writes.slice(0, given).filter((write) => write.seq > last);
      for (let left = 4; left > 0 && kept.length > 0; left--) {
        const upTo = { seq: kept[below(kept.length)]?.seq ?? seq(0) };
        const found = await graphs.at(process1, upTo, ({ graph }) => textOfGraph(graph, list));
        expect(found).toBe(textOfGraph(stateAt(writes.slice(0, given), upTo), list));
        if (last > 0) compared++;
      }
    }
    expect([evictions > 1, compared > 20]).toEqual([true, true]);
    recorder.dispose();
    await readers.dispose();
    await file.dispose();
  });
});
