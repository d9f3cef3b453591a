// hindcast first and hindcast growth: when a condition on values came true, and which collections get more and more entries.
import { offsetFromStart } from "../shared/trace/iso-time.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { usualLimit } from "./correlate.js";
import type { CommandArgs } from "./decode-args.js";
import { done, namedProcess, range, withRecording } from "./reading.js";
import { onOneLine, printed } from "./rows.js";
import { aligned } from "./table-text.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

export const first = (world: World, args: CommandArgs<"first">): Promise<Ending> =>
  withRecording(world, args.file, async ({ call, recordingId, summary, out }) => {
    const process = args.process === undefined ? undefined : namedProcess(summary.processes, args.process);
    if (process?.ok === false) return process;
    const found = await call("state.first", { recordingId, text: args.condition, process: process?.value });
    if (!found.ok) return found;
    const { position, value } = found.value;
    if (position === undefined) {
      await out.line(args.json ? "null" : onOneLine(`“${args.condition}” never came true.`));
      return done;
    }
    const { instant, process: writer, seq } = position;
    const [scope, path, text] = [value?.scope ?? "", value?.path ?? "", value?.text ?? ""];
    const where = `${offsetFromStart(instant, summary.start)}  ${writer}  ${serviceOf(writer, summary)}`;
    const row = {
      json: { instant, process: writer, seq, scope, path, value: text },
      text: onOneLine(`${where}  ${placeOf(scope, path)}: ${text}`),
    };
    await out.line(printed(row, args.json));
    return done;
  });

export const growth = (world: World, args: CommandArgs<"growth">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const { call, recordingId, summary, out } = reading;
    const times = range(reading, args);
    if (!times.ok) return times;
    const limit = Math.min(1000, args.limit ?? usualLimit);
    const answer = await call("state.growth", { recordingId, ...times.value, limit });
    if (!answer.ok) return answer;
    const { tried, collections } = answer.value;
    if (args.json) {
      for (const { at, ...row } of collections) await out.line(printed({ json: { ...row, at }, text: "" }, true));
      return done;
    }
    await out.line(`${collections.length} of ${tried} kinds of collections grow`);
    if (collections.length === 0) return done;
    const cells = collections.map(({ process, scope, path, first: before, last, steady }) => [
      String(process),
      onOneLine(serviceOf(process, summary)),
      onOneLine(placeOf(scope, path)),
      String(before),
      String(last),
      steady === 1 ? "never shrinks" : "shrinks at times",
    ]);
    const headings = ["PROCESS", "SERVICE", "WHERE", "FIRST", "LAST", ""];
    for (const line of aligned([headings, ...cells], new Set([0, 3, 4]))) await out.line(line.trimEnd());
    return done;
  });

const serviceOf = (process: number, { processes }: RecordingSummary): string =>
  processes.find((one) => one.process === process)?.serviceName ?? "";

const placeOf = (scope: string, path: string): string =>
  path === "" || path.startsWith("[") ? `${scope}${path}` : `${scope}.${path}`;
