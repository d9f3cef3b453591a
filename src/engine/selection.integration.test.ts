// A stretch of a recording as a recording of its own, against a plain fold of all that was written.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nobody } from "../shared/base/asker.js";
import { instant, processId, seq } from "../shared/trace/time.js";
import type { RecordingAccess } from "./recording-access.js";
import { randomFrom } from "./replay/live-program.test-support.js";
import type { ObjectGraph } from "./replay/object-graph.js";
import { seeds } from "./replay/seeds.test-support.js";
import { stateAt } from "./replay/state-at.js";
import { SegmentRecorder, contentsTextOf, randomWrites, readersOf, smallSegments } from "./segments.test-support.js";
import { StateGraphs } from "./state-graphs.js";
import { createFile, openForReading } from "./store/open-file.js";
import { StoredHoles } from "./store/evicted.js";
import { fillSelection } from "./store/selection-file.js";
import { StoredSegments } from "./store/stored-segments.js";
import { StoredWrites } from "./store/writes.js";

const process1 = processId(1);

/** Scopes in whatever order: of one that was tracked again only the last row is there. */
const textOf = (graph: ObjectGraph): string => contentsTextOf(graph, 200).split("\n").sort().join("\n");

describe("state in a stretch of a recording that is a recording of its own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(seeds(1, 2, 3))("is what all that was written folds to, at every instant of it (seed %i)", async (seed) => {
    const below = randomFrom(seed * 6151);
    const writes = randomWrites(seed, 500);
    const path = join(folder, "whole.hindcast");
    const created = await createFile(path, { created: 1n, appVersion: "1" });
    if (!created.ok) throw new Error(JSON.stringify(created.error));
    const file = created.value;
    const recorder = await SegmentRecorder.begin(file, path, smallSegments(below));
    for (let given = 0; given < writes.length;) {
      const next = Math.min(writes.length, given + 1 + below(80));
      recorder.give(writes.slice(given, next));
      given = next;
      await recorder.commit();
      // What was evicted before is left out once more.
      if (seed % 3 === 0 && below(8) === 0) await recorder.evict(writes[below(given >> 1)]?.instant ?? 0n);
    }
    const source = await file.instance.connect();
    await source.run(`UPDATE process SET last_seen = 9000000000`);
    const holes = await readersOf(file);
    const [evicted] = (await new StoredHoles(holes.query, () => 0).of(process1)).slice(-1);
    const instants = writes.map((write) => write.instant).sort((a, b) => (a < b ? -1 : 1));
    const kept = instants.filter((at) => evicted === undefined || at >= evicted.last);

    let [compared, segmented] = [0, 0];
    for (let round = 0; round < 6; round++) {
      const [one, other] = [kept[below(kept.length)] ?? 0n, kept[below(kept.length)] ?? 0n];
      const stretch = one < other ? { from: one, to: other } : { from: other, to: one };
      const part = join(folder, `part-${round}.hindcast`);
      await fillSelection(part, source, { stretch, isPlain: round === 5, segments: smallSegments(below) }, nobody);
      const opened = await openForReading(part);
      if (!opened.ok) throw new Error(JSON.stringify(opened.error));
      const readers = await readersOf(opened.value);
      const stored = new StoredWrites(readers.query);
      const access: RecordingAccess = {
        writes: stored,
        segments: new StoredSegments(readers.query, stored),
        facts: () => ({ state: "saved", start: instant(0n), end: instant(0n), processes: [], scopes: [] }),
        instantOf: () => Promise.resolve(instant(0n)),
        losses: () => Promise.resolve([]),
        generation: () => 0,
      };
      const graphs = new StateGraphs(access, stored);
      const rows = await stored.read(process1, seq(0), { seq: seq(Number.MAX_SAFE_INTEGER) });
      const within = instants.filter((at) => at >= stretch.from && at <= stretch.to);
      for (const at of new Set([stretch.from, stretch.to, ...within.filter(() => below(8) === 0)])) {
        const upTo = { instant: instant(at) };
        const expected = textOf(stateAt(writes, upTo));
        expect(textOf(stateAt(rows, upTo)), "by its rows").toBe(expected);
        expect(await graphs.at(process1, upTo, ({ graph }) => textOf(graph)), "by segments").toBe(expected);
        compared++;
      }
      if ((await graphs.segmented(process1)) !== undefined) segmented++;
      const outside = await readers.query(
        `SELECT count(*) AS rows FROM write WHERE seq < (SELECT min(last_seq) FROM state_hole)`,
      );
      expect(outside.numbers("rows"), "nothing that was written before").toEqual([0]);
      await readers.dispose();
      await opened.value.dispose();
    }
    expect([compared > 20, segmented > 2]).toEqual([true, true]);
    recorder.dispose();
    await holes.dispose();
    source.closeSync();
    await file.dispose();
  });
});
