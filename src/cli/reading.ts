// What every reading command does first: open the file in an engine of its own, find the process, read the times.
import { resolve } from "node:path";
import type { CallProgress } from "../shared/base/asker.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { EngineCallName } from "../shared/protocol/engine-calls.js";
import { pidText } from "../shared/protocol/process-families.js";
import type { ProcessSummary, RecordingSummary } from "../shared/protocol/recording-summary.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { Call } from "../shared/protocol/rpc.js";
import { onInterrupt } from "./signals.js";
import { type Ending, type Output, ended, failWith } from "./terminal.js";
import { instantFromText } from "./time-text.js";
import type { World } from "./world.js";

export interface Reading {
  readonly call: Call;
  readonly out: Output;
  /** How much of a list is printed that comes a page at a time; what is printed so far goes out. */
  listed(done: number, total: number | undefined, unit: CallProgress["unit"]): Promise<void>;
  readonly summary: RecordingSummary;
  /** Names the recording in calls. */
  readonly recordingId: string;
  /** The instant typed; fails as "bad-time". */
  instant(text: string): Result<bigint, HindcastError>;
}

/** What a command answers: nothing more to say, or why it could not. */
export type Done = Result<undefined, HindcastError>;
export const done: Done = ok(undefined);

export async function withRecording(
  world: World,
  file: string,
  work: (reading: Reading) => Promise<Done>,
): Promise<Ending> {
  const { status } = world;
  const { call, close } = await world.startReader();
  const giveUp = new AbortController();
  let release = (): void => undefined;
  const interrupted = new Promise<NodeJS.Signals>((resolve) => (release = onInterrupt(resolve)));
  try {
    const told = tellingOf(world, call, giveUp.signal);
    const worked = openAndWork(world, told, resolve(world.cwd, file), work);
    // It may wait for ever, for a reader of its output or for input: then it is left alone.
    const outcome = await Promise.race([worked, interrupted]);
    if (typeof outcome === "string") {
      giveUp.abort();
      worked.catch(() => undefined); // nobody waits for it
      return { kind: "signal", signal: outcome };
    }
    await world.terminal.out.flush();
    if (outcome.ok) return ended(0);
    status.end();
    return await failWith(world.terminal, outcome.error, outcome.error.code === "bad-usage" ? 2 : 1);
  } finally {
    status.end();
    await close();
    release();
  }
}

/** Calls that say on the status line what is waited for, and that end when the command is interrupted. */
const tellingOf =
  ({ status }: World, call: Call, signal: AbortSignal): Call =>
  (name, args, _signal, onProgress) => {
    status.say(callWords[name] ?? "Reading");
    return call(name, args, signal, (progress) => {
      status.tell(progress);
      onProgress?.(progress);
    });
  };

const callWords: Partial<Record<EngineCallName, string>> = {
  "recording.open": "Opening the recording",
  "recording.copy": "Copying",
  "recording.export": "Exporting",
  "recording.exportReport": "Looking for secrets",
  "recording.close": "Closing the recording",
  "state.at": "Reading state",
  "state.first": "Looking for the first write",
  "state.growth": "Looking at sizes",
  "state.diff": "Comparing state",
  "state.history": "Reading writes",
  "state.lastWriter": "Looking for the last write",
  "events.page": "Reading events",
  "spans.page": "Reading spans",
  "logs.around": "Counting log lines",
  "logs.page": "Reading log lines",
  "metrics.range": "Reading samples",
  "metrics.correlate": "Comparing series",
  "range.changes": "Looking for what changed",
  "services.graph": "Counting calls",
  "requests.routes": "Counting requests",
  "calls.page": "Looking for calls",
  "calls.stacks": "Looking for calls",
  "calls.tree": "Summing up calls",
  "calls.writes": "Looking for writes",
  "sources.list": "Looking for sources",
  "sources.read": "Reading a source",
  "requests.list": "Looking for requests",
  "rules.backtest": "Evaluating rules",
  "search.page": "Searching",
  "notes.put": "Writing the note",
  "alerts.list": "Reading alerts",
};

async function openAndWork(
  world: World,
  call: Call,
  path: string,
  work: (reading: Reading) => Promise<Done>,
): Promise<Done> {
  const opened = await call("recording.open", { path });
  if (!opened.ok) return opened;
  const summary = opened.value;
  return work({
    call,
    out: world.terminal.out,
    listed: async (done, total, unit) => {
      world.status.tellListed({ done, total, unit });
      await world.terminal.out.flush();
    },
    summary,
    recordingId: summary.recordingId,
    instant: (text) => instantFromText(text, summary),
  });
}

export function range(
  { instant, summary }: Reading,
  args: RangeArgs,
): Result<{ from: bigint; to: bigint }, HindcastError> {
  const from = args.from === undefined ? ok(summary.start) : instant(args.from);
  if (!from.ok) return from;
  const to = args.to === undefined ? ok(summary.end) : instant(args.to);
  if (!to.ok) return to;
  const isBackwards = args.to !== undefined && from.value > to.value;
  return isBackwards
    ? failed(hindcastError("bad-usage", { reason: "--from is later than --to" }))
    : ok({ from: from.value, to: to.value });
}

/** Which of so many rows in the order of time `--limit` or `--last` leave: [first, end). */
export function partOf(length: number, { limit, last }: PartArgs): readonly [first: number, end: number] {
  return [last === undefined ? 0 : Math.max(0, length - last), Math.min(length, limit ?? length)];
}

interface PartArgs {
  readonly limit: number | undefined;
  readonly last: number | undefined;
}

interface RangeArgs {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export const atInstant = (instant: bigint): { kind: "instant"; instant: bigint } => ({ kind: "instant", instant });

/** The process meant by number, pid or service name; without one, the only process that has the scope. */
export function processOf(
  { summary }: Reading,
  scope: string,
  named: string | undefined,
): Result<number, HindcastError> {
  if (named !== undefined) return namedProcess(summary.processes, named);
  const owners = summary.scopes.filter((candidate) => candidate.scope === scope).map(({ process }) => process);
  const [only] = owners;
  if (only === undefined) {
    const known = [...new Set(summary.scopes.map((candidate) => candidate.scope))].join(", ");
    return failed(hindcastError("no-such-scope", { scope, known: known === "" ? "none" : known }));
  }
  if (owners.length === 1) return ok(only);
  return ambiguous(
    `a state called ${scope}`,
    summary.processes.filter(({ process }) => owners.includes(process)),
  );
}

/** The process meant by number, pid or service name. */
export function namedProcess(processes: readonly ProcessSummary[], named: string): Result<number, HindcastError> {
  const byNumber = processes.filter(({ process }) => String(process) === named);
  // A thread goes by its number: it shares pid and name with its process.
  const mains = processes.filter(({ kind }) => kind !== "worker thread");
  const byPid = mains.filter(({ pid }) => String(pid) === named);
  const byName = mains.filter(({ serviceName }) => serviceName === named);
  const matching = [byNumber, byPid, byName].find((candidates) => candidates.length === 1)?.[0];
  if (matching !== undefined) return ok(matching.process);
  // The system uses an id again; copies of one program share its name.
  if (byPid.length > 0) return ambiguous(`the pid ${named}`, byPid);
  if (byName.length > 0) return ambiguous(`the name ${named}`, byName);
  return failed(hindcastError("no-such-process", { process: named }));
}

function ambiguous(what: string, candidates: readonly ProcessSummary[]): Result<never, HindcastError> {
  const processes = candidates.map((one) => `${one.process} (${pidText(one)})`).join(", ");
  return failed(hindcastError("ambiguous-process", { what, processes }));
}
