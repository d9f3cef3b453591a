// How much several programs at once can have recorded while somebody looks: real agents, the recorder's thread, a real
// file, and a reader that asks ten times a second. Programs wait when their buffer is full, so that nothing may be lost.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { defaultDelivery } from "../../src/shared/protocol/agent-wire.js";
import { createEngine } from "../../src/engine/index.js";
import { repositoryRoot } from "../../tools/run-step.js";
import { type Figure, type Measured, measuredOn, quantile } from "../figures.js";
import { call } from "./call.js";

const program = join(repositoryRoot, "bench/programs/flood.mjs");
const programs = 3;
const readEveryMs = 100;

interface Flood {
  readonly events: number;
  readonly committed: number;
  readonly lost: number;
  readonly seconds: number;
  /** Of the process that the engine is in, all its threads. */
  readonly engineCpuSeconds: number;
  readonly readsMs: Float64Array;
  readonly fileBytes: number;
  readonly rssBytes: number;
}

async function flood(eventsEach: number, textBytes: number): Promise<Flood> {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-bench-"));
  const engine = createEngine({
    packageFolder: repositoryRoot,
    environment: { ...process.env, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder },
    recorderThread: pathToFileURL(join(repositoryRoot, "out/node/recorder-thread.js")),
  });
  try {
    const delivery = { ...defaultDelivery, overflow: "block" } as const;
    const path = join(folder, "flood.hindcast");
    const { summary, environment } = await call(engine, "recording.create", { path, capture: { delivery } });
    const { recordingId } = summary;
    const [startedMs, cpuBefore] = [performance.now(), process.cpuUsage()];
    const running = Array.from({ length: programs }, () =>
      spawn(process.execPath, [program, String(eventsEach), String(textBytes)], {
        env: { ...process.env, ...environment },
        stdio: "inherit",
      }),
    );
    const ended = Promise.all(running.map(endOf));
    let isOver = false;
    void ended.then(() => (isOver = true));
    const readsMs: number[] = [];
    let rssBytes = 0;
    while (!isOver) {
      await Promise.race([wait(readEveryMs), ended]);
      const { start, end } = await call(engine, "recording.summary", { recordingId });
      const askedMs = performance.now();
      await call(engine, "events.around", { recordingId, instant: (start + end) / 2n, before: 50, after: 50 });
      readsMs.push(performance.now() - askedMs);
      rssBytes = Math.max(rssBytes, process.memoryUsage().rss);
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    const seconds = (performance.now() - startedMs) / 1000;
    const { counts } = await call(engine, "recording.stop", { recordingId });
    return {
      events: programs * eventsEach,
      committed: counts.events,
      lost: counts.lost,
      seconds,
      engineCpuSeconds: (user + system) / 1e6,
      readsMs: Float64Array.from(readsMs),
      fileBytes: statSync(path).size,
      rssBytes,
    };
  } finally {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function endOf(child: ChildProcess): Promise<void> {
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`the program ended with ${child.exitCode ?? "a signal"}`);
}

function lossOf({ events, committed, lost }: Flood): { readonly invalid?: string } {
  if (lost === 0 && committed === events) return {};
  return { invalid: `${committed} of ${events} events are in the file, ${lost} counted as lost` };
}

/** Programs start and end within the time that is counted: so many events that this is little of it. */
export async function ingestFigures(eventsEach = 3_000_000): Promise<readonly Figure[]> {
  const small = await flood(eventsEach, 0);
  const large = await flood(Math.round(eventsEach / 10), 500);
  const perSecond = ({ committed, seconds }: Flood): number => committed / seconds;
  const of = ({ committed, fileBytes }: Flood): Measured => ({ rows: committed, fileBytes, cache: "written" });
  return measuredOn(of(small), [
    {
      name: "ingest_events_per_s",
      value: perSecond(small),
      unit: "1/s",
      budget: { atLeast: 500_000 },
      ...lossOf(small),
    },
    {
      name: "ingest_engine_cpu_us_per_event",
      value: (small.engineCpuSeconds * 1e6) / small.committed,
      unit: "us",
      ...lossOf(small),
    },
    { name: "ingest_read_p50_ms", value: quantile(small.readsMs, 0.5), unit: "ms", ...lossOf(small) },
    { name: "ingest_read_p95_ms", value: quantile(small.readsMs, 0.95), unit: "ms", ...lossOf(small) },
    { name: "bytes_per_event", value: small.fileBytes / small.committed, unit: "By", ...lossOf(small) },
    {
      name: "ingest_mb_per_s",
      value: (perSecond(large) * 500) / 1e6,
      unit: "MB/s",
      budget: { atLeast: 50 },
      measured: of(large),
      ...lossOf(large),
    },
    { name: "ingest_rss_mb", value: Math.max(small.rssBytes, large.rssBytes) / 1e6, unit: "MB" },
  ]);
}
