// A value's writes as rows: newest first, each with its place in the code and what it belonged to.
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import type { Step } from "./step-chart.js";

export interface HistoryRow {
  readonly write: WriteEntry;
  readonly newText: string;
  /** `ledger.ts:88 debit`; "" when the write's place is not known. */
  readonly place: string;
  readonly placeInFull: string;
  readonly spanName: string;
}

export interface Moment {
  readonly process: number;
  /** Set when the playhead is exactly after one record of this process. */
  readonly seq: number | undefined;
  readonly instant: bigint;
}

/** Newest first. Nothing in a row depends on the playhead, so that scrubbing only moves the last writer's mark. */
export const historyRows = (writes: readonly WriteEntry[]): readonly HistoryRow[] => writes.map(rowOf).reverse();

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

/** Tells writes apart; "" for none. */
export const writeKey = (write: WriteEntry | undefined): string =>
  write === undefined ? "" : `${write.process} ${write.seq} ${write.path}`;

function rowOf(write: WriteEntry): HistoryRow {
  const { short, inFull } = placeOf(write);
  const newText = write.newText === "" ? "deleted" : write.newText;
  return { write, newText, place: short, placeInFull: inFull, spanName: write.span?.name ?? "" };
}

/** Where in the code: `ledger.ts:88 debit`, and with its whole path; both "" when it is not known. */
export function placeOf({ location }: WriteEntry): { readonly short: string; readonly inFull: string } {
  if (location === undefined) return { short: "", inFull: "" };
  const { file, line, column, functionName } = location;
  const called = functionName === undefined || functionName === "" ? "" : ` ${functionName}`;
  return { short: `${baseName(file)}:${String(line)}${called}`, inFull: `${file}:${String(line)}:${String(column)}` };
}

const baseName = (file: string): string => file.split(/[\\/]/).pop() ?? file;

/**
 * The numbers a value has been, for the step chart; none unless all are. `new` is the asked value also where the write
 * itself was above it (an ancestor replaced), and absent where the value went away. Writes below it are of other values.
 */
export function numericSteps(writes: readonly WriteEntry[], path: string, start: bigint): readonly Step[] {
  const steps: Step[] = [];
  for (const write of writes) {
    if (pathBelow(write, path) !== "") return [];
    if (write.new === undefined) continue;
    if (typeof write.new !== "number") return [];
    steps.push({ atNs: Number(write.instant - start), value: write.new });
  }
  return steps;
}

/** A write below the asked path says where; one at or above it speaks of the asked value itself. */
export const pathBelow = (write: WriteEntry, path: string): string =>
  write.path !== path && write.path.startsWith(path) ? write.path.slice(path.length).replace(/^\./, "") : "";
