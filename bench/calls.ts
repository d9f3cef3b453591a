// What recording a call costs the program's thread, beside the same functions in the same process that are not rewritten; what a
// write costs that nobody tracks; and how fast source is rewritten. The real agent and engine; every call is in the file afterwards.
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { rowsOf } from "../tools/recorded-rows.js";
import { repositoryRoot } from "../tools/run-step.js";
import { type Benchmark, type Figure, median } from "./figures.js";

const commandLine = join(repositoryRoot, "out/node/cli.js");
const program = (name: string): string => join(repositoryRoot, "bench/programs", name);
const costs = v.object({
  costs: v.record(v.string(), v.number()),
  clockNs: v.number(),
  writeNs: v.number(),
  calls: v.number(),
});
const counted = v.object({ calls: v.number(), lost: v.number() });

async function printed(command: readonly string[]): Promise<string> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HINDCAST_CACHE: "off" },
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${child.exitCode ?? "a signal"}`);
  return Buffer.concat(chunks).toString("utf8");
}

const recordedTo = (file: string, command: readonly string[]): string[] => [
  ...[process.execPath, commandLine, "record", "--level", "calls", "-o", file, "--"],
  ...command,
];

async function costFigures(folder: string, batches: number): Promise<readonly Figure[]> {
  const [file, told] = [join(folder, "calls.hindcast"), join(folder, "told.json")];
  await printed(recordedTo(file, [process.execPath, program("call-cost.cjs"), String(batches), told]));
  const { costs: ns, clockNs, writeNs, calls } = v.parse(costs, JSON.parse(readFileSync(told, "utf8")));
  const names = ["nothing", "numbers", "text", "literal", "instance", "nested", "innermost"];
  const sql = `SELECT count(*)::INTEGER AS calls, (SELECT coalesce(sum(lost), 0)::INTEGER FROM marks WHERE kind = 'gap') AS lost
    FROM spans WHERE name IN (${names.map((name) => `'${name}'`).join(", ")}) AND kind = 'internal'
      AND attributes LIKE '%call-kinds.cjs%' AND attributes LIKE '%code.line.number%'`;
  const [found] = await rowsOf(file, sql, counted);
  // Each batch is one more call, of the arrow function around it, under the same name.
  const made = calls + batches * Object.keys(ns).length;
  const isWhole = found?.lost === 0 && found.calls === made;
  const invalid = isWhole ? {} : { invalid: `${found?.calls ?? 0} of ${made} calls are in the file` };
  const figure = (name: string, value: number, unit: string, budget?: Figure["budget"]): Figure => ({
    ...{ name, value, unit, ...invalid },
    ...(budget === undefined ? {} : { budget }),
  });
  return [
    figure("call_ns", ns["numbers"] ?? NaN, "ns, two numbers to one", { atMost: 110 }),
    figure("call_nothing_ns", ns["nothing"] ?? NaN, "ns"),
    figure("call_text_ns", ns["text"] ?? NaN, "ns, nine letters and a number"),
    figure("call_literal_ns", ns["literal"] ?? NaN, "ns, a literal of three"),
    figure("call_instance_ns", ns["instance"] ?? NaN, "ns, an instance of a class"),
    figure("call_nested_ns", ns["nested"] ?? NaN, "ns, one of five, four of them in the fifth"),
    figure(
      "call_clocks",
      (ns["numbers"] ?? NaN) / clockNs,
      "call_ns in readings of the clock: comparable on a busy machine",
    ),
    figure("clock_ns", clockNs, "ns, performance.now() alone, which a call asks twice"),
    figure("write_site_ns", writeNs, "ns, nothing is tracked", { atMost: 3 }),
  ];
}

async function transformFigure(folder: string, rounds: number): Promise<Figure> {
  const source = join(folder, "typescript.js");
  copyFileSync(createRequire(import.meta.url).resolve("typescript/lib/typescript.js"), source);
  const [alone, rewritten]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const command = [process.execPath, program("load-time.cjs"), source];
    alone.push(Number(await printed(command)));
    rewritten.push(Number(await printed(recordedTo(join(folder, `load-${round}.hindcast`), command))));
  }
  const seconds = (median(rewritten) - median(alone)) / 1000;
  const unit = "MB/s of processor time, typescript.js, all that loading it takes more included";
  return { name: "transform_mb_per_s", value: statSync(source).size / 1e6 / seconds, unit, budget: { atLeast: 15 } };
}

export const calls: Benchmark = {
  name: "calls",
  description:
    "one call of a function at level calls, with previews, less the same in the same process without; medians of batches of 1,000.\n" +
    "--batches 100 --rounds 3",
  async run(args): Promise<readonly Figure[]> {
    const { values } = parseArgs({
      args: [...args],
      options: { batches: { type: "string", default: "100" }, rounds: { type: "string", default: "3" } },
    });
    const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
    try {
      return [
        ...(await costFigures(folder, Number(values.batches))),
        await transformFigure(folder, Number(values.rounds)),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
