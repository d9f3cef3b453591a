// Where a program's inspector is; one that is closed is opened by SIGUSR1, where way-in.ts says that this does no harm.
import { setTimeout as wait } from "node:timers/promises";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { NodeBinaries } from "./node-binaries.js";
import { inspectorOptions } from "./process-facts.js";
import { allListeners, listenersOf, readFacts } from "./read-process.js";
import { wayInto } from "./way-in.js";

export interface InspectorAddress {
  readonly host: string;
  readonly port: number;
  /** Opened by us, and to be closed by us. */
  readonly isOurs: boolean;
}

type Found = Result<InspectorAddress, HindcastError>;

/** Opening takes 10 ms, on a busy machine more. */
const opensWithinMs = 5000;
const lookEveryMs = 10;
/** Where it is not where it was expected: a program may have another port in mind since it started. */
const elsewhereAfterMs = 500;

/** `maySignal`: the user answers for it that the signal does no harm. */
export async function inspectorOf(pid: number, maySignal: boolean, binaries: NodeBinaries): Promise<Found> {
  if (process.platform !== "linux") return inspectorElsewhere(pid, maySignal);
  const listeners = await allListeners();
  const way = await wayInto(pid, { binaries, maySignal, listeners, own: await listenersOf(pid, listeners) });
  if (!way.ok) return way;
  const { value } = way;
  if (value.kind === "open") return ok({ host: value.host, port: value.port, isOurs: false });
  if (!signalled(pid)) return failed(hindcastError("program-ended", { target: `Process ${pid}` }));
  return opened(pid, value.port, value.before);
}

async function opened(pid: number, port: number, before: ReadonlySet<string>): Promise<Found> {
  const target = `Process ${pid}`;
  const start = performance.now();
  for (let passedMs = 0; passedMs < opensWithinMs; passedMs = performance.now() - start) {
    const fresh = (await listenersOf(pid, await allListeners())).filter(({ inode }) => !before.has(inode));
    const isAnyMeant = port === 0 || passedMs > elsewhereAfterMs;
    const found = fresh.find((one) => one.port === port) ?? (isAnyMeant ? fresh[0] : undefined);
    if (found !== undefined) return ok({ host: found.host, port: found.port, isOurs: true });
    if ((await readFacts(pid)) === undefined) return failed(hindcastError("program-ended", { target }));
    await wait(lookEveryMs);
  }
  const reason = `it opened none within ${opensWithinMs / 1000} s of being asked to`;
  return failed(hindcastError("no-inspector", { target, reason }));
}

function signalled(pid: number): boolean {
  try {
    return process.kill(pid, "SIGUSR1");
  } catch {
    return false;
  }
}

/** Nobody has tried this so far. Windows knows no such signal: Node opens the inspector in a way of its own there. */
async function inspectorElsewhere(pid: number, maySignal: boolean): Promise<Found> {
  const target = `Process ${pid}`;
  const debugProcess: unknown = Reflect.get(process, "_debugProcess");
  const isWindows = process.platform === "win32";
  if (!isWindows && !maySignal) {
    const reason = "this system does not say";
    return failed(hindcastError("signal-unsure", { target, reason }));
  }
  try {
    if (!isWindows) process.kill(pid, "SIGUSR1");
    else if (typeof debugProcess === "function") Reflect.apply(debugProcess, process, [pid]);
  } catch {
    return failed(hindcastError("no-such-program", { target: `process ${pid}` }));
  }
  await wait(elsewhereAfterMs);
  return ok({ host: "127.0.0.1", port: inspectorOptions([], "").port, isOurs: true });
}
