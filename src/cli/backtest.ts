// hindcast backtest: what rules would have done over recordings.
import { type KnownIncident, scoresOf } from "../rules/index.js";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import { offsetFromStart } from "../shared/trace/iso-time.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, type Reading, done, range, withRecording } from "./reading.js";
import { instantsAsText, onOneLine } from "./rows.js";
import { type RuleFile, problemText, problemsIn, readRuleFile } from "./rule-files.js";
import { aligned } from "./table-text.js";
import { type Ending, ended, failWith } from "./terminal.js";
import { durationText } from "./time-text.js";
import { readTruth } from "./truth-file.js";
import type { World } from "./world.js";

type Answer = CallResult<"rules.backtest">;

export async function backtest(world: World, args: CommandArgs<"backtest">): Promise<Ending> {
  const file = readRuleFile(world, args.file);
  if (!file.ok) return failWith(world.terminal, file.error, 1);
  const wrong = problemsIn(file.value).rows.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) {
    for (const row of wrong) await world.terminal.out.line(problemText(row));
    await world.terminal.out.flush();
    return ended(1);
  }
  const truth = args.expect === undefined ? undefined : readTruth(world, args.expect);
  if (truth?.ok === false) return failWith(world.terminal, truth.error);
  for (const recording of args.recordings) {
    const ending = await withRecording(world, recording, (reading) =>
      testOn(reading, file.value, args, { recording, truth: truth?.value }),
    );
    if (ending.kind !== "code" || ending.code !== 0) return ending;
  }
  return ended(0);
}

async function testOn(
  reading: Reading,
  { source, stem }: RuleFile,
  args: CommandArgs<"backtest">,
  { recording, truth }: { readonly recording: string; readonly truth: readonly KnownIncident[] | undefined },
): Promise<Done> {
  const { call, recordingId, out, summary } = reading;
  const times = range(reading, args);
  if (!times.ok) return times;
  const { from, to } = times.value;
  const answer = await call("rules.backtest", { recordingId, source, name: stem, from, to });
  if (!answer.ok) return answer;
  const { outcomes } = answer.value;
  const known = truth?.filter((incident) => incident.from <= to && incident.to >= from);
  const scores = known === undefined ? [] : scoresIn(answer.value, known);
  if (args.json) {
    for (const outcome of outcomes) await out.line(JSON.stringify({ recording, ...outcome }, instantsAsText));
    const incidents = known?.map(({ kind }) => kind);
    for (const { caught, ...score } of scores) {
      const inMs = caught.map(({ kind, delayNs }) => ({ incident: kind, delayMs: Number(delayNs) / 1e6 }));
      await out.line(JSON.stringify({ recording, kind: "score", ...score, incidents, caught: inMs }));
    }
    return done;
  }
  const services = new Map(
    summary.processes.map(({ process, serviceName }) => [String(process), `${serviceName} (process ${process})`]),
  );
  if (args.recordings.length > 1) await out.line(`${onOneLine(summary.name)}:`);
  for (const { instant, rule, kind, group, said } of outcomes) {
    const groups = Object.entries(group).map(([name, value]) =>
      name === "process" ? (services.get(value) ?? value) : `${name}=${value}`,
    );
    const words = [offsetFromStart(instant, summary.start), kind.padEnd(9), rule, ...groups, ...said];
    await out.line(onOneLine(words.join("  ")));
  }
  if (known !== undefined) for (const line of scoreLines(scores, known)) await out.line(onOneLine(line));
  await out.line(summaryText(answer.value, Number(to - from)));
  return done;
}

function summaryText({ rules, unread, outcomes, records }: Answer, tookNs: number): string {
  const times = new Map<string, number>();
  for (const { rule, kind } of outcomes) if (kind === "fired") times.set(rule, (times.get(rule) ?? 0) + 1);
  const fired = rules.flatMap(({ rule }) => {
    const count = times.get(rule);
    return count === undefined ? [] : [`${rule} fired ${count === 1 ? "once" : `${count} times`}`];
  });
  const never = rules.flatMap(({ rule }) => (times.has(rule) ? [] : [rule]));
  const parts = [
    ...fired,
    ...(never.length === 0 ? [] : [`never: ${never.join(", ")}`]),
    ...(unread.length === 0 ? [] : [`not evaluated, as state is not read yet: ${unread.join(", ")}`]),
  ];
  const over = `${records.toLocaleString("en-US")} ${records === 1 ? "record" : "records"} of ${durationText(tookNs)}`;
  return onOneLine(`Over ${over}. ${parts.join("; ")}`);
}

function scoresIn({ rules, outcomes }: Answer, known: readonly KnownIncident[]) {
  const names = rules.map(({ rule }) => rule);
  return scoresOf(
    names,
    outcomes.filter(({ kind }) => kind === "fired"),
    known,
  );
}

/** Of each rule: precision, recall, and how late it was where it was latest. */
function scoreLines(scores: ReturnType<typeof scoresOf>, known: readonly KnownIncident[]): readonly string[] {
  const share = (part: number, of: number): string =>
    of === 0 ? "–" : `${part} of ${of} (${((100 * part) / of).toFixed(0)} %)`;
  const rows = scores.map(({ rule, fired, right, caught }) => [
    rule,
    share(right, fired),
    share(caught.length, known.length),
    caught.map(({ kind, delayNs }) => `${kind} after ${durationText(Number(delayNs))}`).join(", ") || "none",
  ]);
  return aligned([["rule", "firings of an incident", "incidents caught", "which"], ...rows]);
}
