// hindcast search: rows and metrics that some texts occur in, in the order of time.
import { failed } from "../shared/base/result.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import { type SearchColumns, mostSearchText } from "../shared/protocol/engine-rows.js";
import { hindcastError } from "../shared/protocol/errors.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, type Reading, done, namedProcess, range, withRecording } from "./reading.js";
import { hitRow, printed } from "./rows.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

const pageRows = 1000;

type Question = Omit<CallArgs<"search.page">, "after" | "limit">;

export const search = (world: World, args: CommandArgs<"search">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const { summary, recordingId } = reading;
    if (args.text.length > mostSearchText)
      return failed(
        hindcastError("bad-usage", { reason: `what is looked for has at most ${mostSearchText} characters` }),
      );
    const times = range(reading, args);
    if (!times.ok) return times;
    const process = args.process === undefined ? undefined : namedProcess(summary.processes, args.process);
    if (process?.ok === false) return process;
    // What has no process of its own clock may lie outside of what the summary says.
    const from = args.from === undefined ? undefined : times.value.from;
    const to = args.to === undefined ? undefined : times.value.to;
    const question = { recordingId, text: args.text, kinds: args.kind, process: process?.value, from, to };
    if (args.last === undefined) return printAll(reading, { ...question, order: "oldest" }, args);
    return printLast(reading, { ...question, order: "newest" }, args.last, args.json);
  });

async function printAll(
  reading: Reading,
  question: Question,
  { limit, json }: { readonly limit: number | undefined; readonly json: boolean },
): Promise<Done> {
  const { out, summary } = reading;
  return eachPage(reading, question, limit ?? Infinity, async (page) => {
    for (let row = 0; row < page.seq.length; row++) await out.line(printed(hitRow(page, row, summary), json));
    await out.flush();
    return !out.isClosed;
  });
}

/** Found from the end, printed from the beginning. */
async function printLast(reading: Reading, question: Question, last: number, json: boolean): Promise<Done> {
  const lines: string[] = [];
  const found = await eachPage(reading, question, last, (page) => {
    for (let row = 0; row < page.seq.length; row++) lines.push(printed(hitRow(page, row, reading.summary), json));
    return Promise.resolve(true);
  });
  if (!found.ok) return found;
  for (const line of lines.toReversed()) await reading.out.line(line);
  return done;
}

/** Until there are no more, `most` have come, or `take` has had enough. */
async function eachPage(
  { call }: Reading,
  question: Question,
  most: number,
  take: (page: SearchColumns) => Promise<boolean>,
): Promise<Done> {
  let left = most;
  let after: SearchColumns["next"];
  do {
    const page = await call("search.page", { ...question, after, limit: Math.min(pageRows, left) });
    if (!page.ok) return page;
    left -= page.value.seq.length;
    const goesOn = await take(page.value);
    after = goesOn && left > 0 ? page.value.next : undefined;
  } while (after !== undefined);
  return done;
}
