// What lost writes leave in doubt, per process of one recording. Folded once; while recording, only new writes are
// added, and all of it is folded again after another loss.
import { type Asker, nobody } from "../shared/base/asker.js";
import { type ProcessId, type Seq, seq } from "../shared/trace/time.js";
import type { WriteReader } from "../shared/trace/write.js";
import type { RecordingAccess } from "./recording-access.js";
import { Doubts } from "./replay/doubt.js";
import { writesAfter } from "./segment-walks.js";
import { positionOf } from "./segmented-process.js";
import type { StateGraphs } from "./state-graphs.js";

interface Known {
  readonly doubts: Doubts;
  readonly losses: number;
  /** The last write that is in it. */
  last: Seq;
  generation: number;
}

const toTheEnd = { seq: seq(Number.MAX_SAFE_INTEGER) };

export class LossLog {
  readonly #access: Pick<RecordingAccess, "losses" | "generation">;
  readonly #writes: WriteReader;
  readonly #graphs: StateGraphs;
  readonly #known = new Map<ProcessId, Known>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(access: Pick<RecordingAccess, "losses" | "generation">, writes: WriteReader, graphs: StateGraphs) {
    this.#access = access;
    this.#writes = writes;
    this.#graphs = graphs;
  }

  /** Undefined where nothing was lost. */
  async of(process: ProcessId, asker = nobody): Promise<Doubts | undefined> {
    const known = this.#turn.then(() => this.#upToDate(process, asker));
    this.#turn = known.catch(() => undefined); // who asked hears of it
    const { doubts, losses } = await known;
    return losses === 0 ? undefined : doubts;
  }

  async #upToDate(process: ProcessId, asker: Asker): Promise<Known> {
    const before = this.#known.get(process);
    const generation = this.#access.generation();
    if (before?.generation === generation) return before;
    const losses = await this.#access.losses(process);
    const first = losses[0];
    const known =
      before?.losses === losses.length
        ? before
        : { doubts: new Doubts(losses), losses: losses.length, last: seq((first?.seq ?? 1) - 1), generation };
    if (first !== undefined) await this.#takeIn(process, known, asker);
    known.generation = generation;
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
