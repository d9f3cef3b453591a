// A recording that evicts while it is made, against a twin that got the same records and keeps everything.
import { existsSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { processId, seq } from "../shared/trace/time.js";
import { TestEngine } from "./engine.test-support.js";
import { FlightRecords } from "./flight-records.test-support.js";
import { type UpTo, stateAt } from "./replay/state-at.js";
import { contentsTextOf } from "./segments.test-support.js";
import { RecordMaker, SocketAgent, helloOf } from "./socket-agent.test-support.js";
import { countLongSpans } from "./store/long-spans.test-support.js";
import { openForReading } from "./store/open-file.js";
import { Readers } from "./store/readers.js";
import { StoredWrites } from "./store/writes.js";
import { seeds } from "./replay/seeds.test-support.js";

const process1 = processId(1);
const toTheEnd = { seq: seq(Number.MAX_SAFE_INTEGER) };
const hello = helloOf();

/** One of the two, with its agent. */
class Recorded {
  private constructor(
    readonly engine: TestEngine,
    readonly recordingId: string,
    readonly path: string,
    readonly agent: SocketAgent,
  ) {}

  static async begin(engine: TestEngine, name: string, limits?: RecordingSummary["limits"]): Promise<Recorded> {
    const { summary, socketPath, token } = await engine.record(name, limits);
    const agent = await SocketAgent.greet(socketPath, { ...hello, token });
    return new Recorded(engine, summary.recordingId, summary.path, agent);
  }

  summary(): Promise<RecordingSummary> {
    return this.engine.call("recording.summary", { recordingId: this.recordingId });
  }

  /** Resolves when nothing is being evicted any more. */
  async settled(): Promise<void> {
    for (let same = 0, before = ""; same < 3;) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      const { evicted } = await this.summary();
      const now = String(evicted?.until) + JSON.stringify(Object.values(evicted ?? {}).map(String));
      same = now === before ? same + 1 : 0;
      before = now;
    }
  }
}

const sizeOnDisk = (path: string): number => (existsSync(path) ? statSync(path).size : 0);
const wholeSize = (path: string): number => sizeOnDisk(path) + sizeOnDisk(`${path}.wal`);

