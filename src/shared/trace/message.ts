// Messages between processes: what a process received was sent before, whatever the clocks of the two say.
import type { Asker } from "../base/asker.js";
import type { Instant, ProcessId, Seq } from "./time.js";

/** One end of a message: a record of a process, and when it was made by that process's own clock. */
export interface MessagePoint {
  readonly process: ProcessId;
  readonly seq: Seq;
  readonly instant: Instant;
}

/** The ends are in different processes. */
export interface MessageEdge {
  readonly sent: MessagePoint;
  readonly received: MessagePoint;
}

/**
 * The messages from one process to another that were received within one of equal parts of all time, by their receiver's
 * clock: `bucket` counts those parts from the epoch on.
 */
export interface MessageBucket {
  readonly sender: ProcessId;
  readonly receiver: ProcessId;
  readonly bucket: number;
  /** Of that which was sent last. */
  readonly sentSeq: number;
  readonly sentAt: bigint;
  /** When that was sent last which was received, by the clocks, when it was sent or before. Absent where none was. */
  readonly backAt: bigint | undefined;
}

/** Messages by their numbers, which go up as they become known: after one, and up to another. */
export interface Known {
  readonly after: number;
  readonly last: number;
}

/** Where what is known of messages comes from; the store implements it. */
export interface MessageReader {
  /** Of the messages after one, in the order of buckets; and the number of the last, or `after` where there is none. */
  buckets(
    after: number,
    bucketNs: bigint,
    asker: Asker,
  ): Promise<{ readonly buckets: readonly MessageBucket[]; readonly last: number }>;
  /** Those of these messages that were received within a stretch of time, by their receivers' clocks. */
  read(known: Known, from: Instant, to: Instant, asker: Asker): Promise<readonly MessageEdge[]>;
  /** When the first of those that are kept was received, by its receiver's clock. */
  earliest(asker: Asker): Promise<Instant | undefined>;
  /** Receipts of what a recorded process sent that has not told of it yet, though it still may. */
  awaited(asker: Asker): Promise<readonly MessagePoint[]>;
}
