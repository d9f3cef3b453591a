// The write to a scope's state that is nearest to a place: looked for segment by segment, from the place outwards. Segments
// that wrote nothing to what the scope sees are passed over by their indexes. What a scope sees changes only by writes to
// what it sees, and of what the last of these was made to, some is seen still: so neither way is anything passed over.
import { type ProcessId, instant } from "../shared/trace/time.js";
import { type Asker, nobody } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import { type WritePosition, nearestWrite } from "./replay/scope-writes.js";
import { type ScopeInSegment, scopeInSegment } from "./replay/segments/scope-in-segment.js";
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
  readonly #kept = new Map<string, Inside>();
  #generation = -1;

  constructor(id: ProcessId, process: SegmentedProcess) {
    this.#id = id;
    this.#process = process;
  }

  async nearest(from: StepFrom, asker = nobody): Promise<WritePosition | undefined> {
    await this.#process.refresh();
    this.#forgetOpen();
    const isNext = from.direction === "next";
    const at = instant(isNext ? from.instant - 1n : from.instant);
    let { segment } = await this.#process.locate({ instant: at }, asker);
    const last = this.#process.openNumber;
    while (segment >= 1) {
      throwIfCancelled(asker.signal);
      const inside = await this.#inside(segment, from.scope, asker);
      const found = nearestWrite(inside.positions, from.direction, (position) => from.order(position));
      if (found !== undefined) return found;
      if (isNext && segment >= last) return undefined;
      const seen = isNext ? inside.after : inside.before;
      segment = await nextWriting(this.#process, segment, isNext ? 1 : -1, seen, from.scope, asker);
    }
    return undefined;
  }

  /** What was found among the writes that no segment has holds until there are more. */
  #forgetOpen(): void {
    if (this.#generation === this.#process.generation) return;
    this.#generation = this.#process.generation;
    this.#kept.clear();
  }

  async #inside(segment: number, scope: string | undefined, asker: Asker): Promise<Inside> {
    const key = `${segment} ${scope === undefined ? "" : JSON.stringify(scope)}`;
    const inside =
      this.#kept.get(key) ??
      (await this.#process.look(() => this.#lookInside(segment, scope), this.#process.needs(segment), asker));
    this.#kept.delete(key);
    this.#kept.set(key, inside);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return inside;
  }

  /** On the far side of what was evicted, a scope saw what it sees there. */
  #lookInside(segment: number, scope: string | undefined): Inside {
    const found = scopeInSegment(this.#process.state(segment), scope);
    if (!this.#process.isBase(segment)) return this.#insideOf(found, segment);
    const before = this.#process.heads.previous(segment);
    const seen = before === 0 ? new Set<never>() : scopeInSegment(this.#process.stateAtEnd(before), scope).after;
    return { positions: [], before: seen, after: found.after };
  }

  #insideOf({ positions, before, after }: ScopeInSegment, segment: number): Inside {
    const writes = this.#process.writesOf(segment);
    return { positions: positions.map((at) => ({ process: this.#id, ...positionOf(writes, at) })), before, after };
  }
}
