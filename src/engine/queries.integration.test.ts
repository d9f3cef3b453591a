// Every query against the slow, obvious version of it, over seeded recordings of two processes whose clocks overlap:
// while recording, and again from the saved file.
import { CancelSource } from "../shared/base/cancel.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { TestEngine } from "./engine.test-support.js";
import { type Made, type MadeLog, inOrder, makeRecords } from "./random-records.test-support.js";
import { randomFrom } from "../shared/base/random.test-support.js";
import { SocketAgent, helloOf } from "./socket-agent.test-support.js";

const origins = [1_795_000_000_000.25, 1_795_000_000_800.5];

describe.each([1, 2])("queries, seed %d", (seed) => {
  const engine = new TestEngine();
  const agents: SocketAgent[] = [];
  const made = origins.map((origin, at) => makeRecords(seed * 10 + at, at + 1, origin, 3000));
  const all = {
    events: made.flatMap(({ events }) => events).sort(inOrder),
    logs: made.flatMap(({ logs }) => logs).sort(inOrder),
    spans: made.flatMap(({ spans }) => spans).sort(inOrder),
    writes: made.flatMap(({ writes }) => writes).sort(inOrder),
  };
  let summary: RecordingSummary;
  let recordingId = "";

  beforeAll(async () => {
    const live = await engine.record();
    recordingId = live.summary.recordingId;
    for (const [at, timeOriginMs] of origins.entries())
      agents.push(
        await SocketAgent.greet(live.socketPath, helloOf({ token: live.token, timeOriginMs, runId: `run${at}` })),
      );
    await sendInterleaved(agents, made, seed, async () => {
      for (const filter of [{}, { text: "repeated" }])
        await engine.call("logs.page", { recordingId, ...filter, first: 0, limit: 5 });
    });
    summary = await engine.call("recording.summary", { recordingId });
  });
  afterAll(async () => {
    await engine.dispose();
  });

  const checks = (): void => {
    const random = randomFrom(seed);
    const someInstant = (): bigint =>
      summary.start + BigInt(Math.floor(random() * Number(summary.end - summary.start)));
    const someRange = (): readonly [bigint, bigint] => {
      const [a, b] = [someInstant(), someInstant()];
      return a < b ? [a, b] : [b, a];
    };
    const relative = (instant: bigint): number => Number(instant - summary.start);

    it("counts records, errors and writes of equal slices", async () => {
      for (const buckets of [1, 7, 40, 1000]) {
        const [from, to] = someRange();
        const answer = await engine.call("timeline.density", { recordingId, from, to, buckets, byKind: true });
        const none = () => new Uint32Array(buckets);
        const slow = { records: none(), errors: none(), writes: none() };
        const byKind = {
          events: none(),
          logs: none(),
          logErrors: none(),
          spans: none(),
          spanErrors: none(),
          writes: none(),
        };
        const add = (instant: bigint, isError: boolean, isWrite: boolean, kind: keyof typeof byKind): void => {
          if (instant < from || instant >= to) return;
          const begins = answer.bucketNs === 0 ? instant : instant - (instant % BigInt(answer.bucketNs));
          const bucket = Number(((begins < from ? 0n : begins - from) * BigInt(buckets)) / (to - from));
          slow.records[bucket] = (slow.records[bucket] ?? 0) + 1;
          if (isError) slow.errors[bucket] = (slow.errors[bucket] ?? 0) + 1;
          if (isWrite) slow.writes[bucket] = (slow.writes[bucket] ?? 0) + 1;
          byKind[kind][bucket] = (byKind[kind][bucket] ?? 0) + 1;
          const ofErrors = kind === "logs" ? byKind.logErrors : byKind.spanErrors;
          if (isError) ofErrors[bucket] = (ofErrors[bucket] ?? 0) + 1;
        };
        for (const { instant } of all.events) add(instant, false, false, "events");
        for (const { instant, severity } of all.logs) add(instant, severity >= 17, false, "logs");
        for (const { instant, status } of all.spans) add(instant, status === 2, false, "spans");
        for (const { instant } of all.writes) add(instant, false, true, "writes");
        expect(answer).toEqual({ bucketNs: answer.bucketNs, ...slow, byKind });
        const { byKind: _, ...short } = answer;
        expect(await engine.call("timeline.density", { recordingId, from, to, buckets })).toEqual(short);
      }
    });

    it("pages through the log by row number", async () => {
      for (const filter of [
        {},
        { text: "repeated" },
        { text: "REPEATED" },
        { minSeverity: 13 },
        { text: "ünï", minSeverity: 9 },
        { text: "%" },
        { text: "nowhere" },
      ]) {
        const matching = all.logs.filter((log) => matches(log, filter));
        for (const [first, limit] of [
          [0, 50],
          [Math.floor(random() * all.logs.length), 37],
          [matching.length - 3, 10],
          [0, 2000],
        ] as const) {
          if (first < 0) continue;
          const page = await engine.call("logs.page", { recordingId, ...filter, first, limit });
          expect({ total: page.total, bodies: page.bodies }).toEqual({
            total: matching.length,
            bodies: matching.slice(first, first + limit).map(({ body }) => body),
          });
        }
        const instant = someInstant();
        const row = matching.filter((log) => log.instant <= instant).length - 1;
        const around = await engine.call("logs.around", { recordingId, ...filter, instant, before: 5, after: 5 });
        const first = Math.max(0, row - 4);
        expect([around.row, around.page.first, around.page.bodies]).toEqual([
          row,
          Math.min(first, matching.length),
          matching.slice(first, row + 6).map(({ body }) => body),
        ]);
      }
    });

    it("pages through the log as ever when nobody waited for the page before", async () => {
      const page = { recordingId, first: 0, limit: 2000 };
      for (const filter of [{ text: "e" }, { text: "e", minSeverity: 9 }]) {
        const signals = [1, 2].map(() => new CancelSource());
        const asked = signals.map((signal) => engine.handlers["logs.page"]({ ...page, ...filter }, signal));
        for (const signal of signals) signal.abort();
        for (const answer of await Promise.all(asked))
          expect(answer).toMatchObject({ ok: false, error: { code: "cancelled" } });
        const [one, other] = [new CancelSource(), engine.call("logs.page", { ...page, ...filter })];
        const given = engine.handlers["logs.page"]({ ...page, ...filter }, one);
        one.abort();
        await given;
        const slow = all.logs.filter((log) => matches(log, filter));
        expect((await other).total).toBe(slow.length);
      }
    });

    it("reduces samples to the least and the greatest of each slice", async () => {
      const list = await engine.call("metrics.list", { recordingId });
      for (const { series, process, attributes, samples, min, max } of list) {
        const number = Number(/\d+/.exec(attributes)?.[0]);
        const own = (made[process - 1]?.samples ?? []).filter((sample) => sample.series === number);
        const values = own.map(({ value }) => value);
        expect([samples, min, max]).toEqual([own.length, Math.min(...values), Math.max(...values)]);
        const [from, to] = someRange();
        const within = own.filter(({ instant }) => instant >= from && instant <= to);
        for (const points of [20, 5000]) {
          const [answer] = await engine.call("metrics.range", { recordingId, series: [series], from, to, points });
          const isReduced = within.length > points;
          const kept = isReduced ? extremes(within, from, to, points / 2) : within;
          expect(answer).toEqual({
            series,
            reduced: isReduced,
            timeNs: Float64Array.from(kept, ({ instant }) => relative(instant)),
            values: Float64Array.from(kept, ({ value }) => value),
          });
        }
      }
    });

    it("finds the spans of a range and those open at an instant", async () => {
      const [from, to] = someRange();
      const overlapping = all.spans.filter(
        ({ instant, end }) => instant <= to && (end === undefined || end.instant >= from),
      );
      const everything = await engine.call("spans.range", { recordingId, from, to, limit: 20_000 });
      expect([everything.truncated, [...everything.startNs]]).toEqual([
        false,
        overlapping.map(({ instant }) => relative(instant)),
      ]);
      expect([...everything.endNs]).toEqual(
        overlapping.map(({ end }) => (end === undefined ? NaN : relative(end.instant))),
      );

      const length = ({ instant, end }: (typeof overlapping)[number]): bigint => (end?.instant ?? to + 1n) - instant;
      const longest = [...overlapping]
        .sort((a, b) => Number(length(b) - length(a)) || inOrder(a, b))
        .slice(0, 10)
        .sort(inOrder);
      const some = await engine.call("spans.range", { recordingId, from, to, limit: 10 });
      expect([some.truncated, [...some.startNs]]).toEqual([
        overlapping.length > 10,
        longest.map(({ instant }) => relative(instant)),
      ]);

      const instant = someInstant();
      const open = all.spans.filter(
        (span) => span.instant <= instant && (span.end === undefined || span.end.instant > instant),
      );
      const answer = await engine.call("spans.openAt", { recordingId, instant, limit: 20_000 });
      expect([...answer.startNs]).toEqual(open.map((span) => relative(span.instant)));
    });

    it("steps from event to event in both directions, missing none", async () => {
      const stops = [
        ...all.events,
        ...all.logs,
        ...all.spans,
        ...all.spans.flatMap(({ process, end }) => (end === undefined ? [] : [{ process, ...end }])),
      ].sort(inOrder);
      const textOf = (position: { readonly process: number; readonly seq: number } | undefined): string =>
        position === undefined ? "none" : `${position.process}/${position.seq}`;
      for (const direction of ["next", "previous"] as const) {
        const start = Math.floor(random() * stops.length);
        let at = start;
        for (let left = 6; left > 0; left--) {
          const stop = stops[at];
          if (stop === undefined) break;
          const from = { kind: "seq", process: stop.process, seq: stop.seq } as const;
          const { position } = await engine.call("timeline.step", { recordingId, from, direction, kind: "event" });
          at += direction === "next" ? 1 : -1;
          expect(textOf(position)).toBe(textOf(stops[at]));
        }
        const instant = someInstant();
        const from = { kind: "instant", instant } as const;
        const { position } = await engine.call("timeline.step", {
          recordingId,
          from,
          direction,
          kind: "event",
          process: 2,
        });
        const own = stops.filter(({ process }) => process === 2);
        const expected =
          direction === "next"
            ? own.find((stop) => stop.instant > instant)
            : own.findLast((stop) => stop.instant < instant);
        expect(textOf(position)).toBe(textOf(expected));
      }
    });

    it("gives events of a range and records around an instant in order", async () => {
      const [from, to] = someRange();
      const events = await engine.call("events.range", { recordingId, from, to, limit: 25 });
      const within = all.events.filter(({ instant }) => instant >= from && instant <= to);
      expect([events.truncated, [...events.seq]]).toEqual([
        within.length > 25,
        within.slice(0, 25).map(({ seq }) => seq),
      ]);

      const stops = [
        ...all.events,
        ...all.logs,
        ...all.spans,
        ...all.writes,
        ...made.flatMap(({ samples }) => samples),
      ];
      for (const { process, end } of all.spans) if (end !== undefined) stops.push({ process, ...end });
      stops.sort(inOrder);
      const instant = someInstant();
      const after = stops.findIndex((stop) => stop.instant > instant);
      const around = await engine.call("events.around", { recordingId, instant, before: 9, after: 4 });
      expect([...around.seq]).toEqual(stops.slice(Math.max(0, after - 9), after + 4).map(({ seq }) => seq));
    });

    it("pages through the events and spans of a range, however small the pages", async () => {
      const [from, to] = someRange();
      const events = all.events.filter(({ instant }) => instant >= from && instant <= to);
      const spans = all.spans.filter(({ instant, end }) => instant <= to && (end === undefined || end.instant >= from));
      const at = from + (to - from) / 2n;
      const open = await engine.call("spans.openAt", { recordingId, instant: at, limit: 20_000 });
      for (const limit of [40 + Math.floor(random() * 20), 500, 20_000]) {
        const seqs = await allPages((part) => engine.call("events.page", { recordingId, from, to, limit, ...part }));
        expect(seqs).toEqual({ total: events.length, seqs: events.map(({ seq }) => seq) });
        const starts = await allPages((part) => engine.call("spans.page", { recordingId, from, to, limit, ...part }));
        expect(starts).toEqual({ total: spans.length, seqs: spans.map(({ instant }) => relative(instant)) });
        const some = { recordingId, from: at, to: at, openOnly: true, limit };
        const still = await allPages((part) => engine.call("spans.page", { ...some, ...part }));
        expect(still).toEqual({ total: open.startNs.length, seqs: [...open.startNs] });
      }
      const skipped = await engine.call("events.page", { recordingId, from, to, skip: 3, limit: 2 });
      expect([...skipped.page.seq]).toEqual(events.slice(3, 5).map(({ seq }) => seq));
    });

    it("gives lanes in which no spans overlap and children are below their parents", async () => {
      const { start: from, end: to } = summary;
      const spans = await engine.call("spans.range", { recordingId, from, to, limit: 20_000 });
      const laneOf = new Map(all.spans.map((span, row) => [`${span.process}/${span.number}`, spans.lane[row] ?? -1]));
      const busyUntil = new Map<string, bigint>();
      for (const { process, number, parent, instant, end } of all.spans) {
        const lane = laneOf.get(`${process}/${number}`) ?? -1;
        if (parent !== 0) expect(lane).toBeGreaterThan(laneOf.get(`${process}/${parent}`) ?? Infinity);
        expect(busyUntil.get(`${process}/${lane}`) ?? 0n).toBeLessThanOrEqual(instant);
        busyUntil.set(`${process}/${lane}`, end?.instant ?? to + 1n);
      }
    });

    it("sums up what was recorded", async () => {
      const { counts } = await engine.call("recording.summary", { recordingId });
      expect(counts).toEqual({
        events: all.events.length,
        spans: all.spans.length,
        logs: all.logs.length,
        metrics: made.reduce((sum, { samples }) => sum + samples.length, 0),
        writes: all.writes.length,
        lost: 0,
      });
    });
  };

  describe("of a live recording", checks);

  describe("of the saved file", () => {
    beforeAll(async () => {
      for (const agent of agents) await agent.bye(9000, 0);
      const { start, end } = summary;
      summary = await engine.call("recording.stop", { recordingId });
      expect({ state: summary.state, start: summary.start }).toEqual({ state: "saved", start });
      summary = { ...summary, end };
    });
    checks();
  });
});

