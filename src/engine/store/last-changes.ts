// By which commit each kind of what a recording holds was changed last. While it is made, whoever keeps what it has read in
// memory asks again for what did change, and for nothing else: every question waits for the thread that records.
import type { WaitingRows } from "./waiting-rows.js";

/** Commits are counted; a commit that changes nothing of a kind leaves its number as it was. */
export interface LastChanges {
  readonly writes: number;
  /** Writes that were found by comparing. */
  readonly found: number;
  /** Segments came after those that there were. */
  readonly segments: number;
  readonly scopes: number;
  readonly marks: number;
  /** What was there may be gone, or be another. */
  readonly removed: number;
}

export type ChangedKind = keyof LastChanges;

const kinds: readonly ChangedKind[] = ["writes", "found", "segments", "scopes", "marks", "removed"];

/** All of it at once. */
export const allChangedAt = (commit: number): LastChanges => changedAt({}, kinds, commit);

export const noChanges = allChangedAt(0);

export function changedAt(before: Partial<LastChanges>, changed: Iterable<ChangedKind>, commit: number): LastChanges {
  const after = { writes: 0, found: 0, segments: 0, scopes: 0, marks: 0, removed: 0, ...before };
  for (const kind of changed) after[kind] = commit;
  return after;
}

/** What rows add where they are committed; what becomes of segments is told by those who make them. */
export function kindsIn({ buffers, changes, ends }: WaitingRows): Set<ChangedKind> {
  const found = new Set<ChangedKind>();
  if (changes.length > 0) found.add("writes");
  if (changes.some(({ after }) => after !== undefined)) found.add("found");
  if (buffers.scope.length > 0) found.add("scopes");
  if (buffers.mark.length > 0 || ends.size > 0) found.add("marks");
  return found;
}
