// What is known of one object that is followed, and what a seen write needs of the log of all of them.
import type { ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { Encoder } from "./contents.js";
import type { WeakPart } from "./long-map.js";
import type { Entries, Shadow } from "./shadow.js";

export interface StateLimits {
  /** Objects followed at once; a reference to one more is "too-large". */
  readonly objects: number;
  /** Elements, keys, pairs or members of one object. */
  readonly slots: number;
  /** UTF-16 units kept of a string, and bytes of a buffer. */
  readonly stringLength: number;
  readonly bytes: number;
  /** Rough size of all that one object itself holds. */
  readonly contentBytes: number;
  /** Of what one operation brings in, as much is read at once as these slots, or for as long as a look may take. */
  readonly slotsAtOnce: number;
  /** Milliseconds for which objects that were not read yet may be read when the program ends. */
  readonly atEndMs: number;
  /** Slots compared by one `boundary()`. */
  readonly slotsPerLook: number;
  /** Milliseconds after which one `boundary()` begins with nothing more. */
  readonly lookMs: number;
  /** Share of the program's time that looking may take, 0-1, where it finds what no write site told of. */
  readonly lookShare: number;
  /** The same when whole rounds find nothing: each halves the share, down to this. */
  readonly leastLookShare: number;
  /** Share that reading for the first time may take, as long as there is something to read. */
  readonly readShare: number;
  /** Slots that each write told adds to what may be compared beside what it writes, and how many may be saved up. */
  readonly slotsPerWrite: number;
  readonly slotsSaved: number;
}

export const defaultLimits: StateLimits = {
  objects: 1_000_000,
  slots: 500_000,
  stringLength: 10_000,
  bytes: 65_536,
  contentBytes: 16_000_000,
  slotsAtOnce: 500,
  atEndMs: 2_500, // several times what a hundred thousand objects take
  slotsPerLook: 4_000,
  lookMs: 1, // what was begun by then is finished
  lookShare: 0.05,
  leastLookShare: 0.005,
  readShare: 0.33,
  slotsPerWrite: 32,
  slotsSaved: 200_000,
};

/** Goes through a container that is too large for one go, a piece at a time (walks.ts). */
export interface Walk {
  /** Not all that it holds was recorded yet, and the recording says so. */
  readonly isReading: boolean;
  /** Of an array that is being read: how many elements it had when it was looked at or told of last. */
  length?: number;
  /** One piece further. "too-large": there is more than may be recorded of one object. */
  step(): WalkResult;
  /** A write that was told replaced elements of an array. */
  moved?(start: number, deleteCount: number, added: number): void;
  /** A write that was told added a property or took one away. */
  noteKey?(key: string, isThere: boolean): void;
}
export type WalkResult = "more" | "through" | "too-large";

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
  /** Where going through it has got to, when it is too large for one go. */
  walk: Walk | undefined;
  /** The round in which that was begun. */
  walkRound: number;
  /** Whether it is in the list of all. */
  isListed: boolean;
  /** Where it is found by its object. */
  part: WeakPart<object, Followed>;
}

/** Where a write was made; 0 is unknown. Resolved only when there is something to record. */
export type LocationOf = (site: number) => number;

export interface FollowedObjects {
  readonly encoder: Encoder;
  readonly limits: StateLimits;
  followed(object: unknown): Followed | undefined;
  /** The object's entry when it is waiting to be read. */
  waiting(object: unknown): Followed | undefined;
  /** Records an operation seen as it happened. */
  recordExact(operation: WriteOperation, location: number): void;
  /** Records a change that was made some time since the last look at the object, nobody knows where. */
  recordFound(entry: Followed, operation: WriteOperation): void;
  /** Compares the whole object now, for changes that nothing told about. False when it is too large for that. */
  lookNow(entry: Followed, object: object): boolean;
  /** What is known of a container is no beginning to go on from: it is read anew, which nobody told about. */
  readAnew(entry: Followed, object: object): void;
  /** Whether a comparison of so many slots that no operation of the program pays for may be made now. */
  affords(slots: number): boolean;
  /**
   * Compares the whole object now, as part of a write that was seen; asks where only if something changed. What is too large
   * for that is read anew from here on.
   */
  compareAtWrite(entry: Followed, object: object, location: () => number): void;
}
