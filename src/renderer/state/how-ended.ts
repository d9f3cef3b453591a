// How a process ended, in the words of `hindcast info`.
import { type ProcessSummary, wasLeft } from "../../shared/protocol/recording-summary.js";

type Facts = Pick<ProcessSummary, "attached" | "ended" | "endUnknown">;

/** "ended with 3", "ended by SIGKILL", "ended" where nobody knows, "detached" where it went on; undefined while it runs. */
export function howEnded(process: Facts): string | undefined {
  const { ended } = process;
  if (ended === undefined) return undefined;
  if (wasLeft(process)) return "detached";
  if (ended.signal !== undefined) return `ended by ${ended.signal}`;
  return ended.exitCode === undefined ? "ended" : `ended with ${ended.exitCode}`;
}

/** The same where there is room for a word or two: "exit 3", "SIGKILL". */
export function briefEnding(process: Facts): string | undefined {
  const { signal, exitCode } = process.ended ?? {};
  if (process.ended === undefined || wasLeft(process) || (signal ?? exitCode) === undefined) return howEnded(process);
  return signal ?? `exit ${exitCode}`;
}

/** The same in full. */
export function endingOf(process: Facts): string {
  const how = howEnded(process) ?? "running";
  return process.endUnknown === true ? `${how}; what it did last may be missing` : how;
}
