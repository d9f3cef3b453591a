// Rows as the command line prints them: one JSON object a line with --json, one line of text without. Instants are
// strings of epoch nanoseconds in JSON, since a JSON number cannot hold them.
import type { CallResult } from "../shared/protocol/engine-calls.js";
import {
  type EventColumns,
  type LogColumns,
  type SearchColumns,
  type SpanColumns,
  type WriteEntry,
  foundKinds,
} from "../shared/protocol/engine-rows.js";
import { kindText } from "../shared/protocol/process-families.js";
import {
  type ProcessSummary,
  type RecordingSummary,
  resizedReasons,
  wasLeft,
} from "../shared/protocol/recording-summary.js";
import { severityFromNumber, spanKinds, spanStatuses } from "../shared/trace/attributes.js";
import { offsetFromStart } from "../shared/trace/iso-time.js";
import { shellQuoted } from "./shell-words.js";
import { durationText } from "./time-text.js";

export interface Row {
  readonly json: unknown;
  readonly text: string;
}

const instantAt = ({ start }: RecordingSummary, ns: number): bigint => start + BigInt(Math.round(ns));

export const printed = (row: Row, asJson: boolean): string =>
  asJson ? JSON.stringify(row.json, instantsAsText) : row.text;

/** Every bigint in what is printed is an instant; captured bigints are tagged values. */
export const instantsAsText = (_key: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value;

/** Attributes as they come, as JSON; no text where there are none. */
export const attributesFrom = (text: string): unknown => (text === "" ? {} : JSON.parse(text));
const attributesText = (text: string): string => (text === "" || text === "{}" ? "" : `  ${text}`);

/** Control characters of a recorded text would move the cursor or colour the reader's terminal. */
export const onOneLine = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    if (character === "\n") return "\\n";
    return character === "\t" ? "\\t" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });

export function eventRow(
  columns: EventColumns,
  index: number,
  summary: RecordingSummary,
): Row & { readonly instant: bigint } {
  const instant = instantAt(summary, columns.timeNs[index] ?? 0);
  const attributes = columns.attributes[index] ?? "";
  const name = columns.names[index] ?? "";
  const process = columns.process[index] ?? 0;
  return {
    instant,
    json: {
      instant,
      process,
      seq: columns.seq[index],
      name,
      attributes: attributesFrom(attributes),
      spanId: columns.spanIds[index],
    },
    text: onOneLine(`${offsetFromStart(instant, summary.start)}  ${process}  ${name}${attributesText(attributes)}`),
  };
}

export function spanRow(columns: SpanColumns, index: number, summary: RecordingSummary): Row {
  const startNs = columns.startNs[index] ?? 0;
  const endNs = columns.endNs[index] ?? Number.NaN;
  const isOpen = Number.isNaN(endNs);
  const start = instantAt(summary, startNs);
  const attributes = columns.attributes[index] ?? "";
  const name = columns.names[index] ?? "";
  const process = columns.process[index] ?? 0;
  const kind = spanKinds[columns.kind[index] ?? 0] ?? "internal";
  const status = spanStatuses[columns.status[index] ?? 0] ?? "unset";
  const lasted = isOpen ? "open" : durationText(endNs - startNs);
  return {
    json: {
      start,
      end: isOpen ? null : instantAt(summary, endNs),
      durationNs: isOpen ? null : endNs - startNs,
      process,
      name,
      kind,
      status,
      spanId: columns.spanIds[index],
      traceId: columns.traceIds[index],
      parentSpanId: columns.parentSpanIds[index],
      attributes: attributesFrom(attributes),
    },
    text: onOneLine(
      `${offsetFromStart(start, summary.start)}  ${process}  ${lasted.padStart(10)}  ${status.padEnd(5)}  ${kind}  ${name}${attributesText(attributes)}`,
    ),
  };
}