describe("a recording with a limit of age", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine(20);
  });
  afterEach(() => engine.dispose());

  it.each(seeds(1, 2))("answers as if nothing had been evicted, from the boundary on (seed %i)", async (seed) => {
    const below = (limit: number): number => Math.floor(random() * limit);
    const random = randomFrom(seed * 7919);
    const records = new FlightRecords(seed, 4);
    const [short, twin] = [
      await Recorded.begin(engine, "short.hindcast", { maxAgeMs: 300 + below(500) }),
      await Recorded.begin(engine, "twin.hindcast"),
    ];
    /** Now and then long ago. */
    const someAt = (since: bigint, until: bigint): CallArgs<"state.at">["at"] =>
      below(2) === 0
        ? { kind: "instant", instant: since + BigInt(below(Number(until - since))) }
        : { kind: "seq", process: 1, seq: 1 + below(records.lastSeq) };
    let [evicted, answered] = [0, 0];

    const compareState = async (): Promise<void> => {
      const { evicted: gone, start, end } = await short.summary();
      for (let left = 6; left > 0; left--) {
        const at = someAt(gone === undefined || below(4) === 0 ? start : gone.until - 50_000_000n, end);
        const about = { process: 1, scope: "s", at };
        const answer = await engine.try("state.at", { recordingId: short.recordingId, ...about });
        const wanted = await engine.call("state.at", { recordingId: twin.recordingId, ...about });
        if (answer.ok) expect(answer.value).toEqual(wanted);
        else expect(answer.error).toEqual({ code: "evicted", details: answer.error.details });
        if (answer.ok) answered++;
        else evicted++;
      }
    };

    for (let batch = 1; batch <= 24; batch++) {
      const some = records.batch(40 + below(120));
      for (const { agent } of [short, twin]) agent.batch(batch, some);
      await Promise.all([short, twin].map(({ agent }) => agent.acknowledged(batch)));
      if (below(3) === 0) await compareState();
    }
    await short.settled();
    await compareState();
    expect(evicted).toBeGreaterThan(2);
    expect(answered).toBeGreaterThan(10);
    await compareRecords(short, twin, below);

    const { start } = await short.summary();
    for (const { agent, recordingId } of [short, twin]) {
      await agent.bye(records.clockMs, 0);
      await engine.call("recording.stop", { recordingId });
    }
    // Who looks at it counts time from there, though the file begins later by now.
    expect((await short.summary()).start).toBe(start);
    await compareRecords(short, twin, below);
    await compareHistory(short, twin);
    await compareState();
    await compareFolds(short, twin, records.lastSeq);
  });

  /** Once more when something was evicted meanwhile: then what was asked is not of one moment. */
  const compareRecords = async (short: Recorded, twin: Recorded, below: (limit: number) => number): Promise<void> => {
    const evicted = async (): Promise<readonly unknown[]> => Object.values((await short.summary()).evicted ?? {});
    for (;;) {
      const before = await evicted();
      try {
        return await compareNow(short, twin, below);
      } catch (error) {
        await short.settled();
        if (String(await evicted()) === String(before)) throw error;
      }
    }
  };

  const compareNow = async (short: Recorded, twin: Recorded, below: (limit: number) => number): Promise<void> => {
    const { evicted, end, counts } = await short.summary();
    const whole = await twin.summary();
    if (evicted === undefined) throw new Error("nothing was evicted");
    for (const kind of ["events", "spans", "logs", "metrics", "writes"] as const)
      expect([evicted[kind] > 0, counts[kind] + evicted[kind]], kind).toEqual([true, whole.counts[kind]]);
    const { until } = evicted;
    const marks = await engine.call("timeline.marks", { recordingId: short.recordingId });
    const gaps = marks.filter(({ reason }) => reason === "evicted");
    const total = Object.entries(evicted).reduce(
      (sum, [kind, count]) => (kind === "until" ? sum : sum + Number(count)),
      0,
    );
    expect(gaps.map(({ kind, lost, instant }) => ({ kind, lost, instant }))).toEqual([
      { kind: "gap", lost: total, instant: until },
    ]);
    for (let left = 5; left > 0; left--) {
      const from = left === 5 ? until : until + BigInt(below(Number(end - until)));
      const to = from + BigInt(below(Number(end - from) + 1));
      const ask = async ({ recordingId }: Recorded) => {
        const { start } = await engine.call("recording.summary", { recordingId });
        const range = { recordingId, from, to };
        const shift = (times: Float64Array): number[] => [...times].map((ns) => Math.round(ns + Number(start - until)));
        const events = await engine.call("events.range", { ...range, limit: 5000 });
        const spans = await engine.call("spans.range", { ...range, limit: 5000 });
        const [metrics] = await engine.call("metrics.range", { ...range, series: [1], points: 5000 });
        const density = await engine.call("timeline.density", { ...range, buckets: 1 + ((left * 37) % 90) });
        const search = await engine.call("search.page", { ...range, text: "word7", order: "oldest", limit: 500 });
        return {
          events: { seq: [...events.seq], at: shift(events.timeNs), attributes: events.attributes },
          spans: { ids: spans.spanIds.toSorted(), lanes: [...spans.lane].sort() },
          metrics: { at: shift(metrics?.timeNs ?? new Float64Array()), values: metrics?.values },
          density,
          search: { seq: [...search.seq], kinds: [...search.kind] },
        };
      };
      expect(await ask(short)).toEqual(await ask(twin));
    }
    const logsOf = async ({ recordingId }: Recorded, first: number) =>
      (await engine.call("logs.page", { recordingId, first, limit: 2000 })).bodies;
    expect(await logsOf(short, 0)).toEqual(await logsOf(twin, evicted.logs));
  };

  /** What is listed is what the twin lists from there on, and what is missing is said. */
  const compareHistory = async (short: Recorded, twin: Recorded): Promise<void> => {
    for (const path of ["", "a", "b"]) {
      const about = { process: 1, scope: "s", path, limit: 100_000 };
      const found = await engine.try("state.history", { recordingId: short.recordingId, ...about });
      // It was there long ago only.
      if (!found.ok && found.error.code === "no-such-path-kept" && path !== "") continue;
      if (!found.ok) throw new Error(found.error.code);
      const kept = found.value;
      const whole = await engine.call("state.history", { recordingId: twin.recordingId, ...about });
      expect(kept.evicted.length).toBe(1);
      const boundary = kept.evicted[0]?.to ?? 0n;
      const seqs = kept.writes.map((write) => write.seq);
      expect(seqs).toEqual(
        whole.writes.filter((write) => write.instant > boundary || seqs.includes(write.seq)).map((write) => write.seq),
      );
      expect(kept.writes.map(({ newText }) => newText)).toEqual(
        whole.writes.filter((write) => seqs.includes(write.seq)).map(({ newText }) => newText),
      );
      const { end } = await short.summary();
      for (const instant of [boundary, end]) {
        const at = { kind: "instant", instant } as const;
        const last = await engine.call("state.lastWriter", { recordingId: short.recordingId, ...about, at });
        const wanted = await engine.call("state.lastWriter", { recordingId: twin.recordingId, ...about, at });
        if (last.isEvicted) expect(last.write).toBeUndefined();
        else expect(last.write?.seq).toBe(wanted.write?.seq);
        expect(last.isEvicted).toBe(wanted.write !== undefined && !seqs.includes(wanted.write.seq));
      }
    }
  };

  /** The rows of the file, as any client of the database reads them, tell the same state. */
  const compareFolds = async (short: Recorded, twin: Recorded, lastSeq: number): Promise<void> => {
    const [kept, whole] = [await writesOf(short.path), await writesOf(twin.path)];
    const boundary = kept.boundary;
    expect(boundary).toBeGreaterThan(0);
    expect(kept.writes.length).toBeLessThan(whole.writes.length);
    const step = Math.max(1, Math.floor((lastSeq - boundary) / 12));
    for (let at = boundary; at <= lastSeq; at += step) {
      const upTo: UpTo = { seq: seq(at) };
      expect(contentsTextOf(stateAt(kept.writes, upTo), 3000)).toBe(contentsTextOf(stateAt(whole.writes, upTo), 3000));
    }
  };

  const writesOf = async (path: string) => {
    const file = await openForReading(path);
    if (!file.ok) throw new Error(file.error.code);
    const readers = await Readers.open(file.value.instance);
    const writes = await new StoredWrites(readers.query).read(process1, seq(0), toTheEnd);
    const holes = await readers.query(`SELECT coalesce(max(last_seq), 0) AS last FROM state_hole`);
    expect((await countLongSpans(readers.query)).wrong).toBe(0);
    await readers.dispose();
    await file.value.dispose();
    return { writes, boundary: holes.numbers("last")[0] ?? 0 };
  };
});

