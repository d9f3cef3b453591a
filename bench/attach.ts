// What attaching to a service costs it: loaded all the time by connections that were open before, measured before it is attached
// to, while it is, and after it was left, again and again in one run of the same process; and what of us remains in it at the end.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { repositoryRoot } from "../tools/run-step.js";
import { type BenchEngine, withEngine } from "./engine/engine-child.js";
import { type Benchmark, type Figure, figuresOfRun, median } from "./figures.js";

const programs = join(repositoryRoot, "bench/programs");
/** What was optimized for the one way must be for the other; a thread comes to its end. */
const settlesMs = 1000;

const used = v.object({ cpuUs: v.number(), stoodMs: v.number(), rssBytes: v.number() });

/** The answer of a program of ours to a word. */
async function told<Answer>(
  child: ChildProcess,
  word: string,
  schema: v.GenericSchema<unknown, Answer>,
): Promise<Answer> {
  const answer = once(child, "message");
  child.send(word);
  const messages: unknown[] = await answer;
  return v.parse(v.object({ answer: schema }), messages[0]).answer;
}

interface Loaded {
  readonly service: ChildProcess;
  readonly load: ChildProcess;
}

async function start(): Promise<Loaded> {
  const service = fork(join(programs, "overhead-express.cjs"), {
    // Collects when it is compared, so that what nobody holds any more is gone.
    execArgv: ["--expose-gc", "--inspect-port=0", "--require", join(programs, "attach-watch.cjs")],
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
    stdio: ["ignore", "pipe", "ignore", "ipc"],
  });
  let text = "";
  for await (const chunk of service.stdout ?? []) {
    text += String(chunk);
    if (/127\.0\.0\.1:\d+\n/.test(text)) break;
  }
  service.stdout?.resume();
  const url = /http:\S+/.exec(text)?.[0] ?? "";
  const load = fork(join(programs, "attach-load.mjs"), [url], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  return { service, load };
}

interface Stretch {
  readonly requests: number;
  readonly perSecond: number;
  readonly cpuUsPerRequest: number;
}

async function stretch({ service, load }: Loaded, seconds: number): Promise<Stretch> {
  const [startMs, before, count] = [performance.now(), await told(service, "usage", used), await counted(load)];
  await wait(seconds * 1000);
  const [after, endCount, endMs] = [await told(service, "usage", used), await counted(load), performance.now()];
  const requests = endCount - count;
  return {
    requests,
    perSecond: (requests * 1000) / (endMs - startMs),
    cpuUsPerRequest: (after.cpuUs - before.cpuUs) / requests,
  };
}

const counted = (load: ChildProcess): Promise<number> => told(load, "count", v.number());

interface Round {
  readonly before: Stretch;
  readonly during: Stretch;
  readonly after: Stretch;
  readonly attachMs: number;
  readonly detachMs: number;
  /** The longest that the service's event loop stood still while it was attached to, and left. */
  readonly stoodMs: readonly [attaching: number, detaching: number, running: number];
  readonly invalid: string | undefined;
}

async function round(loaded: Loaded, engine: BenchEngine, path: string, seconds: number): Promise<Round> {
  const { service } = loaded;
  const stood = async (): Promise<number> => (await told(service, "usage", used)).stoodMs;
  const timed = async <Value>(work: () => Promise<Value>) => {
    const startMs = performance.now();
    const value = await work();
    return { value, ms: performance.now() - startMs };
  };
  await wait(settlesMs);
  const running = await stood();
  const before = await stretch(loaded, seconds);
  const target = { kind: "pid", pid: service.pid ?? 0 } as const;
  const attaching = await timed(() => engine.call("recording.attach", { target, path, capture: {} }));
  const stoodAttaching = await stood();
  const during = await stretch(loaded, seconds);
  const { recordingId } = attaching.value;
  const detaching = await timed(() => engine.call("recording.stop", { recordingId }));
  const stoodDetaching = await stood();
  const { counts } = detaching.value;
  await engine.call("recording.close", { recordingId });
  await wait(settlesMs);
  const after = await stretch(loaded, seconds);
  const isWhole = counts.lost === 0 && counts.spans >= during.requests;
  return {
    before,
    during,
    after,
    attachMs: attaching.ms,
    detachMs: detaching.ms,
    stoodMs: [stoodAttaching, stoodDetaching, running],
    invalid: isWhole
      ? undefined
      : `${counts.spans} spans of ${during.requests} requests are in the file, ${counts.lost} are lost`,
  };
}

/** Of the stretch before a round to the one after the round before it: how much of the others is the machine. */
const betweenRounds = (rounds: readonly Round[]): readonly number[] =>
  rounds.flatMap(({ before }, at) => {
    const previous = rounds[at - 1];
    return previous === undefined ? [] : [before.cpuUsPerRequest / previous.after.cpuUsPerRequest];
  });

const lastOf = (rounds: readonly Round[]): number =>
  (rounds.at(-1)?.after.cpuUsPerRequest ?? NaN) / (rounds[0]?.before.cpuUsPerRequest ?? NaN);

function figuresOf(rounds: readonly Round[], remains: readonly string[]): readonly Figure[] {
  const invalid = rounds.flatMap((one) => one.invalid ?? [])[0];
  const figure = figuresOfRun(invalid);
  const of = (value: (one: Round) => number): number => median(rounds.map(value));
  const cpu = "processor time of a request, ratio";
  return [
    figure(
      "during_cpu_ratio",
      of(({ before, during }) => during.cpuUsPerRequest / before.cpuUsPerRequest),
      cpu,
    ),
    figure(
      "after_cpu_ratio",
      of(({ before, after }) => after.cpuUsPerRequest / before.cpuUsPerRequest),
      cpu,
      { atMost: 1.05 },
    ),
    figure("control_cpu_ratio", median(betweenRounds(rounds)), `${cpu}, nothing done in between`),
    figure("last_cpu_ratio", lastOf(rounds), `${cpu}, the last after to the first before`),
    figure(
      "during_throughput_ratio",
      of(({ before, during }) => during.perSecond / before.perSecond),
      "requests/s, ratio",
    ),
    figure(
      "after_throughput_ratio",
      of(({ before, after }) => after.perSecond / before.perSecond),
      "requests/s, ratio",
    ),
    figure(
      "before_cpu_us_per_request",
      of(({ before }) => before.cpuUsPerRequest),
      "µs of processor time",
    ),
    figure(
      "before_requests_per_s",
      of(({ before }) => before.perSecond),
      "1/s",
    ),
    figure(
      "attach_ms",
      of(({ attachMs }) => attachMs),
      "ms",
    ),
    figure(
      "detach_ms",
      of(({ detachMs }) => detachMs),
      "ms, what was sent is in the file",
    ),
    figure(
      "attach_stood_ms",
      of(({ stoodMs: [attaching] }) => attaching),
      "ms at most without a turn of its loop",
    ),
    figure(
      "detach_stood_ms",
      of(({ stoodMs: [, detaching] }) => detaching),
      "ms at most without a turn of its loop",
    ),
    figure(
      "running_stood_ms",
      of(({ stoodMs: [, , running] }) => running),
      "ms, the same second of load before",
    ),
    {
      ...figure("remains", remains.length, "differences", { atMost: 0 }),
      ...(remains[0] === undefined ? {} : { invalid: remains.join("; ") }),
    },
  ];
}

/** Sockets, threads and collectors take their time. */
async function remainsIn({ service, load }: Loaded): Promise<readonly string[]> {
  let found: readonly string[] = ["it was not compared"];
  for (const endMs = performance.now() + 15_000; found.length > 0 && performance.now() < endMs; await wait(200))
    found = await atRest(load, () => told(service, "compare", v.array(v.string())));
  return found;
}

/** Nothing is being answered meanwhile; the connections stay open. */
async function atRest<Value>(load: ChildProcess, work: () => Promise<Value>): Promise<Value> {
  await told(load, "pause", v.number());
  const value = await work();
  await told(load, "go on", v.number());
  return value;
}

async function run(args: readonly string[]): Promise<readonly Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: "string", default: "7" }, seconds: { type: "string", default: "3" } },
  });
  return withEngine(async (engine, folder) => {
    const loaded = await start();
    const { service, load } = loaded;
    const gone = Promise.all([once(service, "exit"), once(load, "exit")]);
    try {
      await stretch(loaded, 3 * Number(values.seconds));
      await atRest(load, () => told(service, "remember", v.number()));
      const rounds: Round[] = [];
      for (let number = 0; number < Number(values.rounds); number++)
        rounds.push(await round(loaded, engine, join(folder, `attach-${number}.hindcast`), Number(values.seconds)));
      return figuresOf(rounds, await remainsIn(loaded));
    } finally {
      for (const child of [load, service]) if (child.connected) child.disconnect();
      await gone;
    }
  });
}

export const attach: Benchmark = {
  name: "attach",
  description:
    "a service under load, before it is attached to, meanwhile and after it was left, again and again in one process:\n" +
    "--rounds 7 --seconds 3; the medians of the rounds, each against the stretch before it",
  run,
};
