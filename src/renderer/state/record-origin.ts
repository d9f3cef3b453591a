// When a record was and of which service it is, as a row of a list says it.
import type { OpenRecording } from "./open-recording.svelte.js";
import { clockText, withinHourText } from "./text.js";

export function originOf(recording: OpenRecording, record: { readonly process: number; readonly timeNs: number }) {
  const at = recording.instantFromOffset(record.timeNs);
  const process = recording.process(record.process);
  return {
    time: withinHourText(at),
    timeInFull: clockText(at, 9),
    service: process?.serviceName ?? String(record.process),
    serviceInFull: `${process?.serviceName ?? ""}, pid ${process?.pid ?? "?"}`,
    category: process?.category ?? 8,
  };
}
