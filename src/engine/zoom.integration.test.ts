// Every answer that zoom levels give, at any range and width, against plain lists of the same records: random histories with
// bursts, gaps, clocks hours apart, records that come late by seconds or hours, commits that fail and engines that go on.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { density } from "./store/density.js";
import { longWithin } from "./store/long-spans.js";
import { reaching } from "./store/longest-spans.js";
import { MetricBlocks } from "./store/metric-blocks.js";
import { metricSlices } from "./store/metric-slices.js";
import { metricSamples, metricSeries } from "./store/metrics.js";
import { earlier, later } from "../shared/base/earlier.js";
import type { SpanFilter } from "../shared/protocol/row-filters.js";
import { MetricsAhead } from "./store/metrics-ahead.js";
import { bucketsSql } from "./store/metric-sql.js";
import type { Query, Readers } from "./store/readers.js";
import type { SpanRow } from "./store/recording-rows.js";
import { countSpans } from "./store/span-filter.js";
import { type KeptSample, ZoomHistory } from "./zoom-history.test-support.js";
import type { MetricSource } from "./store/metric-blocks.js";
import { type SpanZoom, spansZoomed } from "./store/span-zoom.js";
import type { SpanColumns } from "./store/spans.js";
import { levelsFor, metricLevels, sketchLevels } from "./store/zoom-levels.js";
import { seeds } from "./replay/seeds.test-support.js";

const start = 1_790_000_000_000_000_000n;
const quantiles = [0, 0.5, 0.95, 1];

interface Asked {
  readonly from: bigint;
  readonly to: bigint;
  readonly slices: number;
}

const isOfBuckets = (sql: string): boolean => metricLevels.some((level) => sql === bucketsSql(level));

const only = { exclude: false } as const;
const spanFilters: readonly { readonly filter: SpanFilter; readonly isShown: (span: SpanRow) => boolean }[] = [
  { filter: {}, isShown: () => true },
  { filter: { where: [{ field: "status", value: "error", ...only }] }, isShown: ({ status }) => status === "error" },
  {
    filter: { where: ["client", "server"].map((value) => ({ field: "kind", value, ...only })) },
    isShown: ({ kind }) => kind === "client" || kind === "server",
  },
  {
    filter: { minNs: 5e6, where: [{ field: "process", value: "2", exclude: true }] },
    isShown: ({ process, instant, end }) => process !== 2 && (end === undefined || end.instant - instant >= 5_000_000n),
  },
  { filter: { text: "no. 3" }, isShown: ({ attributes }) => attributes.includes("No. 3") },
  {
    filter: { where: [{ field: "attribute", key: "shop", value: "No. 5", ...only }] },
    isShown: ({ attributes }) => attributes.includes("No. 5"),
  },
];