describe("what is pinned", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine(20);
  });
  afterEach(() => engine.dispose());

  it("stays, with the state within it, while everything around it is evicted", async () => {
    const random = randomFrom(4711);
    const below = (limit: number): number => Math.floor(random() * limit);
    const records = new FlightRecords(7, 4);
    const short = await Recorded.begin(engine, "short.hindcast", { maxAgeMs: 300 });
    const twin = await Recorded.begin(engine, "twin.hindcast");
    let pinned: { readonly pin: number; readonly from: bigint; readonly to: bigint } | undefined;
    for (let batch = 1; batch <= 20; batch++) {
      const some = records.batch(100);
      for (const { agent } of [short, twin]) agent.batch(batch, some);
      await Promise.all([short, twin].map(({ agent }) => agent.acknowledged(batch)));
      if (batch !== 7) continue;
      const { end } = await short.summary();
      const range = { recordingId: short.recordingId, from: end - 150_000_000n, to: end - 20_000_000n };
      pinned = await engine.call("recording.pin", { ...range, label: "the incident" });
    }
    if (pinned === undefined) throw new Error("nothing was pinned");
    const { from, to, pin } = pinned;
    const { start } = await short.summary();
    const ask = async ({ recordingId }: Recorded, instant: bigint) =>
      engine.try("state.at", { recordingId, process: 1, scope: "s", at: { kind: "instant", instant } });
    // On both sides of it.
    for (const instant of [start + 5_000_000n + (from - start) / 3n, to + 300_000_000n])
      await vi.waitFor(
        async () => expect(await ask(short, instant)).toMatchObject({ ok: false, error: { code: "evicted" } }),
        { timeout: 20_000, interval: 50 },
      );
    await short.settled();
    const { pins, evicted } = await short.summary();
    expect(pins).toEqual([{ pin, from, to, label: "the incident" }]);
    expect(evicted?.until).toBeLessThanOrEqual(from);
    for (let left = 12; left > 0; left--) {
      const instant = left === 1 ? from : left === 2 ? to : from + BigInt(below(Number(to - from)));
      const [kept, whole] = [await ask(short, instant), await ask(twin, instant)];
      expect(kept).toEqual(whole);
    }
    const events = async ({ recordingId }: Recorded) => [
      ...(await engine.call("events.range", { recordingId, from, to, limit: 5000 })).seq,
    ];
    expect((await events(short)).length).toBeGreaterThan(3);
    expect(await events(short)).toEqual(await events(twin));
    const marks = await engine.call("timeline.marks", { recordingId: short.recordingId });
    expect(marks.filter(({ reason }) => reason === "evicted").length).toBe(2);
    // Both histories go on behind what is gone.
    const steps = async ({ recordingId }: Recorded, direction: "next" | "previous", instant: bigint) =>
      engine.call("timeline.step", {
        recordingId,
        kind: "write",
        direction,
        from: { kind: "instant", instant },
        scope: "s",
      });
    expect(await steps(short, "next", from)).toEqual(await steps(twin, "next", from));
    const [{ position: last }] = [await steps(short, "previous", to + 1n)];
    expect(last).toEqual((await steps(twin, "previous", to + 1n)).position);
    await engine.call("recording.unpin", { recordingId: short.recordingId, pin });
    expect((await short.summary()).pins).toEqual([]);
  });
});

