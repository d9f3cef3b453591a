// The consistent cut of a recording at a position, and what an answer about one of its processes says about it.
import type { Asker } from "../shared/base/asker.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import type { StateCut } from "../shared/protocol/engine-rows.js";
import type { ProcessSummary } from "../shared/protocol/recording-summary.js";
import { type ProcessId, instant, processId, seq } from "../shared/trace/time.js";
import type { MessageLog } from "./message-log.js";
import type { RecordingAccess } from "./recording-access.js";
import type { Cut } from "./replay/cut.js";
import type { UpTo } from "./replay/state-at.js";

/** A position as it is asked for. */
export type CallAt = CallArgs<"state.at">["at"];

export interface ProcessCut {
  readonly upTo: UpTo;
  /** Absent where there is but one process. */
  readonly cut: StateCut | undefined;
}

export async function cutAt(
  access: Pick<RecordingAccess, "instantOf">,
  messages: MessageLog,
  at: CallAt,
  asker: Asker,
): Promise<Cut> {
  if (at.kind === "instant") return messages.atInstant(instant(at.instant), asker);
  const [process, position] = [processId(at.process), seq(at.seq)];
  const point = { process, seq: position, instant: await access.instantOf(process, position) };
  return messages.atRecord(point, asker);
}

export function processCut(cut: Cut, process: ProcessId, processes: readonly ProcessSummary[]): ProcessCut {
  const { upTo, movedNs } = cut.of(process);
  const moved = [...cut.moved].flatMap(([number, reach]) =>
    "seq" in reach.upTo ? [{ process: number, seq: reach.upTo.seq, movedNs: reach.movedNs ?? 0n }] : [],
  );
  return { upTo, cut: { movedNs: movedNs ?? 0n, uncertaintyNs: uncertaintyOf(cut, processes), moved } };
}

/**
 * The longest stretch of real time, by the engine's clock, that lies between what is shown of one process and of another:
 * of those that ran then. Absent where some clock was not measured.
 */
export function uncertaintyOf(cut: Cut, processes: readonly ProcessSummary[]): bigint | undefined {
  let [earliest, latest]: (bigint | undefined)[] = [];
  for (const { process, start, ended, clock } of processes) {
    const shownAt = cut.at + (cut.of(processId(process)).movedNs ?? 0n);
    if (shownAt < start || (ended !== undefined && shownAt > ended.at)) continue;
    if (clock === undefined) return undefined;
    const middle = shownAt - clock.offsetNs;
    const [from, to] = [middle - clock.uncertaintyNs, middle + clock.uncertaintyNs];
    if (earliest === undefined || from < earliest) earliest = from;
    if (latest === undefined || to > latest) latest = to;
  }
  return earliest === undefined || latest === undefined ? 0n : latest - earliest;
}
