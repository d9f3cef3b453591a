// Runs a program of numbered events under `hindcast record`, in the way of which something is put, and says what came of
// it: how many the program says it made, and how many are in the file, by its numbers and not by ours.
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
  readonly received: number;
  readonly doubled: number;
  /** As the recording's gaps say, of events. */
  readonly lost: number;
  readonly grownMb: number;
}

export interface Trouble {
  readonly random: () => number;
  /** Of the engine that runs now, a new one after a kill. */
  signalEngine(signal: NodeJS.Signals): void;
  pause(ms: number): Promise<void>;
  /** The program has sent its last and ends now. */
  ending(): Promise<unknown>;
}

export async function runNumbered(load: Load, trouble: (tools: Trouble) => Promise<void>): Promise<Outcome> {
  const place = new Place();
  try {
    const file = place.path("numbered.hindcast");
    const program = [`${process.cwd()}/test/programs/numbered-events.mjs`, load.rate, load.seconds, load.restSeconds];
    const command = [process.execPath, ...program.map(String)];
    const running = place.start(["record", "-o", file, ...(load.options ?? []), "--", ...command]);
    await running.printed(/started/);
    await trouble({
      random: randomFrom(load.seed ?? 1),
      signalEngine: (signal) => signalEngine(place, signal),
      ending: () => running.printed(/"sent"/),
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    const ended = await running.ended;
    if (ended.code !== 0) throw new Error(`record ended with ${ended.code ?? ended.signal}: ${ended.err}`);
    const said: unknown = JSON.parse(ended.out.split("\n").find((line) => line.startsWith("{")) ?? "{}");
    return { ...numbersIn(said), ...(await countsIn(file)) };
  } finally {
    place.remove();
  }
}

/** Between two engines there is none to signal, which is trouble enough. */
function signalEngine(place: Place, signal: NodeJS.Signals): void {
  try {
    process.kill(place.pidOf(/engine-process/), signal);
  } catch {
    return;
  }
}

function numbersIn(said: unknown): { readonly sent: number; readonly grownMb: number } {
  if (typeof said !== "object" || said === null || !("sent" in said) || !("grownMb" in said))
    throw new Error("the program said nothing");
  return { sent: Number(said.sent), grownMb: Number(said.grownMb) };
}

async function countsIn(file: string): Promise<{ received: number; doubled: number; lost: number }> {
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
  connection.closeSync();
  instance.closeSync();
  return { received: distinct, doubled: all - distinct, lost };
}
