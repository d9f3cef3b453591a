// What recording one event costs the program, and what it costs on disk. The real agent in a real program, the real engine
// in its process, a real file: figures count the rows that are in the file afterwards, as the command line counts them.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { repositoryRoot } from "../tools/run-step.js";
import { type Benchmark, type Figure, type Measured, quantile } from "./figures.js";

const commandLine = join(repositoryRoot, "out/node/cli.js");
const producer = join(repositoryRoot, "bench/programs/event-producer.mjs");

const timing = v.object({ seconds: v.number(), emptyNs: v.number() });
const info = v.object({ counts: v.object({ events: v.number(), lost: v.number() }) });

interface Run {
  readonly made: number;
  readonly committed: number;
  readonly lost: number;
  readonly samplesNs: Float64Array;
  readonly producerSeconds: number;
  /** From the start of the program to the end of `hindcast record`, which ends when everything is committed. */
  readonly totalSeconds: number;
  readonly fileBytes: number;
  /** What reading state took of the program's thread. */
  readonly slices?: { readonly totalMs: number; readonly meanMs: number; readonly longestMs: number };
}

async function hindcast(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [commandLine, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`hindcast ${args[0] ?? ""} ended with ${child.exitCode ?? "a signal"}`);
  return Buffer.concat(chunks).toString("utf8");
}

const sample = v.object({ name: v.string(), value: v.number() });

async function slicesIn(file: string): Promise<Run["slices"]> {
  const lines = (await hindcast(["metrics", file, "--json"])).trim().split("\n");
  const samples = lines.map((line) => v.parse(sample, JSON.parse(line)));
  const valuesOf = (name: string) => samples.filter((one) => one.name === name).map(({ value }) => value);
  const [totalMs, count] = [
    1000 * (valuesOf("hindcast.state.time").at(-1) ?? NaN),
    valuesOf("hindcast.state.slices").at(-1),
  ];
  const longestMs = 1000 * Math.max(...valuesOf("hindcast.state.slice.max"));
  return { totalMs, meanMs: totalMs / (count ?? NaN), longestMs };
}

async function recordProducer(mode: "paced" | "flood" | "first-look", made: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  try {
    const file = join(folder, `${mode}.hindcast`);
    const samplesFile = join(folder, "samples");
    const startedMs = performance.now();
    await hindcast(["record", "-o", file, "--", process.execPath, producer, mode, String(made), samplesFile]);
    const totalSeconds = (performance.now() - startedMs) / 1000;
    const { counts } = v.parse(info, JSON.parse(await hindcast(["info", file, "--json"])));
    const { seconds } = v.parse(timing, JSON.parse(readFileSync(`${samplesFile}.json`, "utf8")));
    const bytes = readFileSync(samplesFile);
    const slices = mode === "first-look" ? await slicesIn(file) : undefined;
    const samplesNs = new Float64Array(made);
    new Uint8Array(samplesNs.buffer).set(bytes);
    return {
      made,
      committed: counts.events,
      lost: counts.lost,
      samplesNs,
      producerSeconds: seconds,
      totalSeconds,
      fileBytes: statSync(file).size,
      ...(slices === undefined ? {} : { slices }),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that lost anything says nothing about recording without loss. */
function lossOf({ made, committed, lost }: Run): { readonly invalid?: string } {
  if (lost === 0 && committed >= made) return {};
  return { invalid: `${made - committed} of ${made} events are not in the file, ${lost} counted as lost` };
}

const nothingMade = 1;

export const capture: Benchmark = {
  name: "capture",
  description:
    "one event with three attributes, timed on the program's own thread, its clock reading included, timing excluded;\n" +
    "paced: 200,000 events a second for 5 s; flood: 1,000,000 events in a tight loop;\n" +
    "first_look: paced, while a Map of 100,000 objects is looked at for the first time, in slices",
  async run(): Promise<readonly Figure[]> {
    const empty = await recordProducer("flood", nothingMade);
    const paced = await recordProducer("paced", 1_000_000);
    const flood = await recordProducer("flood", 1_000_000);
    const firstLook = await recordProducer("first-look", 1_000_000);
    const bytesPerEvent = (run: Run) => (run.fileBytes - empty.fileBytes) / run.committed;
    const nsAtMost = { atMost: 1000 };
    const of = ({ committed, fileBytes }: Run): Measured => ({ rows: committed, fileBytes, cache: "written" });
    const figures: readonly Figure[] = [
      { name: "event_p50_ns", value: quantile(paced.samplesNs, 0.5), unit: "ns", budget: nsAtMost, ...lossOf(paced) },
      { name: "event_p99_ns", value: quantile(paced.samplesNs, 0.99), unit: "ns", ...lossOf(paced) },
      { name: "bytes_per_event", value: bytesPerEvent(paced), unit: "By", ...lossOf(paced) },
      { name: "paced_made_per_s", value: paced.made / paced.producerSeconds, unit: "1/s", ...lossOf(paced) },
      { name: "paced_lost", value: paced.made - paced.committed, unit: "{event}" },
      { name: "flood_event_p50_ns", value: quantile(flood.samplesNs, 0.5), unit: "ns", ...lossOf(flood) },
      { name: "flood_event_p99_ns", value: quantile(flood.samplesNs, 0.99), unit: "ns", ...lossOf(flood) },
      { name: "flood_made_per_s", value: flood.made / flood.producerSeconds, unit: "1/s", ...lossOf(flood) },
      { name: "flood_committed_per_s", value: flood.committed / flood.totalSeconds, unit: "1/s", ...lossOf(flood) },
      { name: "first_look_event_p50_ns", value: quantile(firstLook.samplesNs, 0.5), unit: "ns", ...lossOf(firstLook) },
      { name: "first_look_total_ms", value: firstLook.slices?.totalMs ?? NaN, unit: "ms" },
      { name: "first_look_slice_mean_ms", value: firstLook.slices?.meanMs ?? NaN, unit: "ms", budget: { atMost: 2 } },
      { name: "first_look_slice_max_ms", value: firstLook.slices?.longestMs ?? NaN, unit: "ms" },
      { name: "flood_lost", value: flood.made - flood.committed, unit: "{event}" },
    ];
    const runOf = (name: string) => (name.startsWith("flood") ? flood : name.startsWith("first") ? firstLook : paced);
    return figures.map((figure) => ({ ...figure, measured: of(runOf(figure.name)) }));
  },
};
