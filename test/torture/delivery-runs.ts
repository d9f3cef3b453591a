// Runs a program of numbered events under `hindcast record`, in the way of which something is put, and says what came of
// it: how many the program says it made, and how many are in the file, by its numbers and not by ours.
import { existsSync, readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import { Place } from "../integration/hindcast-process.js";

export interface Load {
  readonly seed?: number;
  readonly options?: readonly string[];
  /** Events a second; 0: as fast as it goes. */
  readonly rate: number;
  readonly seconds: number;
  readonly restSeconds: number;
}

export interface Outcome {
  readonly sent: number;
  /** What the program really made in the seconds it took, by its own clock; before its rest. */
  readonly perSecond: number;
  readonly received: number;
  readonly doubled: number;
  /** As the recording's gaps say, of events. */
  readonly lost: number;
  /** Of each process: its exit code, how that is known, and whether its last records may be missing. */
  readonly ends: readonly string[];
  readonly grownMb: number;
  /** On standard error of `hindcast record`. */
  readonly said: string;
  /** What should not be there any more. */
  readonly left: readonly string[];
}

export interface Trouble {
  readonly random: () => number;
  /** Of the engine that runs now, a new one after a kill. False when there is none at this moment. */
  signalEngine(signal: NodeJS.Signals): boolean;
  /** Of `hindcast record`, the parent of the program and of the engine. */
  signalHost(signal: NodeJS.Signals): boolean;
  pause(ms: number): Promise<void>;
  /** The program has sent its last and ends now. */
  ending(): Promise<unknown>;
  /** The program is gone, whatever its host does. */
  gone(): Promise<void>;
}

/**
 * Memory of a program under overload: its ring with what is defined for it, the backlog, and a constant for what is on its way
 * and for garbage of both threads; chunks of the backlog that are given up are garbage, too.
 */
export const mostGrownMb = (ringMb: number, backlogMb: number, overflow: string): number =>
  (1.0625 + 4) * ringMb + backlogMb + (overflow === "drop-oldest" ? 160 : 136);

/** Made by numbered-events.mjs before its clock starts. */
const beforeClock = 1000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function runNumbered(load: Load, trouble: (tools: Trouble) => Promise<void>): Promise<Outcome> {
  const place = new Place();
  try {
    const file = place.path("numbered.hindcast");
    const program = [`${process.cwd()}/test/programs/numbered-events.mjs`, load.rate, load.seconds, load.restSeconds];
    const command = [process.execPath, ...program.map(String)];
    const running = place.start(["record", "-o", file, ...(load.options ?? []), "--", ...command]);
    await running.printed(/started/);
    const pid = place.pidOf(/^(?!.*cli\.js).*numbered-events/);
    const baseBytes = memoryOf(pid, "VmRSS") ?? 0;
    const peak = peakBytes(pid);
    await trouble({
      random: randomFrom(load.seed ?? 1),
      signalEngine: (signal) => signalEngine(place, signal),
      signalHost: (signal) => running.child.kill(signal),
      ending: () => running.printed(/"sent"/),
      gone: async () => {
        while (memoryOf(pid, "VmRSS") !== undefined) await pause(20);
      },
      pause,
    });
    // When the program has ended, too, which goes on without its host.
    const ended = await running.ended;
    if (ended.code !== 0 && ended.signal !== "SIGKILL")
      throw new Error(`record ended with ${ended.code ?? ended.signal}: ${ended.err}`);
    // The engine ends by itself then.
    while (place.leftRunning().length > 0) await pause(50);
    const said: unknown = JSON.parse(ended.out.split("\n").find((line) => line.startsWith("{")) ?? "{}");
    const [sent, seconds] = [numberIn(said, "sent"), numberIn(said, "seconds") - load.restSeconds];
    const perSecond = Math.round((sent - beforeClock) / seconds);
    const outcome = { sent, perSecond, ...(await countsIn(file)) };
    const grownMb = Math.round(((await peak) - baseBytes) / 2 ** 20);
    const left = [...(existsSync(`${file}.wal`) ? ["a log beside the file"] : []), ...place.leftBehind()];
    return { ...outcome, grownMb, said: ended.err, left };
  } finally {
    place.remove();
  }
}

function signalEngine(place: Place, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(place.pidOf(/engine-process/), signal);
  } catch {
    return false;
  }
}

/** The most memory that a process had, to its very end; Linux keeps count. */
async function peakBytes(pid: number): Promise<number> {
  for (let peak = 0; ; await pause(20)) {
    const now = memoryOf(pid, "VmHWM");
    if (now === undefined) return peak;
    peak = now;
  }
}

/** Undefined when it has ended. */
function memoryOf(pid: number, field: "VmHWM" | "VmRSS"): number | undefined {
  try {
    const [, kilobytes] =
      new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

function numberIn(said: unknown, name: string): number {
  const value: unknown = typeof said === "object" && said !== null ? Reflect.get(said, name) : undefined;
  if (typeof value !== "number") throw new Error(`the program did not say ${name}`);
  return value;
}

async function countsIn(file: string): Promise<Pick<Outcome, "received" | "doubled" | "lost" | "ends">> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const numbers = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()[0]?.map(Number) ?? [];
  const [all = 0, distinct = 0] = await numbers(
    `SELECT count(*), count(DISTINCT (attributes->>'n')::BIGINT) FROM events WHERE name = 'numbered'`,
  );
  const [lost = 0] = await numbers(
    `SELECT coalesce(sum(regexp_extract(label, '(\\d+) events?', 1)::BIGINT), 0) FROM marks
       WHERE kind = 'gap' AND regexp_matches(label, '\\d+ event')`,
  );
  const ended = await connection.runAndReadAll(
    `SELECT concat_ws(' ', exit_code, ending, if(tail_unknown, 'unknown', 'whole')) FROM processes`,
  );
  const ends = ended.getRows().map(([end]) => String(end));
  connection.closeSync();
  instance.closeSync();
  return { received: distinct, doubled: all - distinct, lost, ends };
}
