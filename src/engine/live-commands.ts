// What a live recording is told while it records: what to keep, and what its programs do from now on.
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { LiveLevel } from "../shared/protocol/launch-calls.js";
import { type Pipeline, mostPipelineBytes } from "../shared/protocol/pipeline-stages.js";
import type { Pin, RecordingSummary } from "../shared/protocol/recording-summary.js";
import type { Live } from "./live-side.js";

/** What is left out stays as it is. */
export interface ToldPrograms {
  readonly paused?: boolean;
  readonly level?: LiveLevel;
}

type Done = Result<Record<string, never>, HindcastError>;

/** Nothing between the two instants is evicted from now on. */
export async function pin(live: Live, label: string, from: bigint, to: bigint): Promise<Result<Pin, HindcastError>> {
  const { id } = await live.recorder.pin(label, from, to);
  return ok({ pin: id, label, from, to });
}

export async function unpin(live: Live, id: number): Promise<Done> {
  const isDone = await live.recorder.unpin(id);
  return isDone ? ok({}) : failed(hindcastError("no-such-pin", { pin: String(id) }));
}

/** Its programs, also those that come later. */
export async function tellPrograms(live: Live, told: ToldPrograms): Promise<Done> {
  const { paused, level } = told;
  const { pausedSince: before, ...note } = live.note;
  const wasPaused = before !== undefined;
  const pausedSince = (paused ?? wasPaused) ? (before ?? String(BigInt(Date.now()) * 1_000_000n)) : undefined;
  live.note = {
    ...note,
    ...(pausedSince === undefined ? {} : { pausedSince }),
    ...(level === undefined ? {} : { level }),
  };
  await live.address.folder.holdsRecording(live.note);
  await live.recorder.configure(told);
  return ok({});
}

export const toldSummary = ({
  note,
  pipeline,
}: Live): Pick<RecordingSummary, "pausedSince" | "level" | "pipeline"> => ({
  ...(pipeline === undefined ? {} : { pipeline }),
  ...(note.pausedSince === undefined ? {} : { pausedSince: BigInt(note.pausedSince) }),
  ...(note.level === undefined ? {} : { level: note.level }),
});

/** What records of all its programs go through from now on. */
export async function configure(live: Live, pipeline: Pipeline): Promise<Done> {
  const bytes = Buffer.byteLength(JSON.stringify(pipeline));
  if (bytes > mostPipelineBytes) {
    const reason = `it takes ${bytes} bytes, and at most ${mostPipelineBytes} are possible`;
    return failed(hindcastError("bad-config", { reason }));
  }
  live.pipeline = pipeline;
  await live.recorder.configure({ pipeline });
  return ok({});
}
