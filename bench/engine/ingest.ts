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
import { type Engine, createEngine } from "../../src/engine/index.js";
import type { CallResult } from "../../src/shared/protocol/engine-calls.js";
import { repositoryRoot } from "../../tools/run-step.js";
import { type Figure, type Measured, measuredOn, quantile } from "../figures.js";
import { call } from "./call.js";
import { readingFile } from "./recorded-file.js";

const program = join(repositoryRoot, "bench/programs/flood.mjs");
const programs = 3;
const readEveryMs = 100;
/** What `bench/programs/flood.mjs` records. */
const eventName = "order.placed";
/** Answers that are compared with the file afterwards, and rows of it between their ends. */
const [looksCompared, mostBetween] = [20, 1000];

interface Flood {
  readonly events: number;
  readonly committed: number;
  readonly lost: number;
  /** Records that rules were evaluated over. */
  readonly decided: number;
  /** That came too late for that. */
  readonly late: number;
  readonly seconds: number;
  /** Of the process that the engine is in, all its threads. */
  readonly engineCpuSeconds: number;
  readonly readsMs: Float64Array;
  /** What the reader was told meanwhile that is not so in the file. */
  readonly wrongReads: number;
  readonly fileBytes: number;
  /** The most that process had, this benchmark included. */
  readonly rssBytes: number;
}

async function flood(eventsEach: number, textBytes: number, rules?: string): Promise<Flood> {
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
    if (rules !== undefined) {
      const set = await call(engine, "rules.setLive", { recordingId, files: [{ path: "bench.rules", source: rules }] });
      if (set.problems.length > 0 || set.rules.length !== 20) throw new Error(JSON.stringify(set.problems));
    }
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
    const looks: Look[] = [];
    let rssBytes = 0;
    while (!isOver) {
      await Promise.race([wait(readEveryMs), ended]);
      const { start, end } = await call(engine, "recording.summary", { recordingId });
      const askedMs = performance.now();
      const instant = (start + end) / 2n;
      const seen = await call(engine, "events.around", { recordingId, instant, before: 50, after: 50 });
      readsMs.push(performance.now() - askedMs);
      looks.push({ start, seen });
      rssBytes = Math.max(rssBytes, process.memoryUsage().rss);
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const { counts } = await call(engine, "recording.stop", { recordingId });
    // With all that is still to be written, and to be decided on.
    const { user, system } = process.cpuUsage(cpuBefore);
    const { records, late } = await call(engine, "rules.live", { recordingId });
    return {
      events: programs * eventsEach,
      committed: await ownEventsIn(path),
      lost: counts.lost,
      decided: records,
      late,
      seconds,
      engineCpuSeconds: (user + system) / 1e6,
      readsMs: Float64Array.from(readsMs),
      wrongReads: await wrongOf(engine, recordingId, looks),
      fileBytes: statSync(path).size,
      rssBytes,
    };
  } finally {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the reader was told: records of every kind, of which the programs made one. */
interface Look {
  readonly start: bigint;
  readonly seen: CallResult<"events.around">;
}

/**
 * How many of some looks had other events than the file has between the first and the last of them. Of each program the last may
 * have been on their way.
 */
async function wrongOf(engine: Engine, recordingId: string, looks: readonly Look[]): Promise<number> {
  let wrong = 0;
  for (const { start, seen } of looks.filter((_, at) => at % Math.ceil(looks.length / looksCompared) === 0)) {
    const [first, last] = [seen.timeNs[0] ?? 0, seen.timeNs.at(-1) ?? 0];
    const [from, to] = [start + BigInt(first), start + BigInt(last)];
    const plain = await call(engine, "events.range", { recordingId, from, to, limit: mostBetween });
    const { start: startNow } = await call(engine, "recording.summary", { recordingId });
    const offset = Number(startNow - start);
    // At the ends there may be more at the same instant than were asked for.
    const until = plain.truncated ? (plain.timeNs.at(-1) ?? 0) + offset : last;
    const [told, there] = [within(seen, first, until, 0), within(plain, first, until, offset)];
    const isRight = [...told].every(([process, seqs]) => seqs.every((seq, at) => seq === there.get(process)?.[at]));
    if (!isRight) wrong++;
  }
  return wrong;
}

/** Numbers of the programs' events between two times, by process. */
function within(
  { names, timeNs, process, seq }: Look["seen"],
  first: number,
  last: number,
  offset: number,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const [at, name] of names.entries()) {
    const time = (timeNs[at] ?? 0) + offset;
    if (name !== eventName || time <= first || time >= last) continue;
    const of = process[at] ?? 0;
    found.set(of, [...(found.get(of) ?? []), seq[at] ?? 0]);
  }
  return found;
}

/** Agents tell of themselves by events, too: of a ring that grew, say. */
const ownEventsIn = (path: string): Promise<number> =>
  readingFile(path, async (connection) => {
    const read = await connection.runAndReadAll(`SELECT count(*) FROM events WHERE name = '${eventName}'`);
    return Number(read.getRows()[0]?.[0]);
  });

async function endOf(child: ChildProcess): Promise<void> {
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`the program ended with ${child.exitCode ?? "a signal"}`);
}

