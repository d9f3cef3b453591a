// hindcast test: cases of rules, each run through the evaluator that decides while a program runs.
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import {
  type Decided,
  type RuleCase,
  type RulePlan,
  compileRules,
  decidedOver,
  differencesIn,
  readCases,
} from "../rules/index.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { CommandArgs } from "./decode-args.js";
import { done, withRecording } from "./reading.js";
import { onOneLine } from "./rows.js";
import { type RuleFile, problemText, problemsIn, readRuleFile } from "./rule-files.js";
import { type Ending, ended, failWith } from "./terminal.js";
import type { World } from "./world.js";

const ofCases = /\.cases$/;

interface Tried {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly differences: ReturnType<typeof differencesIn>;
}

/** What several files have come to. */
interface Count {
  cases: number;
  failed: number;
  hasProblem: boolean;
}

export async function test(world: World, args: CommandArgs<"test">): Promise<Ending> {
  const files = args["case-files"].map((path) => filesIn(world, path));
  const count: Count = { cases: 0, failed: 0, hasProblem: false };
  for (const listed of files) {
    if (!listed.ok) return failWith(world.terminal, listed.error);
    for (const path of listed.value) {
      const ending = await testFile(world, path, args.json, count);
      if (ending !== undefined) return ending;
    }
  }
  const { out } = world.terminal;
  if (!args.json) {
    const ran = `${count.cases} ${count.cases === 1 ? "case" : "cases"}`;
    const found = count.failed === 0 ? `${ran}, nothing differs` : `${ran}, ${count.failed} of them differ`;
    await out.line(count.hasProblem ? `${found}; what is wrong above was left out` : found);
  }
  await out.flush();
  return ended(count.failed > 0 || count.hasProblem ? 1 : 0);
}

/** Undefined unless nothing more is to be done. */
async function testFile(world: World, path: string, json: boolean, count: Count): Promise<Ending | undefined> {
  const { out } = world.terminal;
  const file = readRuleFile(world, path);
  if (!file.ok) return failWith(world.terminal, file.error);
  const { rules, cases, problems } = readCases(file.value.source);
  for (const { line, column, message } of problems) {
    count.hasProblem = true;
    const row = { file: path, line, column, severity: "error", message };
    await out.line(json ? JSON.stringify(row) : `${path}:${line}:${column}: ${message}`);
  }
  const beside = rules.length > 0 ? rules : [`${basename(path, extname(path))}.rules`];
  const sources: RuleFile[] = [];
  for (const name of beside) {
    const read = readRuleFile(world, join(dirname(path), name));
    if (!read.ok) return failWith(world.terminal, read.error);
    for (const row of problemsIn(read.value).rows) {
      if (row.severity === "warning") continue;
      count.hasProblem = true;
      await out.line(json ? JSON.stringify(row) : problemText(row));
    }
    sources.push(read.value);
  }
  for (const one of cases) {
    const tried = await tryCase(world, path, sources, one);
    if ("kind" in tried) return tried;
    count.cases += 1;
    if (tried.differences.length > 0) count.failed += 1;
    if (json) await out.line(JSON.stringify(tried));
    else
      for (const { line, message } of tried.differences)
        await out.line(onOneLine(`${path}:${line}: ${one.name}: ${message}`));
  }
  return undefined;
}

/** An ending where a recording could not be read. */
async function tryCase(
  world: World,
  path: string,
  sources: readonly RuleFile[],
  one: RuleCase,
): Promise<Tried | Ending> {
  const plans = sources.flatMap(({ source, stem }) => [...compileRules(source, { fileName: stem }).plans]);
  const { input } = one;
  let decided: readonly Decided[];
  if (input.kind === "series") decided = decidedOver(plans, one);
  else {
    const found: Decided[] = [];
    const named = new Set(one.expectations.map(({ rule }) => rule));
    const ending = await decidedIn(world, join(dirname(path), input.path), { sources, named }, found);
    if (ending.kind !== "code" || ending.code !== 0) return ending;
    decided = found;
  }
  const names = plans.map(({ name }: RulePlan) => name);
  return { file: path, line: one.line, name: one.name, differences: differencesIn(one, names, decided) };
}

async function decidedIn(
  world: World,
  recording: string,
  { sources, named }: { readonly sources: readonly RuleFile[]; readonly named: ReadonlySet<string> },
  found: Decided[],
): Promise<Ending> {
  return withRecording(world, recording, async ({ call, recordingId, summary: { start, end } }) => {
    for (const { source, stem } of sources) {
      const answer = await call("rules.backtest", { recordingId, source, name: stem, from: start, to: end });
      if (!answer.ok) return answer;
      for (const { instant, ...outcome } of answer.value.outcomes)
        found.push({ ...outcome, timeNs: Number(instant - start) });
      for (const rule of answer.value.unread.filter((unread) => named.has(unread)))
        found.push({ kind: "disabled", rule, timeNs: 0, group: {}, said: ["state of a recording is not read yet"] });
    }
    return done;
  });
}

/** A file itself, whatever it is called; of a folder the files of cases in it and below, in the order of their names. */
function filesIn({ cwd }: Pick<World, "cwd">, path: string): Result<readonly string[], HindcastError> {
  const found = statSync(resolve(cwd, path), { throwIfNoEntry: false });
  if (found === undefined) return failed(hindcastError("no-such-file", { path }));
  if (!found.isDirectory()) return ok([path]);
  const names = readdirSync(resolve(cwd, path), { recursive: true, encoding: "utf8" }).filter((name) =>
    ofCases.test(name),
  );
  if (names.length === 0)
    return failed(hindcastError("unreadable-rules", { path, reason: "there are no files of cases (.cases) in it" }));
  return ok(names.sort().map((name) => join(path, name)));
}