/** In batches of odd sizes, now one agent, now the other; asks in between, so that what is kept between answers is used. */
async function sendInterleaved(
  agents: readonly SocketAgent[],
  made: readonly Made[],
  seed: number,
  ask: () => Promise<void>,
): Promise<void> {
  const random = randomFrom(seed);
  const sent = agents.map(() => ({ records: 0, batch: 0 }));
  for (;;) {
    const left = agents.map((_, at) => at).filter((at) => (sent[at]?.records ?? 0) < (made[at]?.records.length ?? 0));
    const at = left[Math.floor(random() * left.length)];
    if (at === undefined) return;
    const progress = sent[at];
    if (progress === undefined) return;
    const next = progress.records + 1 + Math.floor(random() * 900);
    agents[at]?.batch(++progress.batch, made[at]?.records.slice(progress.records, next) ?? []);
    progress.records = next;
    if (random() < 0.5) {
      await agents[at]?.acknowledged(progress.batch);
      await ask();
    }
    if (next >= (made[at]?.records.length ?? 0)) await agents[at]?.acknowledged(progress.batch);
  }
}

function matches(
  { body, severity }: MadeLog,
  filter: { readonly text?: string; readonly minSeverity?: number },
): boolean {
  const isText = filter.text === undefined || body.toLowerCase().includes(filter.text.toLowerCase());
  return isText && severity >= (filter.minSeverity ?? 0);
}

