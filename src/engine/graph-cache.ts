// The last folded graph of each process of one recording. Moving forward applies only new writes; moving backward
// starts from the nearest checkpoint. Checkpoints are forks: objects are copied only where they differ.
// Questions of one process are answered one after the other, because they share the graph that moves.
import type { Instant, ProcessId, Seq } from "../shared/trace/time.js";
import { instant, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import { ObjectGraph, type UpTo, isUpTo } from "./replay/index.js";

/** A graph and the last write in it; `last` is absent while nothing was written. */
export interface Position {
  readonly graph: ObjectGraph;
  readonly last: RecordedWrite | undefined;
}

interface Checkpoint extends Position {
  readonly seq: Seq;
  readonly instant: Instant;
}

const writesPerCheckpoint = 2_000;
const maxCheckpoints = 64;

export class GraphCache {
  readonly #reader: WriteReader;
  readonly #processes = new Map<ProcessId, ProcessGraphs>();

  constructor(reader: WriteReader) {
    this.#reader = reader;
  }

  /** Runs `look` on the state at a position. The graph belongs to the cache: it moves on when `look` returns. */
  async at<Answer>(process: ProcessId, upTo: UpTo, look: (position: Position) => Answer): Promise<Answer> {
    let graphs = this.#processes.get(process);
    if (graphs === undefined) {
      graphs = new ProcessGraphs(process, this.#reader);
      this.#processes.set(process, graphs);
    }
    return graphs.at(upTo, look);
  }
}

class ProcessGraphs {
  readonly #process: ProcessId;
  readonly #reader: WriteReader;
  #current = start();
  #checkpoints: Checkpoint[] = [];
  #checkpointEvery = writesPerCheckpoint;
  #sinceCheckpoint = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(process: ProcessId, reader: WriteReader) {
    this.#process = process;
    this.#reader = reader;
  }

  at<Answer>(upTo: UpTo, look: (position: Position) => Answer): Promise<Answer> {
    const answer = this.#turn.then(async () => {
      await this.#moveTo(upTo);
      return look(this.#current);
    });
    this.#turn = answer.catch(() => undefined); // the caller of this turn hears of it; the next one starts afresh
    return answer;
  }

  async #moveTo(upTo: UpTo): Promise<void> {
    if (!isUpTo(this.#current, upTo)) this.#goBackTo(upTo);
    const writes = await this.#reader.read(this.#process, this.#current.seq, upTo);
    for (const write of writes) this.#apply(write);
  }

  #goBackTo(upTo: UpTo): void {
    const nearest = this.#checkpoints.findLast((checkpoint) => isUpTo(checkpoint, upTo)) ?? start();
    this.#current = { ...nearest, graph: nearest.graph.fork() };
    this.#sinceCheckpoint = 0;
  }

  #apply(write: RecordedWrite): void {
    const { graph } = this.#current;
    graph.apply(write.operation);
    this.#current = { graph, last: write, seq: write.seq, instant: write.instant };
    this.#sinceCheckpoint++;
    const newest = this.#checkpoints.at(-1);
    const isNew = newest === undefined || newest.seq < write.seq;
    if (isNew && this.#sinceCheckpoint >= this.#checkpointEvery) this.#keepCheckpoint();
  }

  /** When there are too many, every other one goes and the next ones come half as often. */
  #keepCheckpoint(): void {
    this.#sinceCheckpoint = 0;
    this.#checkpoints.push({ ...this.#current, graph: this.#current.graph.fork() });
    if (this.#checkpoints.length <= maxCheckpoints) return;
    this.#checkpoints = this.#checkpoints.filter((_, index) => index % 2 === 1);
    this.#checkpointEvery *= 2;
  }
}

const start = (): Checkpoint => ({
  graph: ObjectGraph.empty(),
  last: undefined,
  seq: seq(0),
  instant: instant(-(2n ** 63n)),
});
