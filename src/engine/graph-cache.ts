// The last folded graph of each process of one recording. Moving forward applies only new writes; moving backward
// starts from the nearest checkpoint. Checkpoints are forks: objects are copied only where they differ.
// Questions of one process are answered one after the other, because they share the graph that moves.
import { type Asker, nobody } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import { type Instant, type ProcessId, type Seq, instant, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import { type Change, changeBy } from "./replay/change.js";
import { ObjectGraph } from "./replay/object-graph.js";
import { type UpTo, isUpTo } from "./replay/state-at.js";
import { inStretches } from "./store/in-stretches.js";

/** A graph, the last write in it, and what that write changed; `last` is absent while nothing was written. */
export interface Position {
  readonly graph: ObjectGraph;
  readonly last: Pick<RecordedWrite, "seq" | "instant"> | undefined;
  readonly change: Change;
}

interface Placed extends Position {
  /** Writes up to here. */
  readonly count: number;
  readonly seq: Seq;
  /** The latest of all of them. */
  readonly instant: Instant;
}

export interface CheckpointSettings {
  readonly every: number;
  readonly most: number;
}

/** A checkpoint is as far from the one before as an eighth of the way to it, when that is more than `every`. */
const partBetweenCheckpoints = 8;

export class GraphCache {
  readonly #reader: WriteReader;
  readonly #settings: CheckpointSettings;
  readonly #processes = new Map<ProcessId, ProcessGraphs>();

  constructor(reader: WriteReader, settings: CheckpointSettings = { every: 2_000, most: 32 }) {
    this.#reader = reader;
    this.#settings = settings;
  }

  /** Runs `look` on the state at a position. The graph belongs to the cache: it moves on when `look` has returned. */
  async at<Answer>(
    process: ProcessId,
    upTo: UpTo,
    look: (position: Position) => Answer,
    asker = nobody,
  ): Promise<Answer> {
    let graphs = this.#processes.get(process);
    if (graphs === undefined) {
      graphs = new ProcessGraphs(process, this.#reader, this.#settings);
      this.#processes.set(process, graphs);
    }
    return graphs.at(upTo, look, asker);
  }
}

class ProcessGraphs {
  readonly #process: ProcessId;
  readonly #reader: WriteReader;
  readonly #most: number;
  #current = nothingYet();
  #checkpoints: Placed[] = [];
  #every: number;
  #sinceCheckpoint = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(process: ProcessId, reader: WriteReader, settings: CheckpointSettings) {
    this.#process = process;
    this.#reader = reader;
    this.#every = settings.every;
    this.#most = settings.most;
  }

  at<Answer>(upTo: UpTo, look: (position: Position) => Answer, asker: Asker): Promise<Answer> {
    const answer = this.#turn.then(async () => {
      throwIfCancelled(asker.signal);
      await this.#moveTo(upTo, asker);
      return look(this.#current);
    });
    // Who asked hears of a failure; the next question starts afresh.
    this.#turn = answer.catch(() => {
      this.#current = nothingYet();
    });
    return answer;
  }

  async #moveTo(upTo: UpTo, asker: Asker): Promise<void> {
    if (!isUpTo(this.#current, upTo)) this.#goBackTo(upTo);
    else this.#skipTo(upTo);
    const writes = await this.#reader.read(this.#process, this.#current.seq, upTo, asker);
    const apply = (from: number, to: number): void => {
      for (const [at, write] of writes.slice(from, to).entries()) this.#apply(write, from + at === writes.length - 1);
    };
    await inStretches(writes.length, apply, { asker, unit: "writes" });
  }

  #goBackTo(upTo: UpTo): void {
    this.#startFrom(this.#checkpoints.findLast((checkpoint) => isUpTo(checkpoint, upTo)) ?? nothingYet());
  }

  /** A checkpoint between here and there is nearer than the way through the writes. */
  #skipTo(upTo: UpTo): void {
    const nearest = this.#checkpoints.findLast((checkpoint) => isUpTo(checkpoint, upTo));
    if (nearest !== undefined && nearest.seq > this.#current.seq) this.#startFrom(nearest);
  }

  #startFrom(checkpoint: Placed): void {
    this.#current = { ...checkpoint, graph: checkpoint.graph.fork() };
    this.#sinceCheckpoint = 0;
  }

  #apply(write: RecordedWrite, isLast: boolean): void {
    const { graph, count, instant: before } = this.#current;
    this.#sinceCheckpoint++;
    const newest = this.#checkpoints.at(-1)?.seq ?? 0;
    // The further on, the more there is to copy: few checkpoints late, and still no way is longer than a part of all.
    const every = Math.max(this.#every, count / partBetweenCheckpoints);
    const isCheckpoint = newest < write.seq && this.#sinceCheckpoint >= every;
    const change = isLast || isCheckpoint ? changeBy(graph, write.operation) : noChange;
    graph.apply(write.operation, write.certainty);
    const latest = write.instant > before ? write.instant : before;
    this.#current = { graph, last: write, change, count: count + 1, seq: write.seq, instant: latest };
    if (isCheckpoint) this.#keepCheckpoint();
  }

  /** When there are too many, every other one goes and the next ones come half as often. */
  #keepCheckpoint(): void {
    this.#sinceCheckpoint = 0;
    this.#checkpoints.push({ ...this.#current, graph: this.#current.graph.fork() });
    if (this.#checkpoints.length <= this.#most) return;
    this.#checkpoints = this.#checkpoints.filter((_, index) => index % 2 === 1);
    this.#every *= 2;
  }
}

const noChange: Change = { kind: "none" };

const nothingYet = (): Placed => ({
  graph: ObjectGraph.empty(),
  last: undefined,
  change: noChange,
  count: 0,
  seq: seq(0),
  instant: instant(-(2n ** 63n)),
});
