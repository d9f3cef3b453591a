// What `record` and `run` do when their program has ended: have the engine bring what it sent into the file, and say what
// the recording lacks.
import type { RecordingSummary } from "../shared/protocol/engine-calls.js";
import type { Call } from "../shared/protocol/rpc.js";
import { missingRecords } from "./missing-records.js";
import { howEnded } from "./program.js";
import { sayingWhenSlow } from "./saying-when-slow.js";
import { type Ending, complain } from "./terminal.js";
import type { World } from "./world.js";

/** Who waits longer wonders what for: a flood just before the end, a slow disk, a busy machine. */
const slowMs = 2000;

/** Whether the recording came to its end in order. The program went its own way all the same: its ending stays ours. */
export async function endRecording(
  { terminal, environment }: World,
  call: Call,
  { recordingId, path }: RecordingSummary,
  program: { readonly pid: number; readonly ending: Ending },
): Promise<boolean> {
  const stopping = call("recording.stop", { recordingId, ended: howEnded(program.pid, program.ending) });
  const stopped = await sayingWhenSlow(stopping, slowMs, async () => {
    await terminal.err.line(`Hindcast: the program has ended; what it sent is still being written to ${path}`);
    await terminal.err.flush();
  });
  // A closed one had been brought to its end by an engine that was killed before it could say so.
  if (!stopped.ok && stopped.error.code !== "recording-closed") await complain(terminal, stopped.error);
  const missing = stopped.ok ? await missingRecords(call, stopped.value, environment) : undefined;
  if (missing !== undefined) await complain(terminal, missing);
  return stopped.ok;
}