function lossOf({ events, committed, lost, wrongReads }: Flood): { readonly invalid?: string } {
  if (wrongReads > 0) return { invalid: `${wrongReads} of ${looksCompared} answers were not what is in the file` };
  if (lost === 0 && committed === events) return {};
  return { invalid: `${committed} of ${events} events are in the file, ${lost} counted as lost` };
}

/** Twenty rules as people write them: most are about metrics and log lines; `floods` of them are about every event of the flood. */
const twentyRules = (floods: number): string =>
  Array.from({ length: 20 }, (_, at) => {
    const when =
      at < floods
        ? [
            `rate(event where name == "${eventName}", ${at + 5}s) > 1/s`,
            `count(event, ${at + 5}s) > 1000000000`,
            `absent(event where name == "${eventName}", 5s)`,
          ][at % 3]
        : [
            `avg(heap.used, ${at + 5}s) > 10GB`,
            `count(log where level == "error", ${at + 5}s) > 10`,
            `loop.delay > ${at + 5}s`,
            `trend(memory.rss, ${at + 5}s) > 1GB`,
            `gc.time > 50% && cpu.used > 99%`,
          ][at % 5];
    return `rule "r${at}" { when ${when ?? ""} then { alert("x") } }`;
  }).join("\n");

/** What rules cost who records, none of them, those of metrics and log lines, and those of everything that comes; in turns. */
export async function ingestRulesFigures(eventsEach = 600_000): Promise<readonly Figure[]> {
  const kinds = [
    { name: "ingest_cpu_us_per_event_no_rules", rules: undefined },
    { name: "ingest_cpu_us_per_event_20_rules_metrics_logs", rules: twentyRules(0) },
    { name: "ingest_cpu_us_per_event_20_rules_5_of_all_events", rules: twentyRules(5) },
  ];
  const found = kinds.map(({ name }) => ({ name, floods: new Array<Flood>() }));
  for (let turn = 0; turn < 3; turn++)
    for (const [at, { rules }] of kinds.entries()) found[at]?.floods.push(await flood(eventsEach, 0, rules));
  return found.flatMap(({ name, floods }) => {
    const median = (of: (one: Flood) => number): number => quantile(Float64Array.from(floods, of), 0.5);
    const [last] = floods;
    return [
      {
        name,
        value: median(({ engineCpuSeconds, committed }) => (engineCpuSeconds * 1e6) / committed),
        unit: "us",
        ...(last === undefined ? {} : lossOf(last)),
      },
      { name: name.replace("cpu_us_per_event", "decided"), value: median(({ decided }) => decided), unit: "records" },
      { name: name.replace("cpu_us_per_event", "late"), value: median(({ late }) => late), unit: "records" },
      { name: name.replace("cpu_us_per_event", "seconds"), value: median(({ seconds }) => seconds), unit: "s" },
    ];
  });
}

/** Programs start and end within the time that is counted: so many events that this is little of it. */
export async function ingestFigures(eventsEach = 3_000_000): Promise<readonly Figure[]> {
  const small = await flood(eventsEach, 0);
  const large = await flood(Math.round(eventsEach / 5), 500);
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
      name: "ingest_large_cpu_us_per_event",
      value: (large.engineCpuSeconds * 1e6) / large.committed,
      unit: "us",
      measured: of(large),
      ...lossOf(large),
    },
    {
      name: "ingest_mb_per_s",
      value: (perSecond(large) * 500) / 1e6,
      unit: "MB/s",
      budget: { atLeast: 50 },
      measured: of(large),
      ...lossOf(large),
    },
    { name: "bytes_per_large_event", value: large.fileBytes / large.committed, unit: "By", measured: of(large) },
    {
      name: "engine_rss_mb",
      value: Math.max(small.rssBytes, large.rssBytes) / 1e6,
      unit: "MB",
    },
  ]);
}
