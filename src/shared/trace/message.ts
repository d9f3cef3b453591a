// Messages between processes: what a process received was sent before, whatever the clocks of the two say.
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
 * A stretch of time in which clocks contradict messages: one of them was received at its beginning or later, by its
 * receiver's clock, and sent at its end or before, by its sender's, but not before it was received.
 */
export interface Contradiction {
  readonly from: Instant;
  readonly to: Instant;
  /** How long before its sending one of them was received, at most, nanoseconds. */
  readonly mostNs: bigint;
}

/** Where what is known of messages comes from; the store implements it. */
export interface MessageReader {
  /** Of the messages after number `known`, in order and apart; and the last number of all. */
  contradictions(known: number): Promise<{ readonly stretches: readonly Contradiction[]; readonly last: number }>;
  /** Those that were received within a stretch of time, by their receivers' clocks. */
  read(from: Instant, to: Instant): Promise<readonly MessageEdge[]>;
  /** Receipts of what a recorded process sent that has not told of it yet, though it still may. */
  awaited(): Promise<readonly MessagePoint[]>;
}
