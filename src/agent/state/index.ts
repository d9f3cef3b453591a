// Captured state: what the program's tracked values are, and every change to them.
import type { RecordSink } from "../record-sink.js";
import { type LocationOf, type StateLimits, defaultLimits } from "./followed.js";
import { IdentityLog } from "./tracker.js";
import { type WriteNotes } from "./writes.js";

export { reportLeftOut } from "./left-out.js";
export type { LocationOf, StateLimits } from "./followed.js";

export interface StateTracker {
  /** Whether anything is tracked yet. */
  readonly isActive: boolean;
  /** References recorded as "too-large" because there was no time to read what they name. */
  readonly leftOut: number;
  /** Records the value with everything reachable from it and follows it from now on under this name. */
  track(name: string, value: unknown): void;
  /**
   * Looks at some of the tracked state for changes that no write site told about. Call it whenever the program's own code
   * has just run: it limits its own share of the time and costs next to nothing while nothing is tracked.
   */
  boundary(): void;
  /** Looks at all of it: before the program ends. */
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
