// The history of one path by all writes of its process: for processes that have no segments.
import { setImmediate as turn } from "node:timers/promises";
import { nobody } from "../shared/base/asker.js";
import { type ProcessId, type Seq, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import type { HistoryEntry, PathHistory } from "./replay/history.js";
import type { ObjectGraph } from "./replay/object-graph.js";
import type { WritePositions } from "./replay/write-positions.js";
import { inStretches } from "./store/in-stretches.js";

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

  readonly isWhole = true;

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
  async extend(asker = nobody): Promise<void> {
    const writes = await this.#writes.read(this.#process, this.#last, toTheEnd, asker);
    // What somebody else waited for with this goes out first: of a whole recording, the following takes a second.
    await turn();
    const extend = (from: number, to: number): void => {
      const some = writes.slice(from, to);
      this.#history.extend(some);
      this.#last = some.at(-1)?.seq ?? this.#last;
    };
    await inStretches(writes.length, extend, { asker, unit: "writes" });
  }
}
