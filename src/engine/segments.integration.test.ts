// State by segments against the plain fold of the same writes, in real files.
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parsePath } from "../shared/trace/path.js";
import { instant, processId, seq } from "../shared/trace/time.js";
import type { RecordedWrite } from "../shared/trace/write.js";
import type { RecordingAccess } from "./recording-access.js";
import { type KeptHistory, RecordingState } from "./recording-state.js";
import { type Change, changeBy } from "./replay/change.js";
import { nodeInMemory } from "./replay/node.js";
import { randomFrom } from "./replay/live-program.test-support.js";
import type { HistoryEntry } from "./replay/history.js";
import type { ObjectGraph } from "./replay/object-graph.js";
import { rowsOfScopes } from "./replay/scope-rows.js";
import { type UpTo, isUpTo, stateAt } from "./replay/state-at.js";
import { nothingUncertain } from "./replay/uncertain.js";
import { textOfGraph } from "./replay/graph-text.test-support.js";
import type { SegmentSettings } from "./replay/segments/builder.js";
import { SegmentRecorder, randomWrites, readersOf, smallSegments } from "./segments.test-support.js";
import { StateGraphs } from "./state-graphs.js";
import { isDamage } from "./store/damage.js";
import { type OpenFile, createFile, openForReading, openForWriting } from "./store/open-file.js";
import type { Query, Readers } from "./store/readers.js";
import { piecesSql } from "./store/segment-tables.js";
import { type LastChanges } from "./store/last-changes.js";
import { StoredSegments } from "./store/stored-segments.js";
import { StoredWrites } from "./store/writes.js";
import { awaitedSlots } from "./replay/found.js";
import { seeds } from "./replay/seeds.test-support.js";

const process1 = processId(1);

function accessTo(
  readers: Pick<Readers, "query">,
  generation: () => number,
  changes?: () => LastChanges,
  segments = new StoredSegments(readers.query, new StoredWrites(readers.query)),
): RecordingAccess {
  return {
    writes: new StoredWrites(readers.query),
    segments,
    facts: () => ({ state: "live", start: instant(0n), end: instant(0n), processes: [], scopes: [] }),
    instantOf: () => Promise.resolve(instant(0n)),
    losses: () => Promise.resolve([]),
    generation,
    ...(changes === undefined ? {} : { changes }),
  };
}

/** As an engine sees the recording: told of each commit, and of what it changed. */
const accessAsTold = (readers: Pick<Readers, "query">, recorder: SegmentRecorder): RecordingAccess =>
  accessTo(
    readers,
    () => recorder.generation,
    () => recorder.changes,
  );

/** What a position looks like, as the plain fold finds it; rows, which take longest, only where they are asked for. */
function folded(writes: readonly RecordedWrite[], upTo: UpTo, hasRows = false): unknown {
  const end = writes.findIndex((write) => !isUpTo(write, upTo));
  const counted = end < 0 ? writes : writes.slice(0, end);
  const last = counted.at(-1);
  const graph = stateAt(counted, { seq: seq(Number.MAX_SAFE_INTEGER) });
  const before = stateAt(counted.slice(0, -1), { seq: seq(Number.MAX_SAFE_INTEGER) });
  const change: Change = last === undefined ? { kind: "none" } : changeBy(before, last.operation);
  return {
    text: textOfGraph(graph, writes.length),
    seq: last?.seq,
    instant: last?.instant,
    change,
    rows: hasRows ? allRows(graph, change) : undefined,
  };
}

/** With what it was before as a Map, where it is read as it is looked at. */
const inMemory = (change: Change): Change =>
  change.kind === "whole" && change.before !== undefined ? { ...change, before: nodeInMemory(change.before) } : change;

/** Of all scopes, one of them open. */
const allRows = (graph: ObjectGraph, change: Change): unknown =>
  rowsOfScopes(graph, {
    scopes: ["s0", "s", "s1", "s2", "s3"],
    expanded: new Map([["s", ["", "a", "b"]]]),
    offset: 0,
    limit: 1000,
    change,
    uncertainOf: () => nothingUncertain,
  });

async function asked(graphs: StateGraphs, upTo: UpTo, highestId: number, hasRows = false): Promise<unknown> {
  // Before all objects are looked at, which loads them.
  const rows = hasRows ? await graphs.at(process1, upTo, ({ graph, change }) => allRows(graph, change)) : undefined;
  return graphs.at(process1, upTo, ({ graph, last, change }) => ({
    rows,
    text: textOfGraph(graph, highestId),
    seq: last?.seq,
    instant: last?.instant,
    change: inMemory(change),
  }));
}

