// The write to a scope's state that is nearest to a place: looked for segment by segment, from the place outwards. Segments
// that wrote nothing to what the scope sees are passed over by their indexes. What a scope sees changes only by writes to
// what it sees, and of what the last of these was made to, some is seen still: so neither way is anything passed over.
import { type ProcessId, instant } from "../shared/trace/time.js";
import { nobody } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import { type WritePosition, nearestWrite } from "./replay/scope-writes.js";
import { type ScopeInSegment, scopeInSegment } from "./replay/segments/scope-in-segment.js";
import { SegmentLooks, seenBeforeBase } from "./segment-looks.js";
import { nextWriting } from "./segment-walks.js";
import { type SegmentedProcess, positionOf } from "./segmented-process.js";

export interface StepFrom {
  readonly direction: "previous" | "next";
  readonly scope: string | undefined;
  /** Of the place. */
  readonly instant: bigint;
  /** Negative for positions before the place. */
  order(position: WritePosition): number;
}

interface Inside extends Omit<ScopeInSegment, "positions"> {
  readonly positions: readonly WritePosition[];
}

/** Looked into lately, with what was found there. */
const mostKept = 16;

export class SegmentSteps {
  readonly #process: SegmentedProcess;
  readonly #id: ProcessId;
  readonly #looks: SegmentLooks<Inside>;

  constructor(id: ProcessId, process: SegmentedProcess) {
    this.#id = id;
    this.#process = process;
    this.#looks = new SegmentLooks(process, mostKept);
  }

  async nearest(from: StepFrom, asker = nobody): Promise<WritePosition | undefined> {
    await this.#process.refresh();
    const isNext = from.direction === "next";
    const edge = instant(isNext ? from.instant - 1n : from.instant);
    let { segment } = await this.#process.locate({ instant: edge }, asker);
    const last = this.#process.openNumber;
    while (segment >= 1) {
      throwIfCancelled(asker.signal);
      const at = segment;
      const what = from.scope === undefined ? "" : JSON.stringify(from.scope);
      const inside = await this.#looks.of(at, what, () => this.#lookInside(at, from.scope), asker);
      const found = nearestWrite(inside.positions, from.direction, (position) => from.order(position));
      if (found !== undefined) return found;
      if (isNext && segment >= last) return undefined;
      const seen = isNext ? inside.after : inside.before;
      segment = await nextWriting(this.#process, segment, isNext ? 1 : -1, seen, from.scope, asker);
    }
    return undefined;
  }

  #lookInside(segment: number, scope: string | undefined): Inside {
    const found = scopeInSegment(this.#process.state(segment), scope);
    if (!this.#process.isBase(segment)) return this.#insideOf(found, segment);
    return { positions: [], before: seenBeforeBase(this.#process, segment, scope), after: found.after };
  }

  #insideOf({ positions, before, after }: ScopeInSegment, segment: number): Inside {
    const writes = this.#process.writesOf(segment);
    return { positions: positions.map((at) => ({ process: this.#id, ...positionOf(writes, at) })), before, after };
  }
}
