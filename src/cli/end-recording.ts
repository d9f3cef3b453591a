// What `record` and `run` do when their program has ended, and `attach` when it leaves one: have the engine bring what it sent into the file, and say what
// the recording lacks.
import type { EngineChild } from "../serve/engine-child.js";
import { failed } from "../shared/base/result.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { hindcastError } from "../shared/protocol/errors.js";
import type { Call } from "../shared/protocol/rpc.js";
import { missingChildren, missingRecords } from "./missing-records.js";
import { howEnded } from "./program.js";
import { sayingWhenSlow } from "./saying-when-slow.js";
import { type Ending, complain } from "./terminal.js";
import type { World } from "./world.js";

/** Who waits longer wonders what for: a flood just before the end, a slow disk, a busy machine. */
const slowMs = 2000;

export interface RecordedBy {
  readonly call: Call;
  readonly engine: Pick<EngineChild, "whenSilent">;
}

/**
 * The recording if it came to its end in order. The program went its own way all the same: its ending stays ours; undefined:
 * it is none of ours, and goes on.
 */
export async function endRecording(
  { terminal, environment }: Pick<World, "terminal" | "environment">,
  { call, engine }: RecordedBy,
  { recordingId, path }: RecordingSummary,
  program: { readonly pid: number; readonly ending: Ending } | undefined,
): Promise<RecordingSummary | undefined> {
  const waiting = new AbortController();
  const ended = program === undefined ? undefined : howEnded(program.pid, program.ending);
  const stopping = Promise.race([
    call("recording.stop", { recordingId, ended }, waiting.signal),
    engine
      .whenSilent(waiting.signal)
      .then((seconds) => failed(hindcastError("engine-silent", { path, seconds: String(seconds) }))),
  ]);
  const stopped = await sayingWhenSlow(stopping, slowMs, async () => {
    await terminal.err.line(
      `Hindcast: the program ${program === undefined ? "is left" : "has ended"}; what it sent is still being written to ${path}`,
    );
    await terminal.err.flush();
  });
  waiting.abort();
  // A closed one had been brought to its end by an engine that was killed before it could say so.
  if (!stopped.ok && stopped.error.code !== "recording-closed") await complain(terminal, stopped.error);
  const missing = stopped.ok ? await missingRecords(call, stopped.value, environment) : undefined;
  if (missing !== undefined) await complain(terminal, missing);
  const children = stopped.ok ? await missingChildren(call, stopped.value) : undefined;
  if (children !== undefined) await complain(terminal, children);
  return stopped.ok ? stopped.value : undefined;
}