export function logRow(
  columns: LogColumns,
  index: number,
  summary: RecordingSummary,
): Row & { readonly instant: bigint } {
  const instant = instantAt(summary, columns.timeNs[index] ?? 0);
  const severityNumber = columns.severity[index] ?? 9;
  const severity = severityFromNumber(severityNumber);
  const process = columns.process[index] ?? 0;
  const body = columns.bodies[index] ?? "";
  const attributes = columns.attributes[index] ?? "";
  return {
    instant,
    json: {
      instant,
      process,
      seq: columns.seq[index],
      severity,
      severityNumber,
      body,
      source: columns.sources[index],
      attributes: attributesFrom(attributes),
      spanId: columns.spanIds[index],
      traceId: columns.traceIds[index],
    },
    text: onOneLine(
      `${offsetFromStart(instant, summary.start)}  ${process}  ${severity.padEnd(5)}  ${body}${attributesText(attributes)}`,
    ),
  };
}

export function hitRow(columns: SearchColumns, index: number, summary: RecordingSummary): Row {
  const instant = instantAt(summary, columns.timeNs[index] ?? 0);
  const process = columns.process[index] ?? 0;
  const kind = foundKinds[columns.kind[index] ?? 0] ?? "event";
  const [name, field] = [columns.titles[index] ?? "", columns.fields[index] ?? ""];
  const [before, matched, after] = [columns.before[index], columns.matched[index], columns.after[index]];
  return {
    json: { instant, process, seq: columns.seq[index], kind, name, field, before, matched, after },
    text: onOneLine(
      `${offsetFromStart(instant, summary.start)}  ${process}  ${kind.padEnd(8)}  ${name}  ${field}: ${before}${matched}${after}`,
    ),
  };
}

/** "" names a scope's whole value. */
const shownPath = (path: string): string => (path === "" ? "(root)" : path);

