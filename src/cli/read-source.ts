// hindcast source: the files of the program whose calls are recorded; of one its text, with how often its functions were called.
import { failed } from "../shared/base/result.js";
import { hindcastError } from "../shared/protocol/errors.js";
import type { ListedSource, ReadSource } from "../shared/protocol/source-calls.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, type Reading, done, withRecording } from "./reading.js";
import { onOneLine } from "./rows.js";
import { aligned } from "./table-text.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

export const source = (world: World, args: CommandArgs<"source">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const { call, recordingId } = reading;
    const answer = await call("sources.list", { recordingId });
    if (!answer.ok) return answer;
    const { sources } = answer.value;
    if (args.path === undefined) return printList(reading, sources, args.json);
    const named = sources.filter(({ file }) => file === args.path || file.endsWith(`/${args.path}`));
    const files = [...new Set(named.map(({ file }) => file))];
    const [only, ...others] = files;
    if (only === undefined) return failed(hindcastError("no-such-source", { path: args.path }));
    if (others.length > 0)
      return failed(
        hindcastError("bad-usage", { reason: `several sources end in ${args.path}: ${files.slice(0, 5).join(", ")}` }),
      );
    const found = await call("sources.read", { recordingId, file: only });
    if (!found.ok) return found;
    if (found.value.source === undefined) return failed(hindcastError("no-such-source", { path: args.path }));
    return printOne(reading, found.value.source, args.json);
  });

async function printList({ out }: Reading, sources: readonly ListedSource[], asJson: boolean): Promise<Done> {
  if (asJson) for (const one of sources) await out.line(JSON.stringify(one));
  else if (sources.length === 0)
    await out.line("no sources: they are kept where calls are recorded, by --level calls without --sources off");
  if (asJson || sources.length === 0) return done;
  const cells = sources.map(({ file, bytes, functions, skipped, notInstrumented, leftOut }) => [
    leftOut === undefined ? bytes.toLocaleString("en-US") : "–",
    String(functions),
    String(skipped),
    onOneLine(file),
    onOneLine(notInstrumented ?? leftOut ?? ""),
  ]);
  const headings = ["BYTES", "FUNCTIONS", "SKIPPED", "FILE", "WHY NOT"];
  for (const line of aligned([headings, ...cells], new Set([0, 1, 2]))) await out.line(line.trimEnd());
  return done;
}

interface FunctionRow {
  readonly function: string;
  readonly line: number;
  readonly column: number;
  readonly calls: number;
  readonly failed: number;
  readonly totalNs: number;
  readonly notInstrumented: string | null;
}

const functionsOf = ({ functions }: ReadSource): FunctionRow[] =>
  functions.names.map((name, at) => ({
    function: name,
    line: functions.lines[at] ?? 0,
    column: functions.columns[at] ?? 0,
    calls: functions.calls[at] ?? 0,
    failed: functions.failed[at] ?? 0,
    totalNs: functions.totalNs[at] ?? 0,
    notInstrumented: functions.reasons[at] === "" ? null : (functions.reasons[at] ?? null),
  }));

/** How often what begins in a line was called stands in front of it. */
async function printOne({ out }: Reading, found: ReadSource, asJson: boolean): Promise<Done> {
  const functions = functionsOf(found);
  if (asJson) {
    await out.line(JSON.stringify({ ...found, functions }));
    return done;
  }
  if (found.text === undefined) {
    await out.line(`${onOneLine(found.file)}: no text, ${onOneLine(found.leftOut ?? "it is not kept")}`);
    for (const row of functions) await out.line(onOneLine(`${row.line}:${row.column}  ${row.calls}  ${row.function}`));
    return done;
  }
  const lines = found.text.replace(/(?:\r\n|[\n\r])$/, "").split(/\r\n|[\n\r\u2028\u2029]/);
  const calls = new Map<number, number>();
  for (const { line, calls: count, notInstrumented } of functions)
    if (notInstrumented === null) calls.set(line, (calls.get(line) ?? 0) + count);
  const skipped = new Map(
    functions.flatMap(({ line, notInstrumented: why }) => (why === null ? [] : [[line, why] as const])),
  );
  const widths = [
    String(lines.length).length,
    Math.max(...[...calls.values(), 0].map((count) => String(count).length)),
  ];
  for (const [at, text] of lines.entries()) {
    const number = String(at + 1).padStart(widths[0] ?? 0);
    const count = String(calls.get(at + 1) ?? "").padStart(widths[1] ?? 0);
    const why = skipped.get(at + 1);
    const shown = onOneLine(text.replaceAll("\t", "  "));
    await out.line(`${number}  ${count}  ${shown}${why === undefined ? "" : `  ⟵ no calls: ${why}`}`.trimEnd());
  }
  return done;
}
