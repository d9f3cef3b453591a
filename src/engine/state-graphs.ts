// The state of every process of one recording at any position: by its segments where there are some, else by folding its
// writes.
import type { Instant, ProcessId } from "../shared/trace/time.js";
import { instant, seq } from "../shared/trace/time.js";
import { nobody } from "../shared/base/asker.js";
import type { WriteReader } from "../shared/trace/write.js";
import { GraphCache, type Position } from "./graph-cache.js";
import { type RecordingAccess, changesOf } from "./recording-access.js";
import type { UpTo } from "./replay/state-at.js";
import { SegmentGraphs } from "./segment-graphs.js";
import { SegmentLastWrites } from "./segment-last-write.js";
import { SegmentSteps } from "./segment-steps.js";
import { type Found, foundLater } from "./segment-walks.js";
import { SegmentedProcess } from "./segmented-process.js";

interface Segmented {
  readonly process: SegmentedProcess;
  readonly graphs: SegmentGraphs;
  readonly steps: SegmentSteps;
  readonly lastWrites: SegmentLastWrites;
}

export class StateGraphs {
  readonly #access: RecordingAccess;
  readonly #writes: WriteReader;
  readonly #folded: GraphCache;
  readonly #segmented = new Map<ProcessId, Segmented>();

  /** `writes`: as the recording's, kept in memory. */
  constructor(access: RecordingAccess, writes: WriteReader) {
    this.#access = access;
    this.#writes = writes;
    this.#folded = new GraphCache(writes);
  }

  /**
   * Runs `look` on the state at a position; more than once where not all it needs is in memory at first. The graph moves on
   * when `look` has returned.
   */
  async at<Answer>(
    process: ProcessId,
    upTo: UpTo,
    look: (position: Position) => Answer,
    asker = nobody,
  ): Promise<Answer> {
    const segmented = await this.#segmentedOf(process, (known) => known.isSettled(upTo));
    return segmented === undefined
      ? this.#folded.at(process, upTo, look, asker)
      : segmented.graphs.at(upTo, look, asker);
  }

  /** What was committed, of the processes that somebody follows: see `SegmentedProcess.readAhead`. */
  async readAhead(): Promise<void> {
    await Promise.all([...this.#segmented.values()].map(({ process }) => process.readAhead()));
  }

  /** Undefined while a process has no segments. */
  async segmented(process: ProcessId): Promise<SegmentedProcess | undefined> {
    return (await this.#segmentedOf(process))?.process;
  }

  /** The last write to a path up to a position, of a process that has segments. */
  async lastWrites(process: ProcessId): Promise<SegmentLastWrites | undefined> {
    return (await this.#segmentedOf(process))?.lastWrites;
  }

  /** The write nearest to a place, for a process that has segments. */
  async steps(process: ProcessId): Promise<SegmentSteps | undefined> {
    return (await this.#segmentedOf(process))?.steps;
  }

  /** Writes after an instant, and not later than `until`, that were found by comparing and may have happened before it. */
  async foundLater(process: ProcessId, at: Instant, until: Instant, asker = nobody): Promise<readonly Found[]> {
    const isEnough = (known: SegmentedProcess): boolean =>
      known.isSettled({ instant: until }) || (known.hasAllFound && known.isSettled({ instant: at }));
    const segmented = await this.#segmentedOf(process, isEnough);
    if (segmented !== undefined) return foundLater(segmented.process, at, until, asker);
    const last = await this.#folded.at(process, { instant: at }, (position) => position.last?.seq ?? seq(0), asker);
    return this.#writes.read(process, last, { instant: instant(until) }, asker);
  }

  /** Brought up to date, unless what is known is enough. */
  async #segmentedOf(
    process: ProcessId,
    isEnough: (known: SegmentedProcess) => boolean = () => false,
  ): Promise<Segmented | undefined> {
    const { segments, writes } = this.#access;
    if (segments === undefined) return undefined;
    let known = this.#segmented.get(process);
    if (known === undefined) {
      const segmented = new SegmentedProcess(process, segments, writes, () => changesOf(this.#access));
      known = {
        process: segmented,
        graphs: new SegmentGraphs(segmented),
        steps: new SegmentSteps(process, segmented),
        lastWrites: new SegmentLastWrites(process, segmented),
      };
      this.#segmented.set(process, known);
    }
    if (!isEnough(known.process)) await known.process.refresh();
    return known.process.count === 0 ? undefined : known;
  }
}
