// What is known of one object that is followed, and what a seen write needs of the log of all of them.
import type { ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { Encoder } from "./changes.js";
import type { Entries, Shadow } from "./shadow.js";

export interface StateLimits {
  /** Objects followed at once; a reference to one more is "too-large". */
  readonly objects: number;
  /** Elements, keys, pairs or members of one object. */
  readonly slots: number;
  /** UTF-16 units kept of a string, and bytes of a buffer. */
  readonly stringLength: number;
  readonly bytes: number;
  /** Rough size of one object's contents as a record. */
  readonly contentBytes: number;
  /**
   * Milliseconds that objects which one operation brings in may take to be read; references to the rest are "too-large".
   * As long again for recording what was read, which redaction is a part of; what there is no time for is "too-large".
   */
  readonly captureMs: number;
  /** Slots compared by one `boundary()`; an object is never compared in part. */
  readonly slotsPerLook: number;
  /** Milliseconds after which one `boundary()` begins with no further object: what it records anew may be large. */
  readonly lookMs: number;
  /** Share of the program's time that looking may take, 0-1. */
  readonly lookShare: number;
  /** Slots that each write told adds to what may be compared beside what it writes, and how many may be saved up. */
  readonly slotsPerWrite: number;
  readonly slotsSaved: number;
}

export const defaultLimits: StateLimits = {
  objects: 1_000_000,
  slots: 500_000,
  stringLength: 10_000,
  bytes: 65_536,
  contentBytes: 3_500_000, // below a quarter of the smallest usual ring, which is the recorder's bound
  captureMs: 2_500, // several times what a hundred thousand objects take
  slotsPerLook: 4_000,
  lookMs: 2,
  lookShare: 0.05,
  slotsPerWrite: 32,
  slotsSaved: 200_000,
};

/** An object with an id. `shadow` is undefined while it is not reachable from any tracked value. */
export interface Followed {
  readonly id: ObjectId;
  readonly className: string;
  shadow: Shadow | undefined;
  /** Private fields as far as write sites told about them, by "#name". */
  privates: Entries | undefined;
  /** Clock of the last comparison of the whole object, milliseconds. */
  lookedMs: number;
  /** Whether the shadow was compared with all of the object right before the write that is told next. */
  isKnown: boolean;
  /** The last round of looks that reached it. */
  round: number;
}

/** Where a write was made; 0 is unknown. Resolved only when there is something to record. */
export type LocationOf = (site: number) => number;

export interface FollowedObjects {
  readonly encoder: Encoder;
  readonly limits: StateLimits;
  followed(object: unknown): Followed | undefined;
  /** Records an operation seen as it happened. */
  recordExact(operation: WriteOperation, location: number): void;
  /** Records a change that was made some time since the last look at the object, nobody knows where. */
  recordFound(entry: Followed, operation: WriteOperation): void;
  /** Compares the whole object now, for changes that nothing told about. */
  lookNow(entry: Followed, object: object): void;
  /** Whether a comparison of so many slots that no operation of the program pays for may be made now. */
  affords(slots: number): boolean;
  /** Compares the whole object now, as part of a write that was seen; asks where only if something changed. */
  compareAtWrite(entry: Followed, object: object, location: () => number): void;
}
