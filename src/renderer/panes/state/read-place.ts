// Where an answer about state was read. What is on screen speaks of this place, not of wherever the playhead went since.
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import type { At } from "../../../shared/trace/time.js";

export interface ReadPlace {
  /** Of what it was read: process and name of a scope; of the rows of all scopes, the process. */
  readonly subject: string;
  readonly at: At;
  readonly instant: bigint;
}

/** An answer with its place, and when it was asked for on the clock of `performance.now()`. */
export interface ReadAt<Value> {
  readonly place: ReadPlace;
  readonly askedMs: number;
  readonly value: Value;
}

export function isSamePlace(one: ReadPlace, other: ReadPlace): boolean {
  if (one.subject !== other.subject || one.instant !== other.instant) return false;
  if (one.at.kind === "seq")
    return other.at.kind === "seq" && one.at.process === other.at.process && one.at.seq === other.at.seq;
  return other.at.kind === one.at.kind;
}

/** Whether the place is right after the write: only there did something change "now". */
export const isOnWrite = ({ at }: ReadPlace, write: Pick<WriteEntry, "process" | "seq" | "instant">): boolean =>
  at.kind === "seq" ? at.process === write.process && at.seq === write.seq : at.instant === write.instant;

/** How long before the place the write was; undefined where it is not before it, so that no age is made up. */
export function ageNs({ instant }: ReadPlace, write: WriteEntry): number | undefined {
  const age = Number(instant - write.instant);
  return age > 0 ? age : undefined;
}
