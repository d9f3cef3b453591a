// The history of one path by all writes of its process: for processes that have no segments.
import { type ProcessId, type Seq, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import type { HistoryEntry, PathHistory } from "./replay/history.js";
import type { ObjectGraph } from "./replay/object-graph.js";
import type { WritePositions } from "./replay/write-positions.js";

const toTheEnd = { seq: seq(Number.MAX_SAFE_INTEGER) };

export class FoldedHistory {
  readonly #process: ProcessId;
  readonly #writes: WriteReader;
  readonly #history: PathHistory;
  #last: Seq = seq(0);

  constructor(process: ProcessId, writes: WriteReader, history: PathHistory) {
    this.#process = process;
    this.#writes = writes;
    this.#history = history;
  }

  get existed(): boolean {
    return this.#history.existed;
  }

  get total(): number {
    return this.#history.total;
  }

  get positions(): WritePositions {
    return this.#history.positions;
  }

  get entries(): readonly HistoryEntry[] {
    return this.#history.entries;
  }

  entryIn(graph: ObjectGraph, write: RecordedWrite): HistoryEntry | undefined {
    return this.#history.entryIn(graph, write);
  }

  /** Takes in what was committed since. */
  async extend(): Promise<void> {
    const writes = await this.#writes.read(this.#process, this.#last, toTheEnd);
    // What somebody else waited for with this goes out first: of a whole recording, the following takes a second.
    await new Promise((resolve) => setImmediate(resolve));
    this.#history.extend(writes);
    this.#last = writes.at(-1)?.seq ?? this.#last;
  }
}
