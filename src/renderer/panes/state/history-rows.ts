// A value's writes as rows: newest first, each with its place in the code and what it belonged to.
import type { WriteEntry } from "../../../shared/protocol/engine-calls.js";

export interface HistoryRow {
  readonly write: WriteEntry;
  readonly newText: string;
  /** `ledger.ts:88 debit`; "" when the write's place is not known. */
  readonly place: string;
  readonly placeInFull: string;
  readonly spanName: string;
  readonly isLastWriter: boolean;
  readonly isFuture: boolean;
}

export interface Moment {
  readonly process: number;
  /** Set when the playhead is exactly after one record of this process. */
  readonly seq: number | undefined;
  readonly instant: bigint;
}

export function historyRows(writes: readonly WriteEntry[], moment: Moment): readonly HistoryRow[] {
  const last = lastWriterAt(writes, moment);
  return writes.map((write, i) => ({ ...rowOf(write), isLastWriter: i === last, isFuture: i > last })).reverse();
}

/** Index of the last write that counts at a moment; -1 when all come later. Writes are oldest first. */
export function lastWriterAt(writes: readonly WriteEntry[], moment: Moment): number {
  for (let i = writes.length - 1; i >= 0; i--) {
    const write = writes[i];
    if (write !== undefined && isBefore(write, moment)) return i;
  }
  return -1;
}

/** Whether a write has happened at a moment; by Seq within its process, since two writes may share an instant. */
function isBefore(write: WriteEntry, moment: Moment): boolean {
  return moment.seq !== undefined && moment.process === write.process
    ? write.seq <= moment.seq
    : write.instant <= moment.instant;
}

/** The write before or after the playhead's, for `w` and `Shift w`. Standing on a write, "last" is the one before it. */
export function writerFrom(
  writes: readonly WriteEntry[],
  moment: Moment,
  direction: "last" | "next",
): WriteEntry | undefined {
  const current = lastWriterAt(writes, moment);
  if (direction === "next") return writes[current + 1];
  const there = writes[current];
  const isOnIt = there !== undefined && moment.process === there.process && moment.seq === there.seq;
  return isOnIt ? writes[current - 1] : there;
}

function rowOf(write: WriteEntry): Omit<HistoryRow, "isLastWriter" | "isFuture"> {
  const location = write.location;
  const functionName = location?.functionName ?? "";
  return {
    write,
    newText: write.operation.includes("delete") ? "deleted" : write.newText,
    place:
      location === undefined
        ? ""
        : `${baseName(location.file)}:${String(location.line)}${functionName === "" ? "" : ` ${functionName}`}`,
    placeInFull: location === undefined ? "" : `${location.file}:${String(location.line)}:${String(location.column)}`,
    spanName: write.span?.name ?? "",
  };
}

const baseName = (file: string): string => file.split(/[\\/]/).pop() ?? file;

/** The numbers among the new values, for the step chart; empty unless every value present is one. */
export function numericSteps(
  writes: readonly WriteEntry[],
  path: string,
  start: bigint,
): readonly { readonly atNs: number; readonly value: number }[] {
  const steps: { atNs: number; value: number }[] = [];
  for (const write of writes) {
    if (write.path !== path || typeof write.new !== "number") return [];
    steps.push({ atNs: Number(write.instant - start), value: write.new });
  }
  return steps;
}
