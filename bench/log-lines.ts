// What a line of log costs a program, bare, recorded without redaction, and recorded as by default. The real agent in a real
// program that writes to where nobody reads; processor time of all of the program's threads, in turns.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { repositoryRoot } from "../tools/run-step.js";
import { type Benchmark, type Figure, type Measured, quantile } from "./figures.js";

const commandLine = join(repositoryRoot, "out/node/cli.js");
const program = join(repositoryRoot, "bench/programs/log-lines.mjs");
const [linesOfEach, rounds] = [4000, 5];

const costs = v.record(v.string(), v.number());
const info = v.object({ counts: v.object({ logs: v.number(), lost: v.number() }) });
const ways = ["bare", "unredacted", "recorded"] as const;
type WayName = (typeof ways)[number];

async function run(command: readonly string[], output: "ignore" | "pipe" = "ignore"): Promise<string> {
  const child = spawn(process.execPath, command, { stdio: ["ignore", output, "ignore"] });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  if (child.exitCode !== 0)
    throw new Error(`${command.slice(0, 3).join(" ")} ended with ${child.exitCode ?? "a signal"}`);
  return text;
}

interface Outcome {
  readonly costs: Readonly<Record<string, number>>;
  readonly lost: number;
}

async function measure(way: WayName): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  try {
    const [file, told] = [join(folder, "lines.hindcast"), join(folder, "costs.json")];
    const lines = [program, told, String(linesOfEach)];
    const redact = way === "unredacted" ? ["--redact", "off"] : [];
    const recording = [commandLine, "record", "-o", file, ...redact, "--", process.execPath];
    await run(way === "bare" ? lines : [...recording, ...lines]);
    const of = v.parse(costs, JSON.parse(readFileSync(told, "utf8")));
    if (way === "bare") return { costs: of, lost: 0 };
    const { counts } = v.parse(info, JSON.parse(await run([commandLine, "info", file, "--json"], "pipe")));
    return { costs: of, lost: counts.lost };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const logLines: Benchmark = {
  name: "log-lines",
  description:
    "processor time that a line costs its program, all threads: bare, recorded with --redact off, and as by default",
  async run(): Promise<readonly Figure[]> {
    const outcomes: Record<WayName, Outcome[]> = { bare: [], unredacted: [], recorded: [] };
    for (let round = 0; round < rounds; round++)
      for (const way of round % 2 === 0 ? ways : ways.toReversed()) outcomes[way].push(await measure(way));
    const kinds = Object.keys(outcomes.bare[0]?.costs ?? {});
    const lost = ways.flatMap((way) => outcomes[way]).reduce((sum, outcome) => sum + outcome.lost, 0);
    const measured: Measured = { rows: rounds * 2 * linesOfEach * kinds.length, fileBytes: 0, cache: "written" };
    return kinds.flatMap((kind) =>
      ways.map((way) => ({
        name: `${kind}_${way}_cpu_us`,
        value: quantile(
          Float64Array.from(outcomes[way], (outcome) => outcome.costs[kind] ?? NaN),
          0.5,
        ),
        unit: "us",
        measured,
        ...(lost === 0 ? {} : { invalid: `${lost} records were lost` }),
      })),
    );
  },
};
