// Instants, positions and durations. An Instant is int64 nanoseconds since the Unix epoch, taken from a
// process's monotonic clock; a Seq is the total order inside one process. Two writes may share an Instant.
import type { Brand } from "../base/brand.js";

export type Instant = Brand<bigint, "Instant">;
export const instant = (ns: bigint): Instant => ns as Instant;

/** Position of a record within one process: 1, 2, 3 … without gaps unless records were dropped. */
export type Seq = Brand<number, "Seq">;
export const seq = (n: number): Seq => n as Seq;

/** Index of a process within one recording, from 1, in order of first appearance. */
export type ProcessId = Brand<number, "ProcessId">;
export const processId = (n: number): ProcessId => n as ProcessId;

/**
 * The Instant of a reading of `performance.now()`, given `performance.timeOrigin` (both in milliseconds).
 * Programs that want to compare their own clock with a recording must use this formula: see docs/protocol.md.
 */
export function instantFromClock(timeOriginMs: number, nowMs: number): Instant {
  return instant(BigInt(Math.round(timeOriginMs * 1e6)) + BigInt(Math.round(nowMs * 1e6)));
}

/** Where the playhead can be: at an instant, or exactly after one record of one process. */
export type At =
  | { readonly kind: "instant"; readonly instant: Instant }
  | { readonly kind: "seq"; readonly process: ProcessId; readonly seq: Seq };