function opened(result: Awaited<ReturnType<typeof createFile>>): OpenFile {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** Of several ways of one length to an aliased object, either may be named. */
const withAnyWay = (entry: HistoryEntry) => {
  const path = parsePath(entry.path);
  return { ...entry, path: path.ok ? path.value.length : "unreadable" };
};

describe("state by segments", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** A recording that nothing was written to. */
  async function begun(name: string, settings: SegmentSettings) {
    const path = join(folder, name);
    const file = opened(await createFile(path, { created: 1n, appVersion: "1" }));
    return { file, readers: await readersOf(file), recorder: await SegmentRecorder.begin(file, path, settings) };
  }

  it("shows what was committed since the same instant was asked for", async () => {
    const writes = randomWrites(4, 200);
    const { file, readers, recorder } = await begun("later.hindcast", smallSegments(randomFrom(4)));
    let generation = 0;
    const graphs = new StateGraphs(
      accessTo(readers, () => generation),
      new StoredWrites(readers.query),
    );
    const afterAll: UpTo = { instant: instant(2n ** 60n) };
    for (let given = 0; given < writes.length; given += 40) {
      recorder.give(writes.slice(given, given + 40));
      await recorder.commit();
      generation++;
      expect(await asked(graphs, afterAll, writes.length)).toEqual(folded(writes.slice(0, given + 40), afterAll));
    }
    recorder.dispose();
    await readers.dispose();
    await file.dispose();
  });

  it("asks after a commit for what it changed, and for nothing else", async () => {
    const below = randomFrom(17);
    const writes = randomWrites(5, 500, false);
    const { file, readers, recorder } = await begun("asked.hindcast", { ...smallSegments(randomFrom(5)), writes: 50 });
    recorder.knowScopes(writes);
    const asked: string[] = [];
    const query: Query = (sql, ...more) => {
      asked.push(/FROM (segment|write)\s/.exec(sql)?.[1] ?? sql);
      return readers.query(sql, ...more);
    };
    const access = accessTo(
      { query },
      () => recorder.generation,
      () => recorder.changes,
    );
    const graphs = new StateGraphs(access, new StoredWrites(query));
    const look = async (until: number): Promise<readonly string[]> => {
      asked.length = 0;
      const upTo = { seq: writes[until - 1]?.seq ?? seq(0) };
      const found = await graphs.at(process1, upTo, ({ graph }) => textOfGraph(graph, writes.length));
      expect(found).toBe(textOfGraph(stateAt(writes.slice(0, until), upTo), writes.length));
      return asked.filter((one) => ["segment", "write"].includes(one));
    };
    const seen = new Set<string>();
    for (let given = 0; given < 400; given += 20) {
      recorder.give(writes.slice(given, given + 20));
      await recorder.commit();
      const hasNewSegments = recorder.changes.segments === recorder.generation;
      const found = await look(given + 20);
      const ends = await readers.query(`SELECT coalesce(max(last_seq), 0) AS last FROM segment`);
      // That there are none of no segment is asked twice: there might be too many.
      const isOpen = ends.numbers("last")[0] !== writes[given + 19]?.seq;
      // At first all of it.
      if (given >= 200)
        expect(found).toEqual([...(hasNewSegments ? ["segment"] : []), "write", ...(isOpen ? [] : ["write"])]);
      if (given >= 200) seen.add(String(hasNewSegments));
      // Of what lies in segments that are known nothing is asked, however much comes.
      if (given >= 200) expect(await look(below(150) + 1)).toEqual([]);
      recorder.touch();
      await recorder.commit();
      if (given >= 200) expect(await look(given + 20)).toEqual([]);
    }
    for (let given = 400; given < 500; given += 20) {
      recorder.give(writes.slice(given, given + 20));
      await recorder.commit();
      expect(await look(1 + below(350))).toEqual([]);
    }
    expect(seen).toEqual(new Set(["true", "false"]));
    recorder.dispose();
    await readers.dispose();
    await file.dispose();
  });

  it.each(seeds(1, 2, 3, 4))("finds what may have happened before an instant, however late (seed %i)", async (seed) => {
    const below = randomFrom(seed * 31_337);
    const writes = randomWrites(seed, 400);
    const { file, readers, recorder } = await begun("found.hindcast", smallSegments(below));
    recorder.knowScopes(writes);
    const access = accessAsTold(readers, recorder);
    const graphs = new StateGraphs(access, new StoredWrites(readers.query));
    const plain = new StateGraphs({ ...access, segments: undefined }, access.writes);
    let some = 0;
    for (let given = 0; given < 400; given += 10) {
      recorder.give(writes.slice(given, given + 10));
      await recorder.commit();
      for (let left = 4; left > 0; left--) {
        const at = instant(writes[below(given + 10)]?.instant ?? 0n);
        const until = instant(at + BigInt(below(3000)));
        const slots = await graphs.at(process1, { instant: at }, ({ graph }) => graph.fork());
        const found = awaitedSlots(slots, await graphs.foundLater(process1, at, until), at);
        expect(found).toEqual(awaitedSlots(slots, await plain.foundLater(process1, at, until), at));
        some += found.size;
      }
    }
    expect(some).toBeGreaterThan(50);
    recorder.dispose();
    await readers.dispose();
    await file.dispose();
  });

  it("asks nothing for what was read after a commit, which is done as long as somebody looks again", async () => {
    const writes = randomWrites(6, 600, false);
    const { file, readers, recorder } = await begun("ahead.hindcast", { ...smallSegments(randomFrom(6)), writes: 50 });
    recorder.knowScopes(writes);
    let asked = 0;
    const query: Query = (sql, ...more) => {
      if (/FROM (segment|write)\s/.test(sql)) asked++;
      return readers.query(sql, ...more);
    };
    const access = accessTo(
      { query },
      () => recorder.generation,
      () => recorder.changes,
    );
    const graphs = new StateGraphs(access, new StoredWrites(query));
    let given = 0;
    const commit = async (): Promise<number> => {
      recorder.give(writes.slice(given, (given += 20)));
      await recorder.commit();
      asked = 0;
      await graphs.readAhead();
      return asked;
    };
    const look = async (): Promise<number> => {
      asked = 0;
      const upTo = { seq: writes[given - 1]?.seq ?? seq(0) };
      const found = await graphs.at(process1, upTo, ({ graph }) => textOfGraph(graph, writes.length));
      expect(found).toBe(textOfGraph(stateAt(writes.slice(0, given), upTo), writes.length));
      return asked;
    };
    expect(await commit()).toBe(0);
    while (given < 200) await commit().then(look);
    for (let looks = 5; looks > 0; looks--) {
      expect(await commit()).toBeGreaterThan(0);
      expect(await look()).toBe(0);
    }
    const asksOfCommits: boolean[] = [];
    for (let commits = 10; commits > 0; commits--) asksOfCommits.push((await commit()) > 0);
    expect(asksOfCommits).toEqual([...new Array<boolean>(8).fill(true), false, false]);
    expect(await look()).toBeGreaterThan(0);
    recorder.dispose();
    await readers.dispose();
    await file.dispose();
  });

  it.each(seeds(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))(
    "is the plain fold anywhere, while it is recorded and later (seed %i)",
    async (seed) => {
      const below = randomFrom(seed * 104729);
      const writes = randomWrites(seed, 300 + below(200));
      const path = join(folder, "a.hindcast");
      let file = opened(await createFile(path, { created: 1n, appVersion: "1" }));
      let readers = await readersOf(file);
      const recorder = await SegmentRecorder.begin(file, path, smallSegments(below));
      let [given, generation, failures, segments] = [0, 0, 0, 0];
      let graphs = new StateGraphs(
        // Of every other seed; else all is said to have changed with each commit.
        accessTo(readers, () => generation, seed % 2 === 0 ? undefined : () => recorder.changes),
        new StoredWrites(readers.query),
      );
      const somewhere = (committed: readonly RecordedWrite[]): UpTo => {
        const near = committed[below(committed.length)];
        if (near === undefined || below(20) === 0) return { seq: seq(below(3) * 100_000) };
        return below(2) === 0
          ? { seq: seq(near.seq + below(2)) }
          : { instant: instant(near.instant - BigInt(below(2))) };
      };
      while (given < writes.length) {
        const next = Math.min(writes.length, given + 1 + below(60));
        recorder.give(writes.slice(given, next));
        given = next;
        if (below(4) === 0 && (await recorder.failToCommit())) failures++;
        if (below(5) === 0) continue;
        await recorder.commit();
        generation++;
        // None is given up for a commit that failed.
        const count = (await graphs.segmented(process1))?.count ?? 0;
        expect(count).toBeGreaterThanOrEqual(segments);
        segments = count;
        if (below(4) === 0) await recorder.goOn();
        // Some looks come while it is read, some when it was, some find that nothing was.
        if (generation % 3 > 0) void graphs.readAhead();
        if (generation % 3 > 1) await graphs.readAhead();
        const committed = writes.slice(0, given);
        for (let left = 4; left > 0; left--) {
          const upTo = somewhere(committed);
          expect(await asked(graphs, upTo, writes.length, true)).toEqual(folded(committed, upTo, true));
        }
      }
      await recorder.commit();
      expect(failures).toBeGreaterThan(0);
      recorder.dispose();
      await readers.dispose();
      await file.dispose();

      file = opened(await openForReading(path));
      readers = await readersOf(file);
      graphs = new StateGraphs(
        accessTo(readers, () => 0),
        new StoredWrites(readers.query),
      );
      expect((await graphs.segmented(process1))?.count).toBeGreaterThan(5);
      for (const { seq: at, instant: when } of writes) {
        for (const upTo of [{ seq: at }, { instant: when }, { instant: instant(when - 1n) }])
          expect(await asked(graphs, upTo, writes.length)).toEqual(folded(writes, upTo));
      }
      // What was read ahead is the same, and nothing is asked for it.
      let queries = 0;
      const counted: Query = (sql, ...more) => {
        if (sql === piecesSql) queries++;
        return readers.query(sql, ...more);
      };
      const segmentsAhead = new StoredSegments(counted, new StoredWrites(counted));
      await segmentsAhead.readAhead(readers.query);
      graphs = new StateGraphs(
        accessTo({ query: counted }, () => 0, undefined, segmentsAhead),
        new StoredWrites(readers.query),
      );
      for (let left = 200; left > 0; left--) {
        const upTo = somewhere(writes);
        expect(await asked(graphs, upTo, writes.length, true)).toEqual(folded(writes, upTo, true));
      }
      expect(queries).toBe(0);
      await readers.dispose();
      await file.dispose();
    },
  );

  it.each(seeds(2, 1, 3, 4, 5, 6))("is the plain fold when writes come late (seed %i)", async (seed) => {
    const below = randomFrom(seed * 15_485_863);
    const writes = randomWrites(seed, 300 + below(100));
    const { file, readers, recorder } = await begun("a.hindcast", smallSegments(below));
    recorder.knowScopes(writes);
    const access = accessAsTold(readers, recorder);
    const newGraphs = (): StateGraphs => new StateGraphs(access, new StoredWrites(readers.query));
    let [known, knownOf, kept] = [newGraphs(), "", 0];
    /** What is known is good until a write comes that is earlier than one which was committed before. */
    const graphsNow = (): StateGraphs => {
      const of = `${writers} ${recorder.lateWrites}`;
      if (knownOf === of) kept++;
      else known = newGraphs();
      knownOf = of;
      return known;
    };
    let writers = 1;
    const committed: RecordedWrite[] = [];
    const [left, held] = [[...writes], new Array<RecordedWrite>()];
    let [waiting, failures, late] = [new Array<RecordedWrite>(), 0, 0];
    while (left.length + held.length + waiting.length > 0) {
      const some = left.splice(0, 1 + below(20));
      if (below(4) === 0) held.push(...some);
      else waiting.push(...some);
      if (below(4) === 0 || left.length === 0) waiting.push(...held.splice(below(held.length + 1)).reverse());
      recorder.give(waiting);
      if (below(4) === 0 && (await recorder.failToCommit())) failures++;
      // What waits is given with it, and was not taken in by the one that failed.
      const more = left.splice(0, below(3));
      recorder.give(more);
      waiting.push(...more);
      await recorder.commit();
      const last = committed.at(-1)?.seq ?? 0;
      late += waiting.filter((write) => write.seq < last).length;
      committed.push(...waiting);
      committed.sort((a, b) => a.seq - b.seq);
      waiting = [];
      if (below(6) === 0) {
        await recorder.goOn();
        writers++;
      }
      const graphs = graphsNow();
      if (committed.length % 3 > 0) await graphs.readAhead();
      if (committed.length % 3 > 1) continue;
      for (let looks = 4; looks > 0; looks--) {
        const upTo = { seq: seq((committed[below(committed.length)]?.seq ?? 0) + below(2)) };
        expect(await asked(graphs, upTo, writes.length, true)).toEqual(folded(committed, upTo, true));
      }
    }
    expect([failures > 0, late > 5, kept > 0]).toEqual([true, true, true]);
    const graphs = graphsNow();
    for (const { seq: at } of writes)
      expect(await asked(graphs, { seq: at }, writes.length)).toEqual(folded(writes, { seq: at }));
    // None is given up, however late a write came: they end where they do when all come in order.
    const ends = `SELECT number, last_seq, writes FROM segment ORDER BY number`;
    const found = await readers.query(ends);
    const otherPath = join(folder, "b.hindcast");
    const other = opened(await createFile(otherPath, { created: 1n, appVersion: "1" }));
    const inOrder = await SegmentRecorder.begin(other, otherPath, recorder.settings);
    inOrder.give(writes);
    await inOrder.commit();
    const others = await readersOf(other);
    const wanted = await others.query(ends);
    expect(found.bigints("last_seq")).toEqual(wanted.bigints("last_seq"));
    expect(found.numbers("writes")).toEqual(wanted.numbers("writes"));
    expect(found.length).toBeGreaterThan(5);
    inOrder.dispose();
    await others.dispose();
    await other.dispose();
    recorder.dispose();
    await readers.dispose();
    await file.dispose();
  });

  it.each(seeds(1, 2, 3, 4, 5, 6))("steps to the writes that the plain way steps to (seed %i)", async (seed) => {
    const below = randomFrom(seed * 7 + 3);
    const writes = randomWrites(seed, 500, false);
    const path = join(folder, "a.hindcast");
    const file = opened(await createFile(path, { created: 1n, appVersion: "1" }));
    const recorder = await SegmentRecorder.begin(file, path, smallSegments(below));
    recorder.give(writes);
    await recorder.commit();
    const readers = await readersOf(file);
    const access = accessTo(readers, () => 0);
    const [segmented, plain] = [new RecordingState(access), new RecordingState({ ...access, segments: undefined })];
    const scopes = [undefined, "s", "s0", "s1", "s2", "s3"];
    const found = new Set<number | undefined>();
    for (let left = 300; left > 0; left--) {
      const near = writes[below(writes.length)];
      if (near === undefined) continue;
      const step = { direction: below(2) === 0 ? "next" : "previous", scope: scopes[below(scopes.length)] } as const;
      const from = below(2) === 0 ? near : { instant: instant(near.instant + BigInt(below(3) - 1)) };
      const expected = await plain.nearestWrite([process1], step, from);
      expect(await segmented.nearestWrite([process1], step, from)).toEqual(expected);
      found.add(expected?.seq);
    }
    expect(found.size).toBeGreaterThan(10);
    recorder.dispose();
    await readers.dispose();
    await file.dispose();
  });

  it.each(seeds(1, 2, 3, 4, 5, 6))(
    "tells the histories that the plain way tells, also while it is recorded (seed %i)",
    async (seed) => {
      const below = randomFrom(seed * 11 + 5);
      const writes = randomWrites(seed, 400, false);
      const path = join(folder, "a.hindcast");
      const file = opened(await createFile(path, { created: 1n, appVersion: "1" }));
      const recorder = await SegmentRecorder.begin(file, path, smallSegments(below));
      const readers = await readersOf(file);
      let generation = 0;
      const access = accessTo(readers, () => generation);
      const [segmented, plain] = [new RecordingState(access), new RecordingState({ ...access, segments: undefined })];
      const paths = ["", "a", "b", "c.a", "a.b[0]", 'a["x-id"]', "b.a"].map((text) => {
        const parsed = parsePath(text);
        return parsed.ok ? parsed.value : [];
      });
      const scopes = ["s", "s", "s0"];
      let [given, total] = [0, 0];
      while (given < writes.length) {
        const next = Math.min(writes.length, given + 50 + below(100));
        recorder.give(writes.slice(given, next));
        given = next;
        await recorder.commit();
        generation++;
        for (const path of paths) {
          const [scope, limit] = [scopes[below(scopes.length)] ?? "s", 1 + below(30)];
          const [mine, expected] = [
            await segmented.history(process1, scope, path, limit),
            await plain.history(process1, scope, path, limit),
          ];
          const facts = ({ existed, total, positions, entries }: KeptHistory) => ({
            existed,
            total,
            positions,
            entries: entries.map(withAnyWay),
          });
          expect(facts(mine)).toEqual(facts(expected));
          total += expected.total;
          const near = writes[below(given)]?.seq ?? seq(0);
          const page = below(2) === 0 ? { after: near, limit: 5 } : { before: near, limit: 5 };
          expect((await segmented.page(process1, mine, page)).map(withAnyWay)).toEqual(
            (await plain.page(process1, expected, page)).map(withAnyWay),
          );
          const [last, expectedLast] = [
            await segmented.lastOf(process1, mine, { seq: near }),
            await plain.lastOf(process1, expected, { seq: near }),
          ];
          expect(last && withAnyWay(last)).toEqual(expectedLast && withAnyWay(expectedLast));
          const sought = await segmented.lastWrite(process1, scope, path, { seq: near });
          expect({ ...sought, last: sought.last && withAnyWay(sought.last) }).toEqual({
            existed: expected.existed,
            last: expectedLast && withAnyWay(expectedLast),
          });
        }
      }
      expect(total).toBeGreaterThan(5);
      recorder.dispose();
      await readers.dispose();
      await file.dispose();
    },
  );

  it("refuses a file whose segments are not what was recorded, as a damaged one", async () => {
    const writes = randomWrites(5, 400);
    const path = join(folder, "a.hindcast");
    const file = opened(await createFile(path, { created: 1n, appVersion: "1" }));
    const recorder = await SegmentRecorder.begin(file, path, { ...smallSegments(randomFrom(5)), writes: 20 });
    recorder.give(writes);
    await recorder.commit();
    recorder.dispose();
    await file.dispose();
    /** What comes of looking at every position of a copy that was changed. */
    const afterChange = async (change: string, isAhead: boolean): Promise<unknown> => {
      const copy = join(folder, "b.hindcast");
      copyFileSync(path, copy);
      const changed = opened(await openForWriting(copy));
      const connection = await changed.instance.connect();
      await connection.run(change);
      const readers = await readersOf(changed);
      try {
        const segments = new StoredSegments(readers.query, new StoredWrites(readers.query));
        if (isAhead) await segments.readAhead(readers.query);
        const graphs = new StateGraphs(
          accessTo(readers, () => 0, undefined, segments),
          new StoredWrites(readers.query),
        );
        for (const { seq: at } of writes) await asked(graphs, { seq: at }, writes.length);
        return "nothing was refused";
      } catch (error) {
        return error;
      } finally {
        await readers.dispose();
        connection.closeSync();
        await changed.dispose();
        rmSync(copy);
      }
    };
    for (const isAhead of [false, true]) expect(await afterChange("SELECT 1", isAhead)).toBe("nothing was refused");
    const changes = [
      `UPDATE segment SET writes = writes + 1 WHERE number = 2`,
      `UPDATE segment SET parent = number WHERE number = 3`,
      `UPDATE segment SET last_seq = first_seq WHERE number = 2`,
      `UPDATE segment SET first_instant = first_instant - 1 WHERE number = 4`,
      `UPDATE segment SET number = 77 WHERE number = 2`,
      `UPDATE segment SET first_piece = first_piece + 1 WHERE number = 2`,
      `UPDATE segment SET first_piece = -5 WHERE number = 2`,
      `UPDATE segment SET block_bytes = 4000000000 WHERE number = 2`,
      `UPDATE segment SET index_bytes = index_bytes - 1 WHERE number = 2`,
      `UPDATE segment_piece SET bytes = 'abc'::BLOB WHERE id = 3`,
      `UPDATE segment_piece SET bytes = repeat('a', 70000)::BLOB WHERE id = 3`,
      `DELETE FROM segment_piece WHERE id = 4`,
      `DELETE FROM write WHERE seq = (SELECT min(seq) FROM write)`,
    ];
    for (const change of changes) expect([change, isDamage(await afterChange(change, false))]).toEqual([change, true]);
    for (const change of changes.filter((one) => one.includes("segment_piece")))
      expect([change, isDamage(await afterChange(change, true))]).toEqual([change, true]);
  });
});
