// hindcast calls: calls of the program's functions in the order of time; those under way at an instant; or all of a stretch, summed up
// by how they were reached.
import { type Result, failed } from "../shared/base/result.js";
import { mostCalls } from "../shared/protocol/call-calls.js";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { spanStatuses } from "../shared/trace/attributes.js";
import { offsetFromStart } from "../shared/trace/iso-time.js";
import type { CommandArgs } from "./decode-args.js";
import { linesAttribute, linesLeftOutAttribute, stepsFrom, stepsLeftOut } from "../shared/trace/call-lines.js";
import { type Done, type Reading, done, namedProcess, range, withRecording } from "./reading.js";
import { type Row, attributesFrom, onOneLine, printed } from "./rows.js";
import { aligned } from "./table-text.js";
import type { Ending } from "./terminal.js";
import { durationText } from "./time-text.js";
import type { World } from "./world.js";

type Args = CommandArgs<"calls">;
type Page = CallResult<"calls.page">;
type Columns = Page["calls"];
type Places = Pick<Page, "files" | "lines" | "columns">;

const firstPage = 200;

export const calls = (world: World, args: Args): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    if (args.at !== undefined && args.tree)
      return failed(hindcastError("bad-usage", { reason: "--at and --tree do not go together" }));
    if (args.steps && args.tree)
      return failed(hindcastError("bad-usage", { reason: "--steps and --tree do not go together" }));
    if (args.process !== undefined && !args.tree)
      return failed(hindcastError("bad-usage", { reason: "--process goes with --tree" }));
    if (args.at !== undefined) return printStacks(reading, args.at, args);
    const times = range(reading, args);
    if (!times.ok) return times;
    return args.tree ? printTree(reading, times.value, args) : printCalls(reading, times.value, args);
  });

interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

async function printCalls(reading: Reading, times: Range, args: Args): Promise<Done> {
  const { call, recordingId, out, listed } = reading;
  const of = args.function === undefined ? {} : { function: args.function };
  const ask = (limit: number, after: Page["next"]): Promise<Result<Page, HindcastError>> =>
    call("calls.page", { recordingId, ...times, ...of, ...(after === undefined ? {} : { after }), limit });
  const wanted = args.limit ?? Infinity;
  let found = await ask(Math.min(wanted, firstPage), undefined);
  for (let count = 0; ;) {
    if (!found.ok) return found;
    await printPage(reading, found.value, args);
    count += found.value.calls.names.length;
    if (found.value.next === undefined || count >= wanted || out.isClosed) return done;
    await listed(count, undefined, "rows");
    found = await ask(Math.min(wanted - count, mostCalls), found.value.next);
  }
}

async function printPage({ out, summary }: Reading, page: Page, { json, steps }: Args): Promise<void> {
  for (let row = 0; row < page.calls.names.length && !out.isClosed; row++) {
    const more = { depth: page.depth[row] ?? 0, ownNs: page.ownNs[row] ?? 0 };
    await out.line(printed(callRow(page.calls, page, row, summary, more), json));
    if (steps && !json)
      for (const text of stepLines(page.calls.attributes[row] ?? "", more.depth)) await out.line(text);
  }
}

/** Below a call: each line that ran, with the variables that were others than before. */
function stepLines(text: string, depth: number): string[] {
  const attributes = attributesOf(text);
  const indent = "  ".repeat(Math.min(depth, 40) + 1);
  const lines = stepsFrom(attributes).map(({ line, changed }) => {
    const values = Object.entries(changed).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
    return onOneLine(`${indent}line ${line}${values.length === 0 ? "" : `  ${values.join(", ")}`}`);
  });
  const leftOut = stepsLeftOut(attributes);
  return leftOut === 0 ? lines : [...lines, `${indent}${leftOut} more statements ran that were not recorded`];
}

const attributesOf = (text: string): Readonly<Record<string, unknown>> => {
  const read = attributesFrom(text);
  return typeof read === "object" && read !== null ? { ...read } : {};
};

