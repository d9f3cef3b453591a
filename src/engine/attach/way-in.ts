// How a running program could be attached to, by looking at it alone: its inspector is open, or would be opened by SIGUSR1,
// which is for a Node.js program only that is known to listen for that signal by nothing but its inspector. Linux alone tells.
import { constants } from "node:os";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { NodeBinaries } from "./node-binaries.js";
import { type Listener, inspectorOptions, isRecorded } from "./process-facts.js";
import { isAmongUs, readArguments, readEnvironment, readFacts } from "./read-process.js";
import { signalsListenedFor } from "./signal-handlers.js";

export type WayIn =
  | { readonly kind: "open"; readonly host: string; readonly port: number }
  /** `port`: where it will be, 0 for any that is free; `before`: sockets that are others. */
  | { readonly kind: "by-signal"; readonly port: number; readonly before: ReadonlySet<string> };

export interface LookingAround {
  readonly binaries: NodeBinaries;
  /** Every socket that listens, by inode; and those of the program, in the order in which it opened them. */
  readonly listeners: ReadonlyMap<string, Listener>;
  readonly own: readonly Listener[];
  /** The user answers for it that the signal does no harm. */
  readonly maySignal: boolean;
}

export async function wayInto(
  pid: number,
  { binaries, listeners, own, maySignal }: LookingAround,
): Promise<Result<WayIn, HindcastError>> {
  const target = `Process ${pid}`;
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
  // Opened before anything of the program ran, it has the first of its sockets that listen.
  const known = isOpen && port === 0 ? own[0] : own.find((listener) => listener.port === port);
  if (known !== undefined) return ok({ kind: "open", host: known.host, port: known.port });

  if (!facts.catches(constants.signals.SIGUSR1)) return failed(hindcastError("signal-would-end-it", { target }));
  if (!maySignal) {
    const listened = await signalsListenedFor(pid, await binaries.signalTree(pid));
    if (!listened.ok) return failed(hindcastError("signal-unsure", { target, reason: listened.error }));
    if (listened.value.has(constants.signals.SIGUSR1)) return failed(hindcastError("signal-is-its-own", { target }));
  }
  if (port !== 0 && [...listeners.values()].some((listener) => listener.port === port))
    return failed(hindcastError("inspector-port-taken", { target, port: String(port) }));
  return ok({ kind: "by-signal", port, before: new Set(own.map(({ inode }) => inode)) });
}
