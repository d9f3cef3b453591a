// The command metrics: every sample, or what the samples of each series are like together.
import { type Result, ok } from "../shared/base/result.js";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import type { MetricSeries } from "../shared/protocol/engine-rows.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { offsetFromStart } from "../shared/trace/iso-time.js";
import type { CommandArgs } from "./decode-args.js";
import { type Reading, done, partOf, range, withRecording } from "./reading.js";
import { attributesFrom, instantsAsText, onOneLine } from "./rows.js";
import { aligned } from "./table-text.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

const mostPoints = 20_000;
const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

export const metrics = (world: World, args: CommandArgs<"metrics">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const times = range(reading, args);
    if (!times.ok) return times;
    const listed = await reading.call("metrics.list", { recordingId: reading.recordingId });
    if (!listed.ok) return listed;
    if (args.summary) return summed(reading, listed.value, times.value, args);
    const found: { readonly series: MetricSeries; readonly sample: Sample }[] = [];
    let seriesRead = 0;
    for (const series of listed.value) {
      const samples = await samplesOf(reading, series, times.value.from, times.value.to);
      if (!samples.ok) return samples;
      for (const sample of samples.value) found.push({ series, sample });
      await reading.listed(++seriesRead, listed.value.length, "series");
    }
    found.sort((a, b) => (a.sample.instant < b.sample.instant ? -1 : a.sample.instant > b.sample.instant ? 1 : 0));
    for (const { series, sample } of found.slice(...partOf(found.length, args))) {
      if (reading.out.isClosed) return done;
      await reading.out.line(
        args.json ? JSON.stringify(sample, instantsAsText) : sampleText(reading.summary, series, sample),
      );
    }
    return done;
  });

const shownAttributes = (json: string): string => (json === "{}" ? "" : json);

interface Sample {
  readonly instant: bigint;
  readonly process: number;
  readonly name: string;
  readonly alias: string;
  readonly unit: string;
  readonly attributes: unknown;
  readonly value: number;
}

/** Every sample: a part of the range that comes reduced is asked for in halves. */
async function samplesOf(
  reading: Reading,
  series: MetricSeries,
  from: bigint,
  to: bigint,
): Promise<Result<Sample[], HindcastError>> {
  const { call, recordingId, summary } = reading;
  const found = await call("metrics.range", { recordingId, from, to, series: [series.series], points: mostPoints });
  if (!found.ok) return found;
  if (found.value.some(({ reduced }) => reduced) && to - from > 1n) {
    const middle = (from + to) / 2n;
    const first = await samplesOf(reading, series, from, middle);
    if (!first.ok) return first;
    const second = await samplesOf(reading, series, middle + 1n, to);
    return second.ok ? ok([...first.value, ...second.value]) : second;
  }
  const { process, name, alias, unit } = series;
  const attributes = attributesFrom(series.attributes);
  const samplesFrom = ({ timeNs, values }: CallResult<"metrics.range">[number]): Sample[] =>
    Array.from(timeNs, (ns, index) => ({
      instant: summary.start + BigInt(Math.round(ns)),
      process,
      name,
      alias,
      unit,
      attributes,
      value: values[index] ?? Number.NaN,
    }));
  return ok(found.value.flatMap(samplesFrom));
}

const sampleText = (summary: RecordingSummary, { name, unit, attributes }: MetricSeries, sample: Sample): string =>
  onOneLine(
    `${offsetFromStart(sample.instant, summary.start)}  ${sample.process}  ${name}${shownAttributes(attributes)}  ${sample.value} ${unit}`,
  );

/** Of one series: all of its samples in the range. Null where there is no finite one. */
interface Summed {
  readonly process: number;
  readonly name: string;
  readonly alias: string;
  readonly unit: string;
  readonly attributes: unknown;
  readonly samples: number;
  readonly least: number | null;
  readonly average: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly most: number | null;
}

/** Series without a sample in the range are left out. */
async function summed(
  reading: Reading,
  listed: readonly MetricSeries[],
  { from, to }: { readonly from: bigint; readonly to: bigint },
  args: CommandArgs<"metrics">,
): Promise<Result<undefined, HindcastError>> {
  const { call, recordingId, out } = reading;
  const found: Summed[] = [];
  for (const [at, series] of listed.entries()) {
    const asked = { recordingId, from, to, series: [series.series], slices: 1, quantiles: Object.values(quantiles) };
    const slices = await call("metrics.slices", asked);
    if (!slices.ok) return slices;
    const [slice] = slices.value;
    if (slice !== undefined && (slice.samples[0] ?? 0) > 0) found.push(summedOf(series, slice));
    await reading.listed(at + 1, listed.length, "series");
  }
  const rows = found.slice(...partOf(found.length, args));
  const lines = args.json ? rows.map((row) => JSON.stringify(row)) : summedTexts(rows);
  for (const line of lines) {
    if (out.isClosed) return done;
    await out.line(line);
  }
  return done;
}

function summedOf(
  { process, name, alias, unit, attributes }: MetricSeries,
  slice: CallResult<"metrics.slices">[number],
): Summed {
  const first = (values: Float64Array | undefined): number | null => {
    const value = values?.[0];
    return value === undefined || !Number.isFinite(value) ? null : value;
  };
  const [least, most] = [first(slice.least), first(slice.most)];
  // What stands for samples that are nearly the same may be a little beyond them.
  const quantileOf = (wanted: number): number | null => {
    const value = first(slice.quantiles.find(({ quantile }) => quantile === wanted)?.values);
    return value === null || least === null || most === null ? null : Math.min(Math.max(value, least), most);
  };
  return {
    process,
    name,
    alias,
    unit,
    attributes: attributesFrom(attributes),
    samples: slice.samples[0] ?? 0,
    least,
    average: first(slice.average),
    p50: quantileOf(quantiles.p50),
    p95: quantileOf(quantiles.p95),
    p99: quantileOf(quantiles.p99),
    most,
  };
}

const headings = ["PROCESS", "METRIC", "SAMPLES", "MIN", "AVG", "P50", "P95", "P99", "MAX", "UNIT"];
const numberColumns = new Set(
  ["PROCESS", "SAMPLES", "MIN", "AVG", "P50", "P95", "P99", "MAX"].map((name) => headings.indexOf(name)),
);

function summedTexts(rows: readonly Summed[]): string[] {
  const number = (value: number | null): string => (value === null ? "–" : String(Number(value.toPrecision(4))));
  const cells = rows.map((row) => [
    String(row.process),
    onOneLine(`${row.name}${shownAttributes(JSON.stringify(row.attributes))}`),
    String(row.samples),
    ...[row.least, row.average, row.p50, row.p95, row.p99, row.most].map(number),
    onOneLine(row.unit),
  ]);
  return cells.length === 0 ? [] : aligned([headings, ...cells], numberColumns);
}
