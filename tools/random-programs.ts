// npm run conformance -- random: runs random programs as they are written and rewritten, other ones each time, for some minutes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { availableParallelism } from "node:os";
import * as v from "valibot";
import { repositoryRoot } from "./run-step.js";

const summarySchema = v.object({
  programs: v.number(),
  functions: v.number(),
  skipped: v.number(),
  calls: v.number(),
  writes: v.number(),
  failed: v.array(v.number()),
});
type Summary = v.InferOutput<typeof summarySchema>;

/** Of a process that ends of itself after so many seconds; a new one is begun then, so that none grows for hours. */
const secondsEach = 60;
const runsFile = join(repositoryRoot, "src/agent/instrument/random-runs.test-support.ts");

/** True where all of them were the same. `first`: the seed to begin with, else one by the clock. */
export async function compareRandomPrograms(minutes: number, first = Date.now() % 1_000_000_000): Promise<boolean> {
  const end = Date.now() + minutes * 60_000;
  const summaries: Summary[] = [];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async (_, at) => {
      for (let seed = first + at * 10_000_000; Date.now() < end;) {
        const seconds = Math.max(1, Math.min(secondsEach, (end - Date.now()) / 1000));
        const summary = await runFrom(seed, seconds);
        summaries.push(summary);
        seed += summary.programs;
      }
    }),
  );
  const sum = (of: (one: Summary) => number): number => summaries.reduce((total, one) => total + of(one), 0);
  const failed = summaries.flatMap((one) => one.failed);
  console.log(
    `${sum((one) => one.programs)} programs from seed ${first} on: ${sum((one) => one.functions)} functions, ${sum((one) => one.skipped)} of them not wrapped, ${sum((one) => one.calls)} calls, ${sum((one) => one.writes)} writes; different: ${failed.length === 0 ? "none" : failed.join(" ")}`,
  );
  return failed.length === 0;
}

async function runFrom(seed: number, seconds: number): Promise<Summary> {
  const options = ["--import", "tsx", "--experimental-vm-modules", "--no-warnings"];
  const child = spawn(process.execPath, [...options, runsFile, String(seed), `${seconds}s`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const silence = setTimeout(() => child.kill("SIGKILL"), (seconds + 60) * 1000);
  await once(child, "close");
  clearTimeout(silence);
  const lines = output.trimEnd().split("\n");
  const last = lines.pop() ?? "";
  for (const line of lines) console.log(line);
  if (child.exitCode !== 0) throw new Error(`the programs from seed ${seed} on did not come to an end`);
  return v.parse(summarySchema, JSON.parse(last));
}
