// What a recording with limits keeps, in words.
import type { RecordingLimits, RecordingSummary } from "../../shared/protocol/recording-summary.js";
import { bytesText, durationText } from "./text.js";

/** `Keeps at least the last 10 m 00 s, at most 2.0 GB`. */
export function limitsText({ maxAgeMs, maxBytes }: RecordingLimits): string {
  const parts = [
    ...(maxAgeMs === undefined ? [] : [`at least the last ${durationText(maxAgeMs * 1e6)}`]),
    ...(maxBytes === undefined ? [] : [`at most ${bytesText(maxBytes)}`]),
  ];
  return `Keeps ${parts.join(", ")}`;
}

/** Of all kinds together. */
export function evictedRecords({ evicted }: Pick<RecordingSummary, "evicted">): number {
  if (evicted === undefined) return 0;
  const { events, spans, logs, metrics, writes, marks } = evicted;
  return events + spans + logs + metrics + writes + marks;
}
