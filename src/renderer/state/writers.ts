// Where the selected value was last changed before the playhead, and where it is changed next.
import { ok, type Result } from "../../shared/base/result.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import { processId, seq } from "../../shared/trace/time.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { Playhead, RecordPosition } from "./playhead.svelte.js";
import type { SelectedValue } from "./selection.svelte.js";

/** As far as a value's history is searched for its next writer. */
const longestHistory = 10_000;

/** The last write at or before the playhead; standing right on it, the one before that. */
export async function lastWriter(
  recording: OpenRecording,
  playhead: Playhead,
  value: SelectedValue,
): Promise<Result<RecordPosition | undefined, HindcastError>> {
  const found = await recording.call("state.lastWriter", { ...value, at: playhead.at });
  if (!found.ok) return found;
  const { write } = found.value;
  if (write === undefined || write.seq !== playhead.position?.seq) return ok(write);
  const before = { kind: "seq", process: processId(value.process), seq: seq(write.seq - 1) } as const;
  const earlier = await recording.call("state.lastWriter", { ...value, at: before });
  return earlier.ok ? ok(earlier.value.write) : earlier;
}

/** The first write after the playhead. */
export async function nextWriter(
  recording: OpenRecording,
  playhead: Playhead,
  value: SelectedValue,
): Promise<Result<RecordPosition | undefined, HindcastError>> {
  const history = await recording.call("state.history", { ...value, limit: longestHistory });
  if (!history.ok) return history;
  const { position } = playhead;
  const isLater = (write: RecordPosition): boolean =>
    position?.process === write.process ? write.seq > position.seq : write.instant > playhead.instant;
  return ok(history.value.writes.find(isLater));
}