/** Where the write was, and how that is to the path asked for, whose value is shown unless the write is below it. */
function placeText(path: string, asked: string): string {
  if (path === asked) return shownPath(path);
  const isBelow = asked === "" || (path.startsWith(asked) && /^[.[]/.test(path.slice(asked.length)));
  return `${shownPath(path)} (${isBelow ? "in" : "made"} ${shownPath(asked)})`;
}

/** `asked` is the path whose history this is of. */
export function writeRow(write: WriteEntry, summary: RecordingSummary, asked: string): Row {
  const { instant, after, process, path, operation, oldText, newText, location, span } = write;
  const when = offsetFromStart(instant, summary.start);
  const shownWhen = after === undefined ? when : `between ${offsetFromStart(after, summary.start)} and ${when}`;
  const where = location === undefined ? "" : `  ${location.file}:${location.line}:${location.column}`;
  const whereIn = location?.functionName === undefined ? "" : ` in ${location.functionName}`;
  const during = span === undefined ? "" : `  during ${span.name}`;
  return {
    json: { asked, ...write },
    text: onOneLine(
      `${shownWhen}  ${process}  ${operation}  ${placeText(path, asked)}: ${oldText || "(absent)"} → ${newText || "(absent)"}${where}${whereIn}${during}`,
    ),
  };
}

export function changeRow(change: CallResult<"state.diff">["changes"][number]): Row {
  const { path, oldText, newText } = change;
  return {
    json: { path, old: change.old, new: change.new },
    text: onOneLine(`${shownPath(path)}: ${oldText || "(absent)"} → ${newText || "(absent)"}`),
  };
}

/** What is missing for these reasons was not lost: stages of the pipeline left it out, or the recording was to keep no more. */
const missingBy: Readonly<Record<string, "leftOut" | "evicted">> = { filtered: "leftOut", evicted: "evicted" };
const missingWords = { leftOut: "left out", evicted: "evicted", lost: "lost" } as const;

export function markRow(mark: CallResult<"timeline.marks">[number], summary: Pick<RecordingSummary, "start">): Row {
  const { lost, ...rest } = mark;
  const missing = missingBy[mark.reason ?? ""] ?? "lost";
  const how = lost === 0 ? "" : `  ${lost} ${lost === 1 ? "record" : "records"} ${missingWords[missing]}`;
  return {
    json: { ...rest, lost: 0, [missing]: lost },
    text: onOneLine(
      `${offsetFromStart(mark.instant, summary.start)}  ${mark.process}  ${mark.kind.padEnd(5)}  ${mark.label}${how}`,
    ),
  };
}

const tailMissing = "connection lost; what it did last may be missing";

/** Why nothing more can have changed by then, undefined while it could: the process, or the recording, had ended. */
export function endBefore(
  { processes, start, end }: Pick<RecordingSummary, "processes" | "start" | "end">,
  number: number,
  instant: bigint,
): string | undefined {
  const process = processes.find((one) => one.process === number);
  if (process?.ended === undefined)
    return instant <= end ? undefined : `the recording had ended (at ${offsetFromStart(end, start)})`;
  const { at } = process.ended;
  if (instant <= at) return undefined;
  const when = `at ${offsetFromStart(at, start)}`;
  return wasLeft(process) ? `it was detached (${when})` : `the process had ended (${fateText(process)}, ${when})`;
}

function fateText(process: ProcessSummary): string {
  const { ended, endUnknown } = process;
  if (ended === undefined) return "running or cut off";
  if (wasLeft(process)) return "detached, the program went on";
  const { exitCode, signal } = ended;
  if (exitCode === undefined && signal === undefined) return endUnknown === true ? tailMissing : "ended";
  const how = signal === undefined ? `ended with ${exitCode}` : `ended by ${signal}`;
  return endUnknown === true ? `${how}, ${tailMissing}` : how;
}

/** One line, or none when nothing was redacted. */
export function redactionsText({ redactions = {} }: ProcessSummary): string[] {
  const kinds = Object.entries(redactions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return kinds.length === 0 ? [] : [`     redacted: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(", ")}`];
}

/** A line for each stage of the pipeline that left something out. */
export const filteredText = ({ filtered = {} }: ProcessSummary): string[] =>
  Object.entries(filtered)
    .toSorted(([a], [b]) => Number.parseInt(a) - Number.parseInt(b))
    .map(([stage, count]) => `     left out by stage ${stage}: ${count}`);

export const resizedText = (process: ProcessSummary): string[] =>
  resizedReasons(process).map((reason) => `     the recorder's buffer was ${reason}`);

/** One line, or none when nothing went wrong in the recorder. */
export const faultsText = ({ faults }: ProcessSummary): string[] =>
  faults === undefined
    ? []
    : [`     faults of the recorder itself: ${faults.agent} in the program's thread, ${faults.worker} in its own`];

/** Never none when what some process did last may be missing. */
export function lostText({ processes, counts }: Pick<RecordingSummary, "processes" | "counts">): string {
  if (!processes.some(({ endUnknown }) => endUnknown === true)) return `lost ${counts.lost}`;
  return counts.lost === 0 ? "lost unknown" : `lost at least ${counts.lost}`;
}

/** "worker thread 2 resizer of 1": what it is, and who started it. */
function lineageText(process: ProcessSummary): string {
  const of = process.parent === undefined ? undefined : `of ${process.parent}`;
  const kind = kindText(process) ?? (of === undefined ? undefined : "child");
  const words = [kind, of].filter((word) => word !== undefined);
  return words.length === 0 ? "" : `${words.join(" ")}, `;
}

/** `depth`: how far below the first of its kin it stands. */
export function processText(process: ProcessSummary, depth = 0): string {
  const { pid, serviceName, nodeVersion, level, argv } = process;
  const least = process.endUnknown === true ? "at least " : "";
  const loss = process.dropped === 0 ? "" : `, ${least}${process.dropped} records lost`;
  return onOneLine(
    `${"  ".repeat(depth + 1)}${process.process}  ${serviceName}  ${lineageText(process)}pid ${pid}, Node ${nodeVersion}, level ${level}, ${fateText(process)}${loss}: ${shellQuoted(argv)}`,
  );
}
