// Commands about what happened: info, events, spans, open-spans, logs, around, marks.
import type { Result } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import type { EventColumns } from "../shared/protocol/engine-rows.js";
import { inFamilies } from "../shared/protocol/process-families.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import { ringCost, ringOwnersText } from "../shared/protocol/ring-cost.js";
import { isoFromInstant, offsetFromStart } from "../shared/trace/iso-time.js";
import { sizeText } from "./byte-size.js";
import { clockText } from "./cut-text.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, type Reading, done, partOf, range, withRecording } from "./reading.js";
import {
  type Row,
  eventRow,
  faultsText,
  instantsAsText,
  logRow,
  lostText,
  markRow,
  onOneLine,
  printed,
  processText,
  filteredText,
  redactionsText,
  resizedText,
  spanRow,
} from "./rows.js";
import { unrecordedChildren } from "./missing-records.js";
import type { Ending } from "./terminal.js";
import { durationText } from "./time-text.js";
import type { World } from "./world.js";

const pageRows = 10_000;
/** Soon there. */
const firstPageRows = 200;
const logPageRows = 2000;

export const info = (world: World, args: CommandArgs<"info">): Promise<Ending> =>
  withRecording(world, args.file, async ({ call, out, recordingId, summary }) => {
    if (args.json) await out.line(JSON.stringify(summary, instantsAsText));
    else {
      for (const line of summaryLines(summary)) await out.line(line);
      for (const words of await unrecordedChildren(call, recordingId)) await out.line(`  ${onOneLine(words)}`);
    }
    return done;
  });

function summaryLines(summary: RecordingSummary): string[] {
  const { name, state, start, end, sizeBytes, formatVersion, processes, scopes, counts } = summary;
  const scopeNames = scopes.map(({ scope, process }) => `${scope} (process ${process})`).join(", ");
  return [
    `${onOneLine(name)}  ${state}, format ${formatVersion}, ${sizeText(sizeBytes)}`,
    `from ${isoFromInstant(start)} to ${isoFromInstant(end)} (${durationText(Number(end - start))})`,
    `events ${counts.events}, spans ${counts.spans}, logs ${counts.logs}, metric samples ${counts.metrics}, writes ${counts.writes}, ${lostText(summary)}`,
    ...keptLines(summary),
    ...engineLines(summary),
    ...ringLines(summary),
    `state: ${scopeNames === "" ? "none" : onOneLine(scopeNames)}`,
    "processes:",
    ...inFamilies(processes).flatMap(({ process, depth }) => [
      processText(process, depth),
      ...clockText(process, processes.length > 1),
      ...redactionsText(process),
      ...filteredText(process),
      ...resizedText(process),
      ...faultsText(process),
    ]),
  ];
}

function keptLines({ limits, evicted, pins, start }: RecordingSummary): string[] {
  const { maxAgeMs, maxBytes } = limits ?? {};
  const most = [
    ...(maxAgeMs === undefined ? [] : [`the last ${durationText(maxAgeMs * 1e6)}`]),
    ...(maxBytes === undefined ? [] : [`at most ${(maxBytes / 1e6).toLocaleString("en-US")} MB`]),
  ];
  const lines = most.length === 0 ? [] : [`keeps ${most.join(" and ")}`];
  if (evicted !== undefined) {
    const { until, ...counts } = evicted;
    const words = Object.entries(counts).flatMap(([kind, count]) =>
      count === 0 ? [] : [`${count.toLocaleString("en-US")} ${kind === "metrics" ? "metric samples" : kind}`],
    );
    lines.push(
      `evicted, all from before ${isoFromInstant(until)} or between pins: ${words.join(", ") || "nothing yet"}`,
    );
  }
  for (const { pin, label, from, to } of pins)
    lines.push(`pin ${pin}: ${onOneLine(label)}, ${offsetFromStart(from, start)} to ${offsetFromStart(to, start)}`);
  const total = pins.reduce((sum, { from, to }) => sum + Number(to - from), 0);
  if (pins.length > 1) lines.push(`pinned in all: ${durationText(total)}`);
  return lines;
}

function engineLines({ engine, state }: RecordingSummary): string[] {
  if (engine === undefined) return [];
  const { cpuShare, waitingRows } = engine;
  const now =
    `recording takes ${(100 * cpuShare).toFixed(0)} % of a core now; ` +
    `${waitingRows.toLocaleString("en-US")} row${waitingRows === 1 ? " is" : "s are"} not in the file yet`;
  const { seconds, cpuSeconds, commits, slowestCommitMs, mostWaitingRows, mostWaitingBytes } = engine;
  const share = seconds === 0 ? "" : ` (${((100 * cpuSeconds) / seconds).toFixed(0)} % of a core)`;
  return [
    `recording cost the engine ${cpuSeconds.toFixed(1)} s of CPU in ${seconds.toFixed(1)} s${share}; at most ` +
      `${mostWaitingRows.toLocaleString("en-US")} rows (${sizeText(mostWaitingBytes)}) waited; ` +
      `${commits.toLocaleString("en-US")} commit${commits === 1 ? "" : "s"}, the slowest ${slowestCommitMs.toFixed(0)} ms`,
    ...(state === "live" ? [now] : []),
  ];
}

function ringLines({ processes }: RecordingSummary): string[] {
  const cost = ringCost(processes);
  if (cost.bytes === 0) return [];
  return [`recording cost the programs ${sizeText(cost.bytes)} for buffers at most, in ${ringOwnersText(cost)}`];
}

