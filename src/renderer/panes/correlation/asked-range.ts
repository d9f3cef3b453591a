// Of which stretch something is asked: the selected one, or the whole recording.
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";

export interface AskedRange {
  readonly from: bigint;
  readonly to: bigint;
  readonly isSelection: boolean;
  /** Stays the same while "all of it" grows. */
  readonly key: unknown;
}

export function askedRange(recording: OpenRecording, selection: Selection): AskedRange {
  const { range } = selection;
  if (range === undefined || range.toNs <= range.fromNs) {
    const { summary } = recording;
    return { from: recording.instantFromOffset(recording.keptFromNs), to: summary.end, isSelection: false, key: "all" };
  }
  const from = recording.instantFromOffset(range.fromNs);
  const to = recording.instantFromOffset(range.toNs);
  return { from, to, isSelection: true, key: [from, to] };
}
