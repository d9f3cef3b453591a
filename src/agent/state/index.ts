// Captured state: what the program's tracked values are, and every change to them.
import type { RecordSink } from "../record-sink.js";
import { type LocationOf, type StateLimits, defaultLimits } from "./followed.js";
import { IdentityLog } from "./tracker.js";
import { type WriteNotes } from "./writes.js";

export { ChosenState } from "./chosen.js";
export { reportState } from "./report.js";
export type { LocationOf, StateLimits } from "./followed.js";

export interface StateTracker {
  /** Whether anything is tracked yet. */
  readonly isActive: boolean;
  /** Objects that are there and not captured: beyond as many as are followed, or not read by the end. */
  readonly leftOut: number;
  /** Objects that wait to be read. */
  readonly unread: number;
  /** Of all that was done in one go since it was set to zero, what took longest, milliseconds. */
  longestMs: number;
  /** How often something was done in one go, and for how long altogether. */
  readonly slices: number;
  readonly sliceMs: number;
  /** How long the program has to itself while something waits to be read, milliseconds. */
  readonly pauseMs: number;
  /** Records the value with everything reachable from it, at once or little by little, and follows it under this name. */
  track(name: string, value: unknown, location?: number): void;
  /** Counts an object that is there and not captured. */
  leaveOut(): void;
  /**
   * Looks at some of the tracked state for changes that no write site told about. Call it whenever the program's own code
   * has just run: it limits its own share of the time and costs next to nothing while nothing is tracked. What was tracked
   * and could not be read at once is read here, too.
   */
  boundary(nowMs?: number): void;
  /** Reads what was not read yet, for a limited time, and looks at all of it: before the program ends. */
  lookAtEverything(): void;
  /** Forgets everything; nothing is recorded from then on until something is tracked again. */
  stop(): void;
  /** Where instrumented code tells about its writes; `locationOf` is asked where a site is when there is something to say. */
  writeNotes(locationOf: LocationOf): WriteNotes;
}

export type { WriteNotes };

/**
 * A tracker that writes to `sink`. Nothing it is given is ever called, read through a getter or changed. Of an object under
 * a name that has a placeholder nothing is captured but that.
 */
export function createStateTracker(
  sink: RecordSink,
  limits: Partial<StateLimits> = {},
  placeholderFor: (name: string) => string | undefined = () => undefined,
): StateTracker {
  return new IdentityLog(sink, { ...defaultLimits, ...limits }, placeholderFor);
}
