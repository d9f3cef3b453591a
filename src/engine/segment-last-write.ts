// The last write of a path's history at a position, looked for from there backwards: most often it is in the same segment, while
// the whole history is in all of them. Only so far as it is likely to be quicker.
import { type Asker, nobody } from "../shared/base/asker.js";
import { type Path, formatPath } from "../shared/trace/path.js";
import type { ObjectId } from "../shared/trace/value.js";
import type { WritePosition } from "./replay/scope-writes.js";
import { scopeInSegment } from "./replay/segments/scope-in-segment.js";
import { pathInSegment } from "./replay/segments/path-in-segment.js";
import type { UpTo } from "./replay/state-at.js";
import { nextWriting } from "./segment-walks.js";
import { type SegmentedProcess, positionOf } from "./segmented-process.js";
import type { ProcessId } from "../shared/trace/time.js";

/** Looked into; those that wrote nothing to what the scope sees do not count. */
const mostSegments = 4;
/** Paths and segments looked into lately, with what was found there. */
const mostKept = 64;

interface Inside {
  /** Of its writes, ascending. */
  readonly positions: readonly number[];
  readonly before: ReadonlySet<ObjectId>;
}

export class SegmentLastWrites {
  readonly #id: ProcessId;
  readonly #process: SegmentedProcess;
  readonly #kept = new Map<string, Inside>();
  #generation = -1;

  constructor(id: ProcessId, process: SegmentedProcess) {
    this.#id = id;
    this.#process = process;
  }

  /** Undefined where it is further back, or there is none. */
  async find(scope: string, path: Path, upTo: UpTo, asker = nobody): Promise<WritePosition | undefined> {
    this.#forgetOpen();
    const start = await this.#process.locate(upTo, asker);
    let { segment } = start;
    for (let looked = 0; segment >= 1 && looked < mostSegments; looked++) {
      const { positions, before } = await this.#inside(segment, scope, path, asker);
      const count = segment === start.segment ? start.count : Infinity;
      const last = positions.findLast((at) => at < count);
      if (last !== undefined) {
        const at = segment;
        const position = () => positionOf(this.#process.writesOf(at), last);
        return { process: this.#id, ...(await this.#process.look(position, this.#process.blockOf(at), asker)) };
      }
      segment = await nextWriting(this.#process, segment, -1, before, scope, asker);
    }
    return undefined;
  }

  /** What was found among the writes that no segment has holds until there are more. */
  #forgetOpen(): void {
    if (this.#generation === this.#process.generation) return;
    this.#generation = this.#process.generation;
    this.#kept.clear();
  }

  async #inside(segment: number, scope: string, path: Path, asker: Asker): Promise<Inside> {
    const key = JSON.stringify([segment, scope, formatPath(path)]);
    const inside =
      this.#kept.get(key) ??
      (await this.#process.look(() => this.#lookInside(segment, scope, path), this.#process.needs(segment), asker));
    this.#kept.delete(key);
    this.#kept.set(key, inside);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return inside;
  }

  /** On the far side of what was evicted, a scope saw what it sees there. */
  #lookInside(segment: number, scope: string, path: Path): Inside {
    const { heads } = this.#process;
    if (!this.#process.isBase(segment)) return pathInSegment(this.#process.state(segment), scope, path);
    const before = heads.previous(segment);
    const seen = before === 0 ? new Set<never>() : scopeInSegment(this.#process.stateAtEnd(before), scope).after;
    return { positions: [], before: seen };
  }
}
