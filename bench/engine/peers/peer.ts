// What Hindcast is compared with: another way to keep the same writes, and to say what a program's state was.
import type { CapturedValue, ObjectContents, ObjectId } from "../../../src/shared/trace/value.js";
import type { WriteOperation } from "../../../src/shared/trace/write.js";

export interface NumberedWrite {
  readonly write: number;
  readonly operation: WriteOperation;
}

/** State right after one write. */
export interface PeerState {
  scope(name: string): CapturedValue | undefined;
  contentsOf(id: ObjectId): ObjectContents | undefined;
}

export interface Peer {
  /** How its figures begin. */
  readonly name: string;
  /** How often it is asked, of what is asked of all: one that reads everything for each answer is asked seldom. */
  readonly mostLooks: number;
  append(writes: readonly NumberedWrite[]): void;
  /** Everything is in its file. */
  finish(): void;
  stateAfter(write: number): PeerState;
  fileBytes(): number;
  close(): void;
}

/** Peers do not keep in which order properties and entries came to be: neither side's order counts. */
export function withoutOrder(contents: ObjectContents): ObjectContents {
  switch (contents.kind) {
    case "object":
    case "error":
      return { ...contents, entries: [...contents.entries].sort(([a], [b]) => (a < b ? -1 : 1)) };
    case "map":
      return { ...contents, pairs: [...contents.pairs].sort(([a], [b]) => (textOf(a) < textOf(b) ? -1 : 1)) };
    default:
      return contents;
  }
}

const textOf = (value: CapturedValue): string => (value.kind === "primitive" ? String(value.value) : "");