export const events = (world: World, args: CommandArgs<"events">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const times = range(reading, args);
    if (!times.ok) return times;
    const { call, recordingId } = reading;
    const ask = (part: Part) => call("events.page", { recordingId, ...times.value, ...part });
    return printPages(reading, args, ask, eventRow);
  });

export const around = (world: World, args: CommandArgs<"around">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const at = reading.instant(args.at);
    if (!at.ok) return at;
    const nearest = args.nearest ?? 20;
    const found = await reading.call("events.around", {
      recordingId: reading.recordingId,
      instant: at.value,
      before: Math.ceil(nearest / 2),
      after: Math.floor(nearest / 2),
    });
    if (!found.ok) return found;
    const names: string[] = [];
    for (let index = 0; index < found.value.names.length; index++)
      names.push(await nameOf(reading, found.value, index));
    return printColumns(reading, { ...found.value, names }, [0, names.length], eventRow, args.json);
  });

/** A write by what it did to which path, `cart.total = 5`, as far as it is of a captured scope. */
async function nameOf({ call, recordingId }: Reading, columns: EventColumns, index: number): Promise<string> {
  const [name = "", process = 0, seq = 0] = [columns.names[index], columns.process[index], columns.seq[index]];
  if (!name.startsWith("write: ")) return name;
  const from = { kind: "seq", process, seq: seq - 1 } as const;
  const next = await call("timeline.step", { recordingId, from, direction: "next", kind: "write", process });
  if (!next.ok || next.value.position?.seq !== seq) return name;
  return `write: ${next.value.position.what}`;
}

export const spans = (world: World, args: CommandArgs<"spans">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const times = range(reading, args);
    if (!times.ok) return times;
    const { call, recordingId } = reading;
    const ask = (part: Part) => call("spans.page", { recordingId, ...times.value, ...part });
    return printPages(reading, args, ask, spanRow);
  });

export const openSpans = (world: World, args: CommandArgs<"open-spans">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const at = reading.instant(args.at);
    if (!at.ok) return at;
    const { call, recordingId } = reading;
    const ask = (part: Part) =>
      call("spans.page", { recordingId, from: at.value, to: at.value, openOnly: true, ...part });
    return printPages(reading, args, ask, spanRow);
  });

type Part = Pick<CallArgs<"events.page">, "after" | "skip" | "limit">;
type Page<Columns> = Omit<CallResult<"events.page">, "page"> & { readonly page: Columns };

/** However many there are: a page at a time. */
async function printPages<Columns extends { readonly process: Uint16Array }>(
  reading: Reading,
  args: { readonly limit: number | undefined; readonly last: number | undefined; readonly json: boolean },
  ask: (part: Part) => Promise<Result<Page<Columns>, HindcastError>>,
  rowOf: RowOf<Columns>,
): Promise<Done> {
  const all = args.last === undefined ? undefined : await ask({ limit: 0 });
  if (all?.ok === false) return all;
  let part: Part = { skip: Math.max(0, (all?.value.total ?? 0) - (args.last ?? 0)), limit: firstPageRows };
  let printedRows = 0;
  for (let left = args.limit ?? args.last ?? Infinity; left > 0 && !reading.out.isClosed;) {
    const found = await ask({ ...part, limit: Math.min(left, part.limit) });
    if (!found.ok) return found;
    const { page, next } = found.value;
    await printColumns(reading, page, [0, page.process.length], rowOf, args.json);
    left -= page.process.length;
    printedRows += page.process.length;
    if (next === undefined) break;
    await reading.listed(printedRows, Math.min(found.value.total, args.limit ?? args.last ?? Infinity), "rows");
    part = { after: next, limit: pageRows };
  }
  return done;
}

type RowOf<Columns> = (columns: Columns, index: number, summary: RecordingSummary) => Row;

async function printColumns<Columns>(
  { out, summary }: Reading,
  columns: Columns,
  [first, end]: readonly [first: number, end: number],
  rowOf: RowOf<Columns>,
  asJson: boolean,
): Promise<Done> {
  for (let index = first; index < end && !out.isClosed; index++) {
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
    const filter = args.pattern === undefined ? {} : { pattern: args.pattern };
    const before = await call("logs.around", { recordingId, ...filter, instant: from - 1n, before: 0, after: 0 });
    if (!before.ok) return before;
    const upTo = await call("logs.around", { recordingId, ...filter, instant: to, before: 0, after: 0 });
    if (!upTo.ok) return upTo;
    const [skipped, end] = partOf(Math.max(0, upTo.value.row - before.value.row), args);
    let left = end - skipped;
    const wanted = left;
    for (let first = before.value.row + 1 + skipped; !out.isClosed; first += logPageRows) {
      const page = await call("logs.page", { recordingId, ...filter, first, limit: logPageRows });
      if (!page.ok) return page;
      const { length } = page.value.timeNs;
      for (let index = 0; index < length; index++) {
        if (left-- === 0) return done;
        await out.line(printed(logRow(page.value, index, summary), args.json));
      }
      if (length < logPageRows) break;
      await reading.listed(Math.max(0, wanted - left), wanted, "rows");
    }
    return done;
  });

export const marks = (world: World, args: CommandArgs<"marks">): Promise<Ending> =>
  withRecording(world, args.file, async ({ call, out, recordingId, summary }) => {
    const found = await call("timeline.marks", { recordingId });
    if (!found.ok) return found;
    for (const mark of found.value) await out.line(printed(markRow(mark, summary), args.json));
    return done;
  });