describe("a recording with a limit that its disk has no room for", () => {
  it("evicts what it can, and says that the disk is nearly full, not that its limit is too small", async () => {
    const engine = new TestEngine(20, undefined, 2 ** 52);
    const recorded = await Recorded.begin(engine, "crowded.hindcast", { maxBytes: 1e9 });
    const records = new FlightRecords(1, 4);
    let warning: RecordingSummary["warning"];
    for (let batch = 1; warning === undefined; batch++) {
      recorded.agent.batch(batch, records.batch(20));
      await recorded.agent.acknowledged(batch);
      ({ warning } = await recorded.summary());
    }
    expect(warning).toMatchObject({ code: "disk-nearly-full", details: { path: recorded.path } });
    await engine.dispose();
  });
});

describe("a recording whose state is too large to stand in the place of its writes", () => {
  it("keeps all of its state, evicts everything else, says so and goes on", async () => {
    const engine = new TestEngine(20, 20);
    const records = new FlightRecords(1, 4);
    const [short, twin] = [
      await Recorded.begin(engine, "short.hindcast", { maxAgeMs: 300 }),
      await Recorded.begin(engine, "twin.hindcast"),
    ];
    for (let batch = 1; batch <= 24; batch++) {
      const some = records.batch(100);
      for (const { agent } of [short, twin]) agent.batch(batch, some);
      await Promise.all([short, twin].map(({ agent }) => agent.acknowledged(batch)));
    }
    await short.settled();
    const { warning, failure, evicted, counts } = await short.summary();
    const whole = await twin.summary();
    expect([warning?.code, failure]).toEqual(["state-too-large", undefined]);
    expect([evicted?.writes, counts.writes]).toEqual([0, whole.counts.writes]);
    expect(evicted?.events).toBeGreaterThan(100);
    expect(counts.events + (evicted?.events ?? 0)).toBe(whole.counts.events);
    for (let seqNumber = 1; seqNumber <= records.lastSeq; seqNumber += 97) {
      const about = { process: 1, scope: "s", at: { kind: "seq", process: 1, seq: seqNumber } } as const;
      const [kept, wanted] = [short, twin].map(({ recordingId }) => engine.call("state.at", { recordingId, ...about }));
      expect(await kept).toEqual(await wanted);
    }
    await engine.dispose();
  });
});

describe("a recording with a limit of size", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine(20);
  });
  afterEach(() => engine.dispose());

  const maxBytes = 16 * 2 ** 20;

  it("stays below it, whatever comes, and keeps the newest", async () => {
    const records = new FlightRecords(1, 4, 2500);
    const short = await Recorded.begin(engine, "short.hindcast", { maxBytes });
    let largest = 0;
    for (let batch = 1; batch <= 45; batch++) {
      short.agent.batch(batch, records.batch(300));
      await short.agent.acknowledged(batch);
      largest = Math.max(largest, wholeSize(short.path));
    }
    await short.settled();
    largest = Math.max(largest, wholeSize(short.path));
    const { evicted, counts, end } = await short.summary();
    expect(largest).toBeLessThanOrEqual(maxBytes);
    expect(counts.events).toBeGreaterThan(150);
    // At least what goes at once; a slow machine has no time for more.
    expect(evicted?.events).toBeGreaterThan(200);
    expect(end - (evicted?.until ?? 0n)).toBeGreaterThan(1_000_000_000n);
  });

  it("stays below it while more comes than is waited for", async () => {
    const most = 48 * 2 ** 20;
    const short = await Recorded.begin(engine, "flood.hindcast", { maxBytes: most });
    const [maker, random] = [new RecordMaker(), randomFrom(1)];
    let largest = 0;
    const looking = setInterval(() => (largest = Math.max(largest, wholeSize(short.path))), 5);
    const batches = 200;
    for (let batch = 1; batch <= batches; batch++) {
      const first: AgentRecord[] = batch === 1 ? [maker.make({ kind: "string", id: 1, text: "did" }, 0)] : [];
      const events = Array.from({ length: 200 }, () => {
        // Nothing that would become smaller in the file.
        const text = Buffer.from(Array.from({ length: 1200 }, () => random() * 256)).toString("base64");
        return maker.make({ kind: "event", name: 1, span: 0, attributes: { text } }, batch * 20);
      });
      short.agent.batch(batch, [...first, ...events]);
      if (batch > 32) await short.agent.acknowledged(batch - 32);
    }
    await short.agent.acknowledged(batches);
    await short.settled();
    clearInterval(looking);
    const { evicted, counts } = await short.summary();
    expect(largest).toBeLessThanOrEqual(most);
    expect(counts.events + (evicted?.events ?? 0)).toBe(batches * 200);
    expect(counts.events).toBeGreaterThan(1000);
  });
});
