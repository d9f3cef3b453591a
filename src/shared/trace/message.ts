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

/** Where what is known of messages comes from; the store implements it. */
export interface MessageReader {
  /** Of those after number `known`: whether by the clocks one was received before or when it was sent; the last number. */
  contradictions(known: number): Promise<{ readonly isAny: boolean; readonly last: number }>;
  /** Those after number `known`; they are numbered in the order in which both ends became known. */
  read(known: number): Promise<{ readonly edges: readonly MessageEdge[]; readonly last: number }>;
  /** Receipts of what a recorded process sent that has not told of it yet, though it still may. */
  awaited(): Promise<readonly MessagePoint[]>;
}