function extremes<Sample extends { readonly instant: bigint; readonly seq: number; readonly value: number }>(
  samples: readonly Sample[],
  from: bigint,
  to: bigint,
  slices: number,
): Sample[] {
  const bySlice = new Map<bigint, { low: Sample; high: Sample }>();
  for (const sample of samples) {
    const slice = ((sample.instant - from) * BigInt(slices)) / (to - from + 1n);
    const known = bySlice.get(slice);
    if (known === undefined) bySlice.set(slice, { low: sample, high: sample });
    else {
      if (sample.value < known.low.value) known.low = sample;
      if (sample.value > known.high.value) known.high = sample;
    }
  }
  return [...bySlice.values()]
    .flatMap(({ low, high }) => (low === high ? [low] : [low, high]))
    .sort((a, b) => Number(a.instant - b.instant) || a.value - b.value);
}

type Page = CallResult<"events.page"> | CallResult<"spans.page">;

/** What identifies rows of all pages together: their seqs, of spans their beginnings. */
async function allPages(
  ask: (part: { after?: Page["next"] }) => Promise<Page>,
): Promise<{ total: number; seqs: number[] }> {
  const seqs: number[] = [];
  for (let after: Page["next"]; ;) {
    const { total, page, next } = await ask({ after });
    seqs.push(...("seq" in page ? page.seq : page.startNs));
    if (next === undefined) return { total, seqs };
    after = next;
  }
}
