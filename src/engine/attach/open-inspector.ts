// Where a program's inspector is; one that is closed is opened by SIGUSR1, but only in a Node.js program that is known to
// listen for that signal by nothing but its inspector.
import { constants } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { type NodeBinaries, isRecorded } from "./node-programs.js";
import { inspectorOptions } from "./process-facts.js";
import { allListeners, isAmongUs, listenersOf, readArguments, readEnvironment, readFacts } from "./read-process.js";
import { signalsListenedFor } from "./signal-handlers.js";

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
  const target = `Process ${pid}`;
  if (process.platform !== "linux") return inspectorElsewhere(pid, maySignal);
  const facts = await readFacts(pid);
  if (facts === undefined) return failed(hindcastError("no-such-program", { target: `process ${pid}` }));
  if (facts.uid !== process.getuid?.()) return failed(hindcastError("not-your-program", { target }));
  if (!(await binaries.isNode(pid)))
    return failed(hindcastError("not-a-node-program", { target, reason: "its binary is none of Node.js" }));
  if (pid === process.pid) return failed(hindcastError("already-recorded", { target: "Hindcast itself" }));
  if (facts.isStopped) return failed(hindcastError("program-stopped", { target }));
  if (!(await isAmongUs(pid))) return failed(hindcastError("not-among-us", { target }));
  const environment = await readEnvironment(pid);
  if (isRecorded(environment)) return failed(hindcastError("already-recorded", { target }));

  const { isOpen, port } = inspectorOptions(await readArguments(pid), environment.get("NODE_OPTIONS") ?? "");
  const own = await listenersOf(pid);
  // Opened before anything of the program ran, it has the first of its sockets that listen.
  const known = isOpen && port === 0 ? own[0] : own.find((listener) => listener.port === port);
  if (known !== undefined) return ok({ host: known.host, port: known.port, isOurs: false });

  if (!facts.catches(constants.signals.SIGUSR1)) return failed(hindcastError("signal-would-end-it", { target }));
  if (!maySignal) {
    const listened = await signalsListenedFor(pid);
    if (!listened.ok) return failed(hindcastError("signal-unsure", { target, reason: listened.error }));
    if (listened.value.has(constants.signals.SIGUSR1)) return failed(hindcastError("signal-is-its-own", { target }));
  }
  if (port !== 0 && (await allListeners()).some((listener) => listener.port === port))
    return failed(hindcastError("inspector-port-taken", { target, port: String(port) }));
  if (!signalled(pid)) return failed(hindcastError("program-ended", { target }));
  return opened(pid, port, new Set(own.map(({ inode }) => inode)));
}

async function opened(pid: number, port: number, before: ReadonlySet<string>): Promise<Found> {
  const target = `Process ${pid}`;
  const start = performance.now();
  for (let passedMs = 0; passedMs < opensWithinMs; passedMs = performance.now() - start) {
    const fresh = (await listenersOf(pid)).filter(({ inode }) => !before.has(inode));
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
