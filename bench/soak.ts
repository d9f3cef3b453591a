// What does not show in a minute: one program at a steady rate, the engine in its own process, nobody looking. What
// both need of memory, what the file takes, and whether everything the program made is there.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { repositoryRoot } from "../tools/run-step.js";
import { withEngine } from "./engine/engine-child.js";
import { type Benchmark, type Figure, measuredOn } from "./figures.js";
import { slopeOf } from "./slope.js";

const program = join(repositoryRoot, "bench/programs/soak.mjs");
const sampleEveryMs = 2000;
const told = v.object({ events: v.number(), writes: v.number(), mostBehind: v.number() });

interface Soak {
  readonly minutes: number;
  readonly perSecond: number;
  /** What the file may be with its log: the oldest makes room. */
  readonly maxBytes: number;
}

interface Sample {
  readonly seconds: number;
  readonly programBytes: number;
  readonly engineBytes: number;
  readonly fileBytes: number;
}

interface Outcome {
  readonly made: v.InferOutput<typeof told>;
  /** Events: writes that are evicted leave behind what they add up to. */
  readonly kept: number;
  /** To make room. */
  readonly removed: number;
  readonly lost: number;
  readonly samples: readonly Sample[];
  readonly fileBytes: number;
}

function soakFrom(args: readonly string[]): Soak {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "30" },
      rate: { type: "string", default: "50000" },
      megabytes: { type: "string", default: "512" },
    },
  });
  const maxBytes = Number(values.megabytes) * 2 ** 20;
  return { minutes: Number(values.minutes), perSecond: Number(values.rate), maxBytes };
}

const run = ({ minutes, perSecond, maxBytes }: Soak): Promise<Outcome> =>
  withEngine(async (engine, folder) => {
    const path = join(folder, "soak.hindcast");
    const { summary, environment } = await engine.call("recording.create", { path, capture: {}, limits: { maxBytes } });
    const child = spawn(process.execPath, [program, String(perSecond), String(minutes * 60)], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    const samples = await sampleUntilEnd(child, engine.child, path);
    const made = v.parse(told, JSON.parse(Buffer.concat(output).toString("utf8")));
    const { counts, evicted } = await engine.call("recording.stop", { recordingId: summary.recordingId });
    const [kept, removed] = [counts.events, evicted?.events ?? 0];
    return { made, kept, removed, lost: counts.lost, samples, fileBytes: statSync(path).size };
  });

async function sampleUntilEnd(child: ChildProcess, engine: ChildProcess, path: string): Promise<readonly Sample[]> {
  const ended = once(child, "close");
  const samples: Sample[] = [];
  const startedMs = performance.now();
  for (;;) {
    await Promise.race([wait(sampleEveryMs), ended]);
    if (child.exitCode !== null || child.signalCode !== null) break;
    samples.push({
      seconds: (performance.now() - startedMs) / 1000,
      programBytes: rssOf(child),
      engineBytes: rssOf(engine),
      fileBytes: bytesOf(path) + bytesOf(`${path}.wal`),
    });
  }
  await ended;
  if (child.exitCode !== 0) throw new Error(`the program ended with ${child.exitCode ?? "a signal"}`);
  return samples;
}

const bytesOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

function rssOf({ pid }: ChildProcess): number {
  const file = `/proc/${pid}/status`;
  return existsSync(file) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1]) * 1024 : Number.NaN;
}

function figuresOf({ minutes, perSecond, maxBytes }: Soak, outcome: Outcome): readonly Figure[] {
  const { made, kept, removed, lost, samples, fileBytes } = outcome;
  const committed = kept + removed;
  const rows = made.events + made.writes;
  const isWhole = lost === 0 && committed >= made.events;
  const validity = isWhole
    ? {}
    : { invalid: `${committed} of ${made.events} events came into the file, ${lost} records are lost` };
  const of = (name: string, value: number, unit: string): Figure => ({
    name: `soak_${name}`,
    value,
    unit,
    ...validity,
  });
  const later = samples.slice(samples.length >> 1);
  const perHour = (bytes: (sample: Sample) => number): number =>
    slopeOf(later.map((sample) => ({ at: sample.seconds / 3600, value: bytes(sample) / 2 ** 20 })));
  const most = (bytes: (sample: Sample) => number): number => Math.max(...samples.map(bytes)) / 2 ** 20;
  return measuredOn({ rows, fileBytes, cache: "written" }, [
    of("minutes", minutes, "min"),
    of("made_per_s", rows / (minutes * 60), "1/s"),
    { ...of("most_behind", made.mostBehind, "records"), budget: { atMost: perSecond } },
    { ...of("lost", Math.max(lost, made.events - committed), "records"), budget: { atMost: 0 } },
    of(
      "program_rss_mb",
      most(({ programBytes }) => programBytes),
      "MiB at most",
    ),
    of(
      "engine_rss_mb",
      most(({ engineBytes }) => engineBytes),
      "MiB at most",
    ),
    of(
      "program_mb_per_hour",
      perHour(({ programBytes }) => programBytes),
      "MiB/h, second half",
    ),
    of(
      "engine_mb_per_hour",
      perHour(({ engineBytes }) => engineBytes),
      "MiB/h, second half",
    ),
    {
      ...of(
        "file_mb",
        most((sample) => sample.fileBytes),
        "MiB at most, its log included",
      ),
      budget: { atMost: maxBytes / 2 ** 20 },
    },
    of("evicted", removed, "events"),
    of("samples", samples.length, "1"),
  ]);
}

export const soak: Benchmark = {
  name: "soak",
  description:
    "one program at a steady rate, 49 events to one write: --minutes 30 --rate 50000 --megabytes 512;\n" +
    "growth of memory is the median slope between samples of the second half",
  async run(args): Promise<readonly Figure[]> {
    const wanted = soakFrom(args);
    return figuresOf(wanted, await run(wanted));
  },
};
