// Changes to captured state, by object identity. Applying them in Seq order to the keyframes of the same
// process gives the object graph at any Seq; `engine/replay` does that and derives paths from it.
import type { Asker } from "../base/asker.js";
import type { CapturedValue, ObjectContents, ObjectId } from "./value.js";
import type { Instant, ProcessId, Seq } from "./time.js";

export type WriteOperation =
  /** `target[key] = value`. Private names are keys with their "#". A new key goes last, as in the language. */
  | { readonly kind: "set"; readonly target: ObjectId; readonly key: string; readonly value: CapturedValue }
  | { readonly kind: "delete"; readonly target: ObjectId; readonly key: string }
  /** Array: at `start`, `deleteCount` elements are replaced by `elements`. All array changes are splices. */
  | {
      readonly kind: "splice";
      readonly target: ObjectId;
      readonly start: number;
      readonly deleteCount: number;
      readonly elements: readonly CapturedValue[];
    }
  | { readonly kind: "map-set"; readonly target: ObjectId; readonly key: CapturedValue; readonly value: CapturedValue }
  | { readonly kind: "map-delete"; readonly target: ObjectId; readonly key: CapturedValue }
  | { readonly kind: "set-add"; readonly target: ObjectId; readonly member: CapturedValue }
  | { readonly kind: "set-delete"; readonly target: ObjectId; readonly member: CapturedValue }
  /** Map or Set emptied. */
  | { readonly kind: "clear"; readonly target: ObjectId }
  /** Everything about the object anew: first sight of it (a keyframe), or a change no smaller record can say. */
  | {
      readonly kind: "contents";
      readonly target: ObjectId;
      readonly contents: ObjectContents;
      /** In place of evicted writes: slots of which the last of them was found by comparing. */
      readonly found?: readonly (string | number)[];
    }
  /** `track(scope, value)`: the scope exists from here on, or stands for another value from here on. */
  | { readonly kind: "scope"; readonly scope: string; readonly value: CapturedValue };

/** How exactly a change is known: seen as it happened, or found by comparing, hence between two instants. */
export type Certainty = { readonly kind: "exact" } | { readonly kind: "between"; readonly after: Instant };

/** A place in the program's own source: file URL or path as loaded, line and column from 1. */
export interface CodeLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly functionName: string | undefined;
}

/** One write as the store gives it back: dictionary ids resolved, clock turned into an Instant. */
export interface RecordedWrite {
  readonly process: ProcessId;
  readonly seq: Seq;
  readonly instant: Instant;
  readonly certainty: Certainty;
  readonly operation: WriteOperation;
  readonly location: CodeLocation | undefined;
  readonly span: { readonly spanId: string; readonly traceId: string; readonly name: string } | undefined;
}

/** Writes of one process that are missing: made after `since`, the last record kept before them, and before `seq`. */
export interface Loss {
  readonly seq: Seq;
  readonly since: Instant;
}

/** Writes that were evicted: state is known before the first of them, and from the last on. */
export interface Hole {
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
  /** The latest instant of all writes up to the first of them, and up to the last. */
  readonly first: Instant;
  readonly last: Instant;
}

/** Where reconstruction gets its writes; the store implements it. */
export interface WriteReader {
  /** Writes of one process with `after < seq`, in Seq order, up to and including `upTo`. */
  read(
    process: ProcessId,
    after: Seq,
    upTo: { readonly seq: Seq } | { readonly instant: Instant },
    asker?: Asker,
  ): Promise<readonly RecordedWrite[]>;
}
