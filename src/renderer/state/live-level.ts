// At which level programs of a live recording are captured now: as they were told last, else as they were started.
import type { LiveLevel } from "../../shared/protocol/launch-calls.js";
import type { OpenRecording } from "./open-recording.svelte.js";

export function levelOf({ summary }: Pick<OpenRecording, "summary">): LiveLevel {
  const level = summary.level ?? summary.processes[0]?.level ?? "requests";
  return level === "metrics" ? "metrics" : "requests";
}

/** All of its processes were started at that level, and nothing else was told since. */
export const hasOnlyMetrics = (recording: Pick<OpenRecording, "summary">): boolean =>
  levelOf(recording) === "metrics" &&
  recording.summary.processes.length > 0 &&
  recording.summary.processes.every(({ level }) => level === "metrics");