describe.each(seeds(1, 2, 3))("zoom levels, seed %d", (seed) => {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  const history = new ZoomHistory(join(folder, "zoom.hindcast"), seed);
  let readers: Readers;
  let [commits, spreads] = [0, 0];
  // With room for some of what is asked, and for none of it.
  const blocks = new MetricBlocks(() => commits, { mostBytes: [20_000, 1e6, 0][seed - 1] ?? 0, bucketsPerBlock: 16n });
  const source = (): MetricSource => ({ query: readers.query, start, blocks });
  beforeAll(async () => {
    readers = await history.open();
  });
  afterAll(async () => {
    await history.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([1, 2, 3, 4])("answers as the records themselves do, part %d", async (part) => {
    if (part === 3) {
      await history.close();
      readers = await history.open();
    }
    for (let left = 8; left > 0; left--) {
      await history.grow(history.below(60));
      commits++;
      for (let ranges = 2; ranges > 0; ranges--) await checkRange();
    }
    await checkSeries();
  });

  it("answers for ranges that no recording has", async () => {
    const [from, to] = [-(2n ** 90n), 2n ** 200n];
    const { records } = await density(readers.query, { from, to, buckets: 3 });
    expect(records.reduce((sum, count) => sum + count, 0)).toBe(history.plain.length + history.spans.size);
    const own = history.samples.filter(({ series }) => series === 2).length;
    const { samples } = await metricSlices(source(), 2, { from, to, slices: 3 });
    expect(samples.reduce((sum, count) => sum + count, 0)).toBe(own);
    const shown = await metricSamples(source(), 2, { from, to, points: 20_000 });
    expect(shown.values.length).toBe(own);
    const spans = await spansZoomed(readers.query, start, { from, to, limit: 20_000, slices: 10 });
    expect(spans.process.length).toBe(history.spans.size);
  });

  it("answers the same from buckets that were read before, and asks for them no more", async () => {
    const asked: string[] = [];
    const query: Query = (sql, ...rest) => {
      asked.push(sql);
      return readers.query(sql, ...rest);
    };
    const own = new MetricBlocks(() => commits, { mostBytes: 1e8, bucketsPerBlock: 16n });
    const source = (): MetricSource => ({ query, start, blocks: own });
    const instants = history.samples.map(({ instant }) => instant);
    const whole = { since: instants.reduce(earlier), until: instants.reduce(later) + 1n };
    const ahead = new MetricsAhead();
    for (let turn = 0; turn < MetricsAhead.most; turn++) await ahead.readMore(source(), whole);
    const before = asked.filter(isOfBuckets).length;
    expect(before).toBe(metricLevels.length * new Set(history.samples.map(({ series }) => series)).size);
    for (let looks = 60; looks > 0; looks--) {
      const { from, to } = history.range();
      const slices = 1 + history.below(400);
      await checkMetrics(source(), { from: later(from, whole.since), to: earlier(to, whole.until), slices });
    }
    expect(asked.filter(isOfBuckets).length).toBe(before);
  });

  it("answers the same from buckets that it kept", async () => {
    for (let looks = 60; looks > 0; looks--) await checkRange();
    expect(blocks.bytes).toBeLessThanOrEqual(blocks.limits.mostBytes);
    if (seed < 3) expect(blocks.bytes).toBeGreaterThan(0);
  });

  it("finds spans among those that took long as among all of them", async () => {
    const ended = [...history.spans.values()].flatMap(({ instant, end }) =>
      end === undefined ? [] : [[instant, end.instant] as const],
    );
    const keysIn = async (sql: string): Promise<readonly string[]> => {
      const rows = await readers.query(`SELECT process, span FROM (${sql})`);
      const spans = rows.numbers("span");
      return rows
        .numbers("process")
        .map((process, row) => `${process}/${spans[row] ?? 0}`)
        .toSorted();
    };
    let found = 0;
    for (let looks = 60; looks > 0; looks--) {
      const [began, ends] = ended[history.below(ended.length)] ?? [start, start];
      // Where one just reaches to, or just does not.
      const from = ends + BigInt(history.below(2));
      expect(await keysIn(reaching(from))).toEqual(
        await keysIn(`SELECT * FROM span WHERE instant < ${from} AND (end_instant IS NULL OR end_instant >= ${from})`),
      );
      const [to, least] = [
        from + 10n * (ends - began) + 1_000_000_000n * BigInt(history.below(5000)),
        later(ends - began, 100_000_000n),
      ];
      const since = later(began - 1_000_000_000n * BigInt(history.below(2)), 0n);
      const long = await keysIn(longWithin(since, to, least).join(" UNION ALL "));
      const isWithin = `instant BETWEEN ${since} AND ${to} AND end_instant - instant >= ${least}`;
      expect(long).toEqual(await keysIn(`SELECT * FROM span WHERE ${isWithin}`));
      found += long.length;
    }
    expect(found).toBeGreaterThan(60);
  });

  it("had commits that failed", () => expect(history.failures).toBeGreaterThan(0));

  it("was asked for slices shorter than buckets", () => expect(spreads).toBeGreaterThan(5));

  const checkRange = async (): Promise<void> => {
    const { from, to } = history.range();
    const slices = 1 + history.below(history.below(2) === 0 ? 10 : 400);
    await checkDensity(from, to, slices);
    // So near that slices are shorter than the finest buckets.
    const near = (history.plain[history.below(history.plain.length)]?.instant ?? start) - BigInt(history.below(1e9));
    await checkDensity(near, near + BigInt(Math.floor(10 ** (8 + history.below(20) / 10))), 1 + history.below(400));
    await checkSpans(from, to, slices);
    await checkMetrics(source(), { from, to, slices });
  };

  const checkMetrics = async (source: MetricSource, { from, to, slices }: Asked): Promise<void> => {
    const series = history.series[history.below(history.series.length)] ?? 1;
    const own = history.samples.filter((one) => one.series === series && one.instant >= from && one.instant <= to);
    await checkSlices(source, series, own, { from, to, slices });
    await checkSamples(source, series, own, { from, to, slices });
  };

  const checkDensity = async (from: bigint, to: bigint, buckets: number): Promise<void> => {
    const mostRead = [0, 5, undefined][history.below(3)];
    const answer = await density(readers.query, { from, to, buckets, byKind: true }, mostRead);
    const isSpread = BigInt(answer.bucketNs) * BigInt(buckets) * 8n > to - from;
    if (isSpread) spreads++;
    const spans = [...history.spans.values()].map(({ instant, status }) => ({
      instant,
      kind: "spans" as const,
      isError: status === "error",
    }));
    const all = [...history.plain, ...spans].filter(({ instant }) => instant >= from && instant < to);
    const countsOf = (isCounted: (record: (typeof all)[number]) => boolean): Uint32Array => {
      const counts = new Uint32Array(buckets);
      const instants = all.filter(isCounted).map(({ instant }) => instant);
      const slices = isSpread
        ? spreadSlices(instants, from, to, buckets, BigInt(answer.bucketNs))
        : instants.map((instant) => sliceOf(instant, from, to, buckets, BigInt(answer.bucketNs)));
      for (const slice of slices) counts[slice] = (counts[slice] ?? 0) + 1;
      return counts;
    };
    const byKind = {
      events: countsOf(({ kind }) => kind === "events"),
      logs: countsOf(({ kind }) => kind === "logs"),
      logErrors: countsOf(({ kind, isError }) => kind === "logs" && isError),
      spans: countsOf(({ kind }) => kind === "spans"),
      spanErrors: countsOf(({ kind, isError }) => kind === "spans" && isError),
      writes: countsOf(({ kind }) => kind === "writes"),
    };
    const { events, logs, logErrors, spans: spanCounts, spanErrors, writes } = byKind;
    const sum = (...counts: readonly Uint32Array[]): Uint32Array =>
      new Uint32Array(buckets).map((_, at) => counts.reduce((total, own) => total + (own[at] ?? 0), 0));
    expect(answer).toEqual({
      bucketNs: answer.bucketNs,
      records: sum(events, logs, spanCounts, writes),
      errors: sum(logErrors, spanErrors),
      writes,
      byKind,
    });
  };

  /** Nothing is left out: what is not a row of its own is counted in one of its lane, where it begins. */
  const checkSpans = async (from: bigint, to: bigint, slices: number): Promise<void> => {
    const limit = 5 + history.below(100);
    const all = [...history.spans.values()].filter(
      ({ instant, end }) => instant <= to && (end === undefined || end.instant >= from),
    );
    const { filter, isShown } = spanFilters[history.below(spanFilters.length)] ?? { filter: {}, isShown: () => true };
    const overlapping = all.filter(isShown);
    const rowsLookedThrough = [0, 40, undefined][history.below(3)];
    const zoom = { from, to, limit, slices, filter, ...(rowsLookedThrough === undefined ? {} : { rowsLookedThrough }) };
    const answer = await spansZoomed(readers.query, start, zoom);
    expect(shownIn(answer)).toEqual(longestOf(overlapping, zoom).map(idOf).toSorted());
    expect(await countSpans(readers.query, { from, to, ...filter })).toEqual({
      all: all.length,
      shown: overlapping.length,
    });
    if (overlapping.filter(({ instant }) => instant < from).length >= limit) return;
    const counts = answer.counts ?? new Uint32Array(answer.process.length).fill(1);
    expect(answer.truncated).toBe(false);
    const laneOf = (row: number): string => `${answer.process[row] ?? 0}/${answer.lane[row] ?? 0}`;
    const [byLane, failed] = [new Map<string, number>(), new Map<string, boolean>()];
    const ids = new Set(answer.spanIds);
    for (let row = 0; row < counts.length; row++) {
      byLane.set(laneOf(row), (byLane.get(laneOf(row)) ?? 0) + (counts[row] ?? 0));
      if (answer.status[row] === 2) failed.set(laneOf(row), true);
    }
    const [slowByLane, slowFailed] = [new Map<string, number>(), new Map<string, boolean>()];
    for (const { process, lane, status } of overlapping) {
      slowByLane.set(`${process}/${lane}`, (slowByLane.get(`${process}/${lane}`) ?? 0) + 1);
      if (status === "error") slowFailed.set(`${process}/${lane}`, true);
    }
    expect([byLane, failed]).toEqual([slowByLane, slowFailed]);
    const shown = overlapping.filter((span) => ids.has(idOf(span)));
    const hidden = overlapping.filter((span) => !shown.includes(span));
    expect(shown.length).toBeLessThanOrEqual(limit);
    expect(hidden.length).toBe(counts.reduce((sum, count, row) => sum + (answer.spanIds[row] === "" ? count : 0), 0));
    const rows = [...counts.keys()].filter((row) => answer.spanIds[row] === "");
    const failedLanes = hidden.filter(({ status }) => status === "error").map((span) => `${span.process}/${span.lane}`);
    expect(new Set(rows.filter((row) => answer.status[row] === 2).map(laneOf))).toEqual(new Set(failedLanes));
    for (const span of hidden) {
      const around = rows.filter(
        (row) =>
          laneOf(row) === `${span.process}/${span.lane}` &&
          (answer.startNs[row] ?? 0) <= Number(span.instant - start) &&
          Number(span.instant - start) <= (answer.endNs[row] ?? 0),
      );
      expect(around.length, "a merged row where it begins").toBeGreaterThan(0);
    }
  };

  const checkSlices = async (
    source: MetricSource,
    series: number,
    own: readonly KeptSample[],
    { from, to, slices }: Asked,
  ): Promise<void> => {
    const answer = await metricSlices(source, series, { from, to, slices, quantiles });
    const sketchNs = levelsFor(sketchLevels, { since: from, until: to + 1n }, slices).at(-1)?.widthNs ?? 0n;
    const here = inSlices(own, from, to + 1n, slices, BigInt(answer.bucketNs));
    const finite = here.map((samples) => samples.map(({ value }) => value).filter(Number.isFinite));
    expect([answer.samples, answer.least.map(plus0), answer.most.map(plus0)]).toEqual([
      Float64Array.from(here, ({ length }) => length),
      Float64Array.from(finite, (values) => (values.length === 0 ? NaN : plus0(Math.min(...values)))),
      Float64Array.from(finite, (values) => (values.length === 0 ? NaN : plus0(Math.max(...values)))),
    ]);
    expect(finite.filter((values, slice) => !isAverage(answer.average[slice], values))).toEqual([]);
    const inSketches = inSlices(own, from, to + 1n, slices, sketchNs).map((samples) =>
      samples.map(({ value }) => value).filter(Number.isFinite),
    );
    for (const { quantile, values } of answer.quantiles)
      expect(inSketches.filter((exact, slice) => !isQuantile(quantile, values[slice], exact))).toEqual([]);
  };

  const checkSamples = async (
    source: MetricSource,
    series: number,
    own: readonly KeptSample[],
    { from, to, slices }: Asked,
  ): Promise<void> => {
    const points = 2 * slices;
    const answer = await metricSamples(source, series, { from, to, points });
    const sorted = [...own].sort((a, b) => Number(a.instant - b.instant) || a.seq - b.seq);
    const bucketNs = BigInt((await metricSlices(source, series, { from, to, slices })).bucketNs);
    const kept = own.length <= points ? sorted : extremes(sorted, from, to + 1n, slices, bucketNs);
    // -0 is 0 here.
    expect({ ...answer, values: answer.values.map((value) => value + 0) }).toEqual({
      series,
      reduced: own.length > points,
      timeNs: Float64Array.from(kept, ({ instant }) => Number(instant - start)),
      values: Float64Array.from(kept, ({ value }) => value + 0),
    });
  };

  const checkSeries = async (): Promise<void> => {
    const list = await metricSeries(readers.query);
    const slow = history.series.map((series) => {
      const own = history.samples.filter((sample) => sample.series === series);
      const finite = own.map(({ value }) => value).filter(Number.isFinite);
      return [series, own.length, plus0(Math.min(...finite)), plus0(Math.max(...finite))];
    });
    expect(list.map(({ series, samples, min, max }) => [series, samples, plus0(min), plus0(max)]).sort()).toEqual(
      slow.sort(),
    );
  };
});

const idOf = ({ ids }: SpanRow): string => Buffer.from(ids.subarray(16, 24)).toString("hex");
const shownIn = ({ spanIds }: SpanColumns): readonly string[] => spanIds.filter((id) => id !== "").toSorted();

/** Those that reach into the range or are open, and the longest of the others, of which short ones are not looked at among many. */
function longestOf(
  spans: readonly SpanRow[],
  { from, to, limit, slices, filter, rowsLookedThrough = Infinity }: SpanZoom,
) {
  const begun = spans.filter(({ instant }) => instant >= from).length;
  const isAmongMany =
    filter?.text === undefined && filter?.where === undefined && begun > Math.max(limit, rowsLookedThrough);
  const pixelNs = begun <= limit ? 0n : (to + 1n - from) / BigInt(slices) + 1n;
  const leastNs = isAmongMany ? later(pixelNs, 100_000_000n) : pixelNs;
  const lengthOf = ({ instant, end }: SpanRow): bigint => (end?.instant ?? to) - instant;
  return spans
    .filter((span) => span.instant < from || span.end === undefined || lengthOf(span) >= leastNs)
    .toSorted(
      (a, b) =>
        Number(b.instant < from) - Number(a.instant < from) ||
        Number(lengthOf(b) - lengthOf(a)) ||
        Number(a.instant - b.instant) ||
        a.process - b.process ||
        a.seq - b.seq,
    )
    .slice(0, limit);
}

const plus0 = (value = NaN): number => value + 0;

function sliceOf(instant: bigint, from: bigint, until: bigint, slices: number, bucketNs: bigint): number {
  const bucket = bucketNs === 0n ? instant : instant - (instant % bucketNs);
  const at = bucket < from ? from : bucket;
  return Number(((at - from) * BigInt(slices)) / (until - from));
}

/** Where records of a bucket lie when each is at the end of its equal share of the bucket, or of what the range has of it. */
function spreadSlices(
  instants: readonly bigint[],
  from: bigint,
  to: bigint,
  slices: number,
  bucketNs: bigint,
): readonly number[] {
  const byBucket = new Map<bigint, number>();
  for (const instant of instants) {
    const bucket = instant - (instant % bucketNs);
    byBucket.set(bucket, (byBucket.get(bucket) ?? 0) + 1);
  }
  return [...byBucket].flatMap(([bucket, count]) => {
    const [since, until] = [later(bucket, from), earlier(bucket + bucketNs, to)];
    return Array.from({ length: count }, (_, at) => {
      const share = (until - since) * BigInt(at + 1);
      // The slice that ends where the share does, or later, and is the first to.
      for (let slice = 0; slice < slices; slice++) {
        const end = ((to - from) * BigInt(slice + 1) + BigInt(slices) - 1n) / BigInt(slices);
        if ((end + from - since) * BigInt(count) >= share) return slice;
      }
      throw new Error("no such slice");
    });
  });
}

function inSlices(
  samples: readonly KeptSample[],
  from: bigint,
  until: bigint,
  slices: number,
  bucketNs: bigint,
): KeptSample[][] {
  const found = Array.from({ length: slices }, (): KeptSample[] => []);
  for (const sample of samples) found[sliceOf(sample.instant, from, until, slices, bucketNs)]?.push(sample);
  return found;
}

/** But for rounding: sums are not made in one order. */
function isAverage(average = 0, values: readonly number[]): boolean {
  const sum = values.reduce((total, value) => total + value, 0);
  const size = values.reduce((total, value) => total + Math.abs(value), 0);
  return values.length === 0 ? Number.isNaN(average) : Math.abs(average - sum / values.length) <= 1e-12 * size;
}

function isQuantile(quantile: number, found = 0, values: readonly number[]): boolean {
  const exact = [...values].sort((a, b) => a - b)[Math.floor(quantile * (values.length - 1))];
  return exact === undefined ? Number.isNaN(found) : Math.abs(found - exact) <= 0.010001 * Math.abs(exact);
}

/** Of samples in the order of time. */
function extremes(
  sorted: readonly KeptSample[],
  from: bigint,
  until: bigint,
  slices: number,
  bucketNs: bigint,
): KeptSample[] {
  const found: KeptSample[] = [];
  for (const all of inSlices(sorted, from, until, slices, bucketNs)) {
    const here = all.filter(({ value }) => Number.isFinite(value));
    const [low, high] = here.reduce<(KeptSample | undefined)[]>(
      ([least, most], sample) => [
        least === undefined || sample.value < least.value ? sample : least,
        most === undefined || sample.value > most.value ? sample : most,
      ],
      [],
    );
    if (low === undefined || high === undefined) continue;
    if (high.instant < low.instant) found.push(high, low);
    else if (high.value === low.value) found.push(low);
    else found.push(low, high);
  }
  return found;
}
