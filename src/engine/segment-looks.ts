// What was found in segments lately. Of the writes that no segment has it holds until there are more.
import type { Asker } from "../shared/base/asker.js";
import type { ObjectId } from "../shared/trace/value.js";
import { scopeInSegment } from "./replay/segments/scope-in-segment.js";
import type { SegmentedProcess } from "./segmented-process.js";

export class SegmentLooks<Found> {
  readonly #process: SegmentedProcess;
  readonly #most: number;
  readonly #kept = new Map<string, Found>();
  #generation = -1;

  /** At most `most` of them are kept, those that were asked for last. */
  constructor(process: SegmentedProcess, most: number) {
    this.#process = process;
    this.#most = most;
  }

  /** `what`: the same for what finds the same. */
  async of(segment: number, what: string, find: () => Found, asker: Asker): Promise<Found> {
    this.#forgetOpen();
    const key = `${segment} ${what}`;
    const found = this.#kept.get(key) ?? (await this.#process.look(find, this.#process.needs(segment), asker));
    this.#kept.delete(key);
    this.#kept.set(key, found);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
    return found;
  }

  #forgetOpen(): void {
    if (this.#generation === this.#process.generation) return;
    this.#generation = this.#process.generation;
    this.#kept.clear();
  }
}

/** On the far side of what was evicted, a scope saw what it sees there. */
export function seenBeforeBase(
  process: SegmentedProcess,
  base: number,
  scope: string | undefined,
): ReadonlySet<ObjectId> {
  const before = process.heads.previous(base);
  return before === 0 ? new Set() : scopeInSegment(process.stateAtEnd(before), scope).after;
}
