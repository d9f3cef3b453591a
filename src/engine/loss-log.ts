// What lost writes leave in doubt, per process of one recording. Folded once; while recording, only new writes are
// added, and all of it is folded again after another loss.
import { type Asker, nobody } from "../shared/base/asker.js";
import { type ProcessId, type Seq, seq } from "../shared/trace/time.js";
import type { Loss, WriteReader } from "../shared/trace/write.js";
import { type RecordingAccess, changesOf, writesChangedAt } from "./recording-access.js";
import { Doubts } from "./replay/doubt.js";
import { writesAfter } from "./segment-walks.js";
import { positionOf } from "./segmented-process.js";
import type { StateGraphs } from "./state-graphs.js";

interface Known {
  readonly doubts: Doubts;
  readonly losses: readonly Loss[];
  /** The last write that is in it. */
  last: Seq;
  changes: LossChanges;
}

/** By which generation what is said of losses, and what there is of writes, were changed last. */
interface LossChanges {
  readonly told: number;
  readonly writes: number;
}

type Accessed = Pick<RecordingAccess, "losses" | "generation" | "changes">;

function changesOfLosses(access: Accessed): LossChanges {
  const changes = changesOf(access);
  return { told: Math.max(changes.marks, changes.removed), writes: writesChangedAt(changes) };
}

const toTheEnd = { seq: seq(Number.MAX_SAFE_INTEGER) };

export class LossLog {
  readonly #access: Accessed;
  readonly #writes: WriteReader;
  readonly #graphs: StateGraphs;
  readonly #known = new Map<ProcessId, Known>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(access: Accessed, writes: WriteReader, graphs: StateGraphs) {
    this.#access = access;
    this.#writes = writes;
    this.#graphs = graphs;
  }

  /** Undefined where nothing was lost. */
  async of(process: ProcessId, asker = nobody): Promise<Doubts | undefined> {
    const known = this.#turn.then(() => this.#upToDate(process, asker));
    this.#turn = known.catch(() => undefined); // who asked hears of it
    const { doubts, losses } = await known;
    return losses.length === 0 ? undefined : doubts;
  }

  async #upToDate(process: ProcessId, asker: Asker): Promise<Known> {
    const before = this.#known.get(process);
    const changes = changesOfLosses(this.#access);
    const isTold = before?.changes.told === changes.told;
    if (isTold && (before.losses.length === 0 || before.changes.writes === changes.writes)) return before;
    const losses = isTold ? before.losses : await this.#access.losses(process);
    const first = losses[0];
    const known =
      before?.losses.length === losses.length
        ? before
        : { doubts: new Doubts(losses), losses, last: seq((first?.seq ?? 1) - 1), changes };
    if (first !== undefined) await this.#takeIn(process, known, asker);
    known.changes = changes;
    this.#known.set(process, known);
    return known;
  }

  async #takeIn(process: ProcessId, known: Known, asker: Asker): Promise<void> {
    const segmented = await this.#graphs.segmented(process);
    if (segmented === undefined) {
      for (const write of await this.#writes.read(process, known.last, toTheEnd, asker)) {
        known.doubts.add(write);
        known.last = write.seq;
      }
      return;
    }
    for await (const { writes, from } of writesAfter(segmented, known.last, asker))
      for (let at = from; at < writes.count; at++) {
        known.last = seq(writes.seqAt(at));
        // Others leave everything as doubtful as it was.
        const kind = writes.kindAt(at);
        if (kind === "contents" || kind === "scope")
          known.doubts.add({
            ...positionOf(writes, at),
            certainty: writes.certaintyAt(at),
            operation: writes.operationAt(at),
          });
      }
  }
}
