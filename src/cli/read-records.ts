// Commands about what happened: info, events, spans, open-spans, logs, metrics, around, marks.
import { type Result, ok } from "../shared/base/result.js";
import type { CallResult, MetricSeries, RecordingSummary } from "../shared/protocol/engine-calls.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, type Reading, done, range, withRecording } from "./reading.js";
import { eventRow, instantsAsText, logRow, markRow, onOneLine, printed, processText, redactionsText, spanRow } from "./rows.js";
import type { Ending } from "./terminal.js";
import { durationText, isoFromInstant, offsetFromStart } from "./time-text.js";
import type { World } from "./world.js";

const everyRow = 1_000_000_000;
const logPageRows = 2000;
const mostPoints = 20_000;

export const info = (world: World, args: CommandArgs<"info">): Promise<Ending> =>
  withRecording(world, args.file, async ({ out, summary }) => {
    if (args.json) await out.line(JSON.stringify(summary, instantsAsText));
    else for (const line of summaryLines(summary)) await out.line(line);
    return done;
  });

function summaryLines(summary: RecordingSummary): string[] {
  const { name, state, start, end, sizeBytes, formatVersion, processes, scopes, counts } = summary;
  const scopeNames = scopes.map(({ scope, process }) => `${scope} (process ${process})`).join(", ");
  return [
    `${onOneLine(name)}  ${state}, format ${formatVersion}, ${(sizeBytes / 1e6).toFixed(1)} MB`,
    `from ${isoFromInstant(start)} to ${isoFromInstant(end)} (${durationText(Number(end - start))})`,
    `events ${counts.events}, spans ${counts.spans}, logs ${counts.logs}, metric samples ${counts.metrics}, writes ${counts.writes}, lost ${counts.lost}`,
    `state: ${scopeNames === "" ? "none" : onOneLine(scopeNames)}`,
    "processes:",
    ...processes.flatMap((process) => [processText(process), ...redactionsText(process)]),
  ];
}

export const events = (world: World, args: CommandArgs<"events">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const times = range(reading, args);
    if (!times.ok) return times;
    const found = await reading.call("events.range", {
      recordingId: reading.recordingId,
      ...times.value,
      limit: args.limit ?? everyRow,
    });
    if (!found.ok) return found;
    return printColumns(reading, found.value, found.value.timeNs.length, eventRow, args.json);
  });

export const around = (world: World, args: CommandArgs<"around">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const at = reading.instant(args.at);
    if (!at.ok) return at;
    const limit = args.limit ?? 20;
    const found = await reading.call("events.around", {
      recordingId: reading.recordingId,
      instant: at.value,
      before: Math.ceil(limit / 2),
      after: Math.floor(limit / 2),
    });
    if (!found.ok) return found;
    return printColumns(reading, found.value, found.value.timeNs.length, eventRow, args.json);
  });

export const spans = (world: World, args: CommandArgs<"spans">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const times = range(reading, args);
    if (!times.ok) return times;
    const found = await reading.call("spans.range", {
      recordingId: reading.recordingId,
      ...times.value,
      limit: args.limit ?? everyRow,
    });
    if (!found.ok) return found;
    return printColumns(reading, found.value, found.value.startNs.length, spanRow, args.json);
  });

export const openSpans = (world: World, args: CommandArgs<"open-spans">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const at = reading.instant(args.at);
    if (!at.ok) return at;
    const found = await reading.call("spans.openAt", {
      recordingId: reading.recordingId,
      instant: at.value,
      limit: args.limit ?? everyRow,
    });
    if (!found.ok) return found;
    return printColumns(reading, found.value, found.value.startNs.length, spanRow, args.json);
  });

async function printColumns<Columns>(
  { out, summary }: Reading,
  columns: Columns,
  length: number,
  rowOf: (
    columns: Columns,
    index: number,
    summary: RecordingSummary,
  ) => { readonly json: unknown; readonly text: string },
  asJson: boolean,
): Promise<Done> {
  for (let index = 0; index < length && !out.isClosed; index++) {
    await out.line(printed(rowOf(columns, index, summary), asJson));
  }
  return done;
}

export const logs = (world: World, args: CommandArgs<"logs">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const { call, out, recordingId, summary } = reading;
    const times = range(reading, args);
    if (!times.ok) return times;
    const { from, to } = times.value;
    const before = await call("logs.around", { recordingId, instant: from - 1n, before: 0, after: 0 });
    if (!before.ok) return before;
    let left = args.limit ?? everyRow;
    for (let first = before.value.row + 1; !out.isClosed; first += logPageRows) {
      const page = await call("logs.page", { recordingId, first, limit: logPageRows });
      if (!page.ok) return page;
      const { length } = page.value.timeNs;
      for (let index = 0; index < length; index++) {
        const row = logRow(page.value, index, summary);
        if (row.instant > to || left-- === 0) return done;
        await out.line(printed(row, args.json));
      }
      if (length < logPageRows) break;
    }
    return done;
  });

export const metrics = (world: World, args: CommandArgs<"metrics">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const times = range(reading, args);
    if (!times.ok) return times;
    const listed = await reading.call("metrics.list", { recordingId: reading.recordingId });
    if (!listed.ok) return listed;
    let left = args.limit ?? everyRow;
    for (const series of listed.value) {
      const samples = await samplesOf(reading, series, times.value.from, times.value.to);
      if (!samples.ok) return samples;
      for (const sample of samples.value) {
        if (left-- === 0 || reading.out.isClosed) return done;
        await reading.out.line(
          args.json ? JSON.stringify(sample, instantsAsText) : sampleText(reading.summary, series, sample),
        );
      }
    }
    return done;
  });

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
  const attributes: unknown = series.attributes === "" ? {} : JSON.parse(series.attributes);
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
    `${offsetFromStart(sample.instant, summary.start)}  ${sample.process}  ${name}${attributes === "" || attributes === "{}" ? "" : attributes}  ${sample.value} ${unit}`,
  );

export const marks = (world: World, args: CommandArgs<"marks">): Promise<Ending> =>
  withRecording(world, args.file, async ({ call, out, recordingId, summary }) => {
    const found = await call("timeline.marks", { recordingId });
    if (!found.ok) return found;
    for (const mark of found.value) await out.line(printed(markRow(mark, summary), args.json));
    return done;
  });
