// Exports of recordings that agents made over real sockets: what is in them, and what they leave where they fail.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancelSource } from "../shared/base/cancel.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { TestEngine } from "./engine.test-support.js";
import { FlightRecords } from "./flight-records.test-support.js";
import { runSql } from "./store/run-sql.test-support.js";
import { RecordMaker, SocketAgent, helloOf } from "./socket-agent.test-support.js";
import { mayMount } from "./may-mount.test-support.js";

describe("recording.export", () => {
  let engine: TestEngine;
  let live: RecordingSummary;
  beforeEach(async () => {
    engine = new TestEngine(20);
    const { summary, socketPath, token } = await engine.record();
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    const records = new FlightRecords(7, 4);
    for (let batch = 1; batch <= 4; batch++) {
      agent.batch(batch, records.batch(700));
      await agent.acknowledged(batch);
    }
    live = await engine.call("recording.summary", summary);
  });
  afterEach(() => engine.dispose());

  /** From a third of the recording to two thirds. */
  const middle = (): { from: bigint; to: bigint } => {
    const third = (live.end - live.start) / 3n;
    return { from: live.start + third, to: live.end - third };
  };
  const codeOf = async (args: Omit<CallArgs<"recording.export">, "recordingId">): Promise<string> => {
    const { recordingId } = live;
    const exported = await engine.try("recording.export", { recordingId, ...args });
    return exported.ok ? "ok" : exported.error.code;
  };
  const leftovers = (): readonly string[] => readdirSync(engine.folder).filter((name) => name.includes(".part"));

  it("of a stretch is a recording with what lies in it, found and summed up alike", async () => {
    const [{ recordingId }, stretch] = [live, middle()];
    const path = engine.path("part.hindcast");
    await engine.call("recording.export", { recordingId, path, format: "hindcast", stretch });
    const part = await engine.call("recording.open", { path });
    expect([part.state, part.start, part.end]).toEqual(["saved", stretch.from, stretch.to]);
    expect(part.processes[0]).toMatchObject({ start: live.processes[0]?.start, ended: { at: stretch.to } });

    const bothAnswer = async <Value>(ask: (recordingId: string) => Promise<Value>): Promise<Value> => {
      const [ofPart, ofWhole] = [await ask(part.recordingId), await ask(recordingId)];
      expect(ofPart).toEqual(ofWhole);
      return ofPart;
    };
    for (const text of ["word7", "word12"]) {
      const about = { text, order: "oldest", limit: 500 } as const;
      const positions = await bothAnswer(async (id) => {
        const { seq } = await engine.call("search.page", {
          recordingId: id,
          kinds: ["log", "event"],
          ...about,
          ...stretch,
        });
        return [...seq];
      });
      expect(positions.length).toBeGreaterThan(0);
    }
    await bothAnswer(async (id) => {
      const { records, writes } = await engine.call("timeline.density", { recordingId: id, ...stretch, buckets: 1 });
      return [[...records], [...writes]];
    });
    for (let at = stretch.from; at <= stretch.to; at += (stretch.to - stretch.from) / 7n)
      await bothAnswer(async (id) => {
        const open = await engine.call("spans.openAt", { recordingId: id, instant: at, limit: 1000 });
        const { start } = id === recordingId ? live : part;
        return [...open.startNs].map((ns) => start + BigInt(Math.round(ns)));
      });
    const marks = await engine.call("timeline.marks", part);
    expect(marks.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      "start what was exported begins here",
      "end what was exported ends here",
    ]);
    expect(leftovers()).toEqual([]);
  });

  it("marks spans that its edges cut, and keeps when they really were", async () => {
    const [{ recordingId }, stretch] = [live, middle()];
    const path = engine.path("spans");
    await engine.call("recording.export", { recordingId, path, format: "parquet", stretch });
    const cut = `attributes::JSON ->> '$."hindcast.cut"'`;
    const [from, to] = [stretch.from, stretch.to];
    const rows = await runSql(
      `SELECT coalesce(${cut}, 'no') AS cut, count(*)::INTEGER AS spans,
         bool_and((epoch_ns(start) < ${from}) = coalesce(${cut} IN ('start', 'both'), false)) AS starts,
         bool_and(coalesce(epoch_ns("end") > ${to}, false) = coalesce(${cut} IN ('end', 'both'), false)) AS ends
       FROM '${path}/spans.parquet' GROUP BY ALL ORDER BY cut`,
    );
    expect(rows.map(({ cut: which }) => which)).toEqual(expect.arrayContaining(["end", "no", "start"]));
    expect(rows.every(({ starts, ends }) => starts === true && ends === true)).toBe(true);
  });

  it("as Parquet and as JSON lines holds every row of the views, with all nanoseconds", async () => {
    const { recordingId, counts } = live;
    const [folder, lines] = [engine.path("tables"), engine.path("lines.jsonl")];
    await engine.call("recording.export", { recordingId, path: folder, format: "parquet" });
    await engine.call("recording.export", { recordingId, path: lines, format: "jsonl" });
    const [sums] = await runSql(
      `SELECT (SELECT count(*) FROM '${folder}/events.parquet')::INTEGER AS events, (SELECT count(*) FROM '${folder}/spans.parquet')::INTEGER AS spans,
         (SELECT count(*) FROM '${folder}/logs.parquet')::INTEGER AS logs, (SELECT count(*) FROM '${folder}/metrics.parquet')::INTEGER AS metrics,
         (SELECT count(*) FROM (SELECT seq FROM '${folder}/writes.parquet' UNION ALL SELECT seq FROM '${folder}/keyframes.parquet'))::INTEGER AS writes`,
    );
    const { events, spans, logs, metrics, writes } = counts;
    expect(sums).toEqual({ events, spans, logs, metrics, writes });

    const read = readFileSync(lines, "utf8")
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    const ofKind = (record: string): number =>
      read.filter((row) => typeof row === "object" && row !== null && "record" in row && row.record === record).length;
    expect([
      ofKind("event"),
      ofKind("span"),
      ofKind("log"),
      ofKind("metric"),
      ofKind("write") + ofKind("keyframe"),
    ]).toEqual([events, spans, logs, metrics, writes]);
    const [first] = await runSql(
      `SELECT seq, epoch_ns(time)::VARCHAR AS ns, body FROM '${folder}/logs.parquet' ORDER BY process, seq LIMIT 1`,
    );
    const ns = String(first?.["ns"]);
    const iso = `${new Date(Number(ns.slice(0, -9)) * 1000).toISOString().slice(0, 19)}.${ns.slice(-9)}Z`;
    expect(read).toContainEqual(
      expect.objectContaining({ record: "log", time: iso, body: first?.["body"], attributes: {} }),
    );
    expect(statSync(lines).mode & 0o777).toBe(0o600);
  });

  it("replaces nothing unless told to, and no folder with anything else in it", async () => {
    writeFileSync(engine.path("taken"), "mine");
    for (const name of ["mixed", "tables"]) mkdirSync(engine.path(name));
    writeFileSync(engine.path("mixed/notes.txt"), "mine");
    writeFileSync(engine.path("tables/old.parquet"), "old");
    const stretch = middle();
    expect([
      await codeOf({ path: engine.path("taken"), format: "hindcast", stretch }),
      await codeOf({ path: engine.path("taken"), format: "jsonl" }),
      await codeOf({ path: engine.path("tables"), format: "parquet" }),
      await codeOf({ path: engine.path("mixed"), format: "parquet", overwrite: true }),
      await codeOf({ path: engine.path("taken"), format: "parquet", overwrite: true }),
      await codeOf({ path: engine.path("nowhere/x"), format: "jsonl" }),
    ]).toEqual(["file-exists", "file-exists", "file-exists", "cannot-write", "cannot-write", "no-such-folder"]);
    expect(readFileSync(engine.path("taken"), "utf8")).toBe("mine");
    expect(readdirSync(engine.path("mixed"))).toEqual(["notes.txt"]);
    expect(await codeOf({ path: engine.path("tables"), format: "parquet", overwrite: true })).toBe("ok");
    expect(readdirSync(engine.path("tables"))).not.toContain("old.parquet");
    expect(await codeOf({ path: engine.path("taken"), format: "jsonl", overwrite: true })).toBe("ok");
    expect(leftovers()).toEqual([]);
  });

  it("that is given up leaves nothing, in whichever form, also while secrets are taken out", async () => {
    const redact = { keys: ["n"], prefixes: [], texts: ["word7"], allow: [] };
    for (const [format, also] of [
      ["hindcast", {}],
      ["parquet", {}],
      ["jsonl", {}],
      ["hindcast", { redact }],
      ["jsonl", { redact, stretch: undefined }],
    ] as const) {
      const signal = new CancelSource();
      const { recordingId } = live;
      const args = { recordingId, path: engine.path(`gone-${format}`), format, stretch: middle(), ...also };
      const exporting = engine.handlers["recording.export"](args, signal);
      await expect.poll(leftovers, { interval: 1 }).not.toEqual([]);
      signal.abort();
      expect(await exporting).toMatchObject({ ok: false, error: { code: "cancelled" } });
      expect(readdirSync(engine.folder).filter((name) => name.includes("gone"))).toEqual([]);
      // Or its room is taken for as long as the engine runs.
      expect(openFiles().filter((name) => name.includes("gone"))).toEqual([]);
    }
  });

  it("tells how much it will be without looking at all of it, and how much is written while it is", async () => {
    const { recordingId, counts } = live;
    const size = await engine.call("recording.exportSize", { recordingId });
    const { events, spans, logs, metrics, writes } = counts;
    expect(size.records).toBe(events + spans + logs + metrics + writes);
    const path = engine.path("lines.jsonl");
    const { sizeBytes } = await engine.call("recording.export", { recordingId, path, format: "jsonl" });
    expect(size.bytes.jsonl / sizeBytes).toBeGreaterThan(0.5);
    expect(size.bytes.jsonl / sizeBytes).toBeLessThan(2);
    const none = { from: live.end + 1n, to: live.end + 2n };
    expect((await engine.call("recording.exportSize", { recordingId, stretch: none })).records).toBe(0);
  });

  it("of what is evicted meanwhile is nothing, and is said; of what is left it is what is left", async () => {
    const { summary, socketPath, token } = await engine.record("short.hindcast", { maxAgeMs: 300 });
    const agent = await SocketAgent.greet(socketPath, helloOf({ token, runId: "1".repeat(32) }));
    const records = new FlightRecords(3, 4);
    let batches = 0;
    const goOn = async (): Promise<void> => {
      agent.batch(++batches, records.batch(100));
      await agent.acknowledged(batches);
    };
    await goOn();
    const { recordingId, start } = await engine.call("recording.summary", summary);
    const early = { recordingId, path: engine.path("early.jsonl"), format: "jsonl" } as const;
    const stretch = { from: start, to: start + 1_000_000n };
    expect(await engine.try("recording.export", { ...early, stretch })).toMatchObject({ ok: true });
    const evicted = async () => (await engine.call("recording.summary", summary)).evicted;
    while (((await evicted())?.until ?? 0n) <= stretch.to) await goOn();
    expect(await engine.try("recording.export", { ...early, stretch, overwrite: true })).toMatchObject({
      ok: false,
      error: { code: "stretch-evicted" },
    });
    expect(readFileSync(early.path, "utf8"), "what was there stays").toContain('"record"');

    // It goes on, and evicts, while what is left leaves.
    const { end } = await engine.call("recording.summary", summary);
    const all = {
      ...early,
      path: engine.path("left.hindcast"),
      format: "hindcast",
      stretch: { from: start, to: end },
    } as const;
    let isWritten = false;
    const writing = engine.call("recording.export", all).finally(() => (isWritten = true));
    while (!isWritten) await goOn();
    const left = await writing;
    expect(left.evictedUntil).toBeGreaterThan(start);
    const opened = await engine.call("recording.open", left);
    const marks = await engine.call("timeline.marks", opened);
    expect(marks.some(({ reason }) => reason === "evicted")).toBe(true);
    expect(opened.counts.logs).toBeGreaterThan(0);
    expect(leftovers()).toEqual([]);
  });

  it.skipIf(!mayMount)(
    "leaves nothing however little room there is (needs root: small file systems are mounted)",
    async () => {
      const small = engine.path("small");
      mkdirSync(small);
      for (const format of ["hindcast", "parquet", "jsonl"] as const) {
        const codes: string[] = [];
        for (
          let kilobytes = 256;
          codes.at(-1) !== "ok" && kilobytes < 100_000;
          kilobytes = Math.ceil(kilobytes * 1.6)
        ) {
          execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "none", small]);
          try {
            const path = join(small, "out");
            codes.push(await codeOf({ path, format, stretch: { from: live.start, to: live.end } }));
            expect(readdirSync(small), `${format} ${kilobytes} kB`).toEqual(codes.at(-1) === "ok" ? ["out"] : []);
          } finally {
            execFileSync("umount", [small]);
          }
        }
        expect(new Set(codes)).toEqual(new Set(["disk-full", "ok"]));
      }
    },
  );

  it("is looked through before: secrets are counted by kind and place, and never told", async () => {
    const { summary, socketPath, token } = await engine.record("secrets.hindcast");
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    const maker = new RecordMaker();
    const secret = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;
    const log = (body: string) =>
      maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: { password: "hunter2-and-more" } });
    agent.batch(1, [log(`token ${secret}`), log("nothing to see"), log(`again ${secret}`)]);
    await agent.acknowledged(1);
    const report = await engine.call("recording.exportReport", summary);
    expect(report.found).toEqual([
      { kind: "github-token", place: "logs", count: 2 },
      { kind: "password", place: "logs", count: 3 },
    ]);
    expect([report.records, report.redacted]).toEqual([3, []]);
    expect(JSON.stringify(report)).not.toMatch(/ghp_|hunter2/);
  });
});

/** Of this process, where the system tells; those that are gone, too. */
const openFiles = (): readonly string[] =>
  !existsSync("/proc/self/fd")
    ? []
    : readdirSync("/proc/self/fd").flatMap((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`);
        } catch {
          return [];
        }
      });