/** `more`: what is known of it besides. */
function callRow(
  calls: Columns,
  { files, lines, columns }: Places,
  row: number,
  summary: RecordingSummary,
  more: { readonly depth: number; readonly ownNs?: number; readonly stack?: number },
): Row {
  const endNs = calls.endNs[row] ?? NaN;
  const durationNs = Number.isNaN(endNs) ? null : endNs - (calls.startNs[row] ?? 0);
  const start = summary.start + BigInt(Math.round(calls.startNs[row] ?? 0));
  const attributes = attributesOf(calls.attributes[row] ?? "");
  const given = attributes["hindcast.call.arguments"];
  const result = attributes["hindcast.call.result"];
  const failure = attributes["exception.message"] ?? attributes["error.type"];
  const thrown = spanStatuses[calls.status[row] ?? 0] === "error" ? (failure ?? "?") : undefined;
  const [file, line] = [files[row] ?? "", lines[row] ?? 0];
  const name = calls.names[row] ?? "";
  const json = {
    ...(more.stack === undefined ? {} : { stack: more.stack }),
    start,
    durationNs,
    ...(more.ownNs === undefined ? {} : { ownNs: more.ownNs }),
    depth: more.depth,
    process: calls.process[row] ?? 0,
    function: name,
    file: file === "" ? null : file,
    line: file === "" ? null : line,
    column: file === "" ? null : (columns[row] ?? 0),
    arguments: given ?? null,
    ...(thrown === undefined ? { result: result ?? null } : { thrown }),
    ...(attributes[linesAttribute] === undefined ? {} : { lines: stepsFrom(attributes) }),
    ...(attributes[linesLeftOutAttribute] === undefined ? {} : { linesLeftOut: stepsLeftOut(attributes) }),
    ...(thrown !== undefined && attributes["exception.type"] !== undefined
      ? { thrownType: attributes["exception.type"] }
      : {}),
    spanId: calls.spanIds[row] ?? "",
    parentSpanId: calls.parentSpanIds[row] ?? "",
    traceId: calls.traceIds[row] ?? "",
  };
  const lasted = durationNs === null ? "open" : durationText(durationNs);
  const own = more.ownNs === undefined ? "" : `  ${durationText(more.ownNs).padStart(10)}`;
  const came =
    thrown !== undefined ? `  threw ${textOf(thrown)}` : result === undefined ? "" : ` = ${JSON.stringify(result)}`;
  const what = `${"  ".repeat(Math.min(more.depth, 40))}${name}(${argumentsText(given)})${came}`;
  const place = file === "" ? "" : `  ${file}:${line}`;
  return {
    json,
    text: onOneLine(`${offsetFromStart(start, summary.start)}  ${lasted.padStart(10)}${own}  ${what}${place}`),
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const argumentsText = (given: unknown): string =>
  typeof given !== "object" || given === null
    ? ""
    : Object.entries(given)
        .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
        .join(", ");

async function printStacks(reading: Reading, at: string, args: Args): Promise<Done> {
  const { call, recordingId, summary, out } = reading;
  const instant = reading.instant(at);
  if (!instant.ok) return instant;
  const found = await call("calls.stacks", { recordingId, instant: instant.value });
  if (!found.ok) return found;
  const { frames, stack, isCall, total } = found.value;
  let depth = 0;
  for (let row = 0; row < frames.names.length && !out.isClosed; row++) {
    const isFirst = row === 0 || stack[row] !== stack[row - 1];
    depth = isFirst ? 0 : depth + 1;
    if (isFirst && row > 0 && !args.json) await out.line("");
    const printedRow = callRow(frames, found.value, row, summary, { depth, stack: stack[row] ?? 0 });
    const steps = args.steps && !args.json ? stepLines(frames.attributes[row] ?? "", depth) : [];
    const json =
      typeof printedRow.json === "object" ? { ...printedRow.json, isCall: isCall[row] === 1 } : printedRow.json;
    await out.line(printed({ ...printedRow, json }, args.json));
    for (const text of steps) await out.line(text);
  }
  const shown = (stack.at(-1) ?? -1) + 1;
  if (total > shown && !args.json) await out.line(`and ${total - shown} more`);
  return done;
}

async function printTree(reading: Reading, times: Range, args: Args): Promise<Done> {
  const { call, recordingId, out, summary } = reading;
  const process = args.process === undefined ? undefined : namedProcess(summary.processes, args.process);
  if (process?.ok === false) return process;
  const of = process === undefined ? {} : { process: process.value };
  const found = await call("calls.tree", { recordingId, ...times, ...of });
  if (!found.ok) return found;
  const tree = found.value;
  const depths: number[] = [];
  const rows = tree.names.map((name, at) => {
    const parent = (tree.parents[at] ?? 0) - 1;
    const depth = parent < 0 ? 0 : (depths[parent] ?? 0) + 1;
    depths.push(depth);
    return {
      name,
      depth,
      parent: parent < 0 ? null : parent,
      file: tree.files[at] === "" ? null : (tree.files[at] ?? null),
      line: tree.files[at] === "" ? null : (tree.lines[at] ?? 0),
      isCall: tree.isCall[at] === 1,
      calls: tree.calls[at] ?? 0,
      failed: tree.failed[at] ?? 0,
      recursive: tree.recursive[at] ?? 0,
      totalNs: tree.totalNs[at] ?? 0,
      ownNs: tree.ownNs[at] ?? 0,
    };
  });
  const shown = rows.slice(0, args.limit ?? Infinity);
  if (args.json) for (const row of shown) await out.line(JSON.stringify(row));
  if (args.json || rows.length === 0) return done;
  const cells = shown.map(({ name, depth, calls: count, failed: errors, totalNs, ownNs, file, line }) => [
    String(count),
    String(errors),
    durationText(totalNs),
    durationText(ownNs),
    onOneLine(`${"  ".repeat(Math.min(depth, 40))}${name}${file === null ? "" : `  ${file}:${line}`}`),
  ]);
  const headings = ["CALLS", "FAILED", "TOTAL", "SELF", "WHAT"];
  for (const text of aligned([headings, ...cells], new Set([0, 1, 2, 3]))) await out.line(text);
  if (tree.isCut) await out.line("there are more spans than were looked at: ask for a shorter stretch");
  return done;
}
