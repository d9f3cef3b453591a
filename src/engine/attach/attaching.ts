// Attaching to a program that runs: finds its inspector, puts the agent in, and leaves the inspector as it was.
import { dirname, join } from "node:path";
import { isLoopback } from "../../shared/base/loopback.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import type { AttachTarget, TrackedGlobal } from "../../shared/protocol/attach-calls.js";
import type { CaptureSettings } from "../../shared/protocol/agent-wire.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { InspectorSession } from "./inspector-session.js";
import type { NodeBinaries } from "./node-binaries.js";
import { type InspectorAddress, inspectorOf } from "./open-inspector.js";
import { nameOf, scriptIn } from "./process-facts.js";
import { closeInspector, explained, putIn } from "./put-in.js";
import { isGone, readArguments, readFolder } from "./read-process.js";

export interface ToAttach {
  readonly target: AttachTarget;
  readonly maySignal: boolean;
  readonly track: readonly TrackedGlobal[];
  readonly settings: CaptureSettings;
  /** Built agent; what else is needed lies beside it. */
  readonly agentFile: string;
  readonly address: { readonly socketPath: string; readonly token: string; readonly hostPid: number | undefined };
  /** Told, in words, what comes next. It may throw: then nothing more is done. */
  readonly atStage: (words: string) => void;
}

/** The program's process id. From then on its agent connects to `address`, or leaves the program by itself. */
export async function attachTo(given: ToAttach, binaries: NodeBinaries): Promise<Result<number, HindcastError>> {
  const { target, atStage } = given;
  if (target.kind === "address" && !isLoopback(target.host))
    return failed(hindcastError("not-on-this-machine", { target: textOf(target) }));
  atStage("Looking for its inspector");
  const inspector: Result<InspectorAddress, HindcastError> =
    target.kind === "address"
      ? ok({ host: target.host, port: target.port, isOurs: false })
      : await inspectorOf(target.pid, given.maySignal, binaries);
  const attached = inspector.ok ? await attachOver(inspector.value, given) : inspector;
  // Who does not answer any more may be no more.
  if (attached.ok || attached.error.code !== "no-inspector" || target.kind !== "pid" || !(await isGone(target.pid)))
    return attached;
  return failed(hindcastError("program-ended", { target: textOf(target) }));
}

/** What a recording of it may be called; undefined where that is not known before. */
export async function nameOfTarget(target: AttachTarget): Promise<string | undefined> {
  if (target.kind === "address") return undefined;
  const argv = await readArguments(target.pid);
  return argv.length === 0 ? undefined : nameOf(argv, scriptIn(argv, await readFolder(target.pid)));
}

async function attachOver(
  { host, port, isOurs }: InspectorAddress,
  given: ToAttach,
): Promise<Result<number, HindcastError>> {
  const { target, track, agentFile, settings, atStage } = given;
  const { socketPath, token, hostPid } = given.address;
  const first = await InspectorSession.connect(host, port);
  // One that we opened can be closed by nobody else.
  const session = first.ok || !isOurs ? first : await InspectorSession.connect(host, port);
  if (!session.ok) return failed(explained(session.error, textOf(target)));
  try {
    atStage("Putting the recorder in");
    const folder = dirname(agentFile);
    return await putIn(session.value, {
      order: {
        agentFile,
        guestFile: join(folder, "guest-side.cjs"),
        socketPath,
        token,
        ...(hostPid === undefined ? {} : { hostPid }),
        settings,
      },
      attachFile: join(folder, "attach.cjs"),
      track,
      pid: target.kind === "pid" ? target.pid : undefined,
      target: textOf(target),
    });
  } finally {
    if (isOurs) await closeInspector(session.value);
    session.value.close();
  }
}

const textOf = (target: AttachTarget): string =>
  target.kind === "pid" ? `Process ${target.pid}` : `${target.host}:${target.port}`;
