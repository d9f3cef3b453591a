// One write as segments keep it: dictionary ids where the recording has a row of its own for what they stand for.
import type { RecordedWrite, WriteOperation } from "../../../shared/trace/write.js";

export interface SegmentWrite {
  readonly seq: number;
  readonly instant: bigint;
  /** Of one that was found by comparing: it happened after this. */
  readonly after: bigint | undefined;
  /** A scope is named by its id, as `nameOfScope` writes it, where nobody said otherwise. */
  readonly operation: WriteOperation;
  readonly location: number;
  readonly span: number;
}

export const nameOfScope = (id: number): string => String(id);

/** What ids of places and spans stand for. */
export interface Places {
  location(id: number): RecordedWrite["location"];
  span(id: number): RecordedWrite["span"];
}
