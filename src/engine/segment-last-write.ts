// The last write of a path's history at a position, looked for from there backwards: most often it is in the same segment, while
// the whole history is in all of them. Only so far as it is likely to be quicker.
import { nobody } from "../shared/base/asker.js";
import { type Path, formatPath } from "../shared/trace/path.js";
import type { ObjectId } from "../shared/trace/value.js";
import type { WritePosition } from "./replay/scope-writes.js";
import { pathInSegment } from "./replay/segments/path-in-segment.js";
import type { UpTo } from "./replay/state-at.js";
import { SegmentLooks, seenBeforeBase } from "./segment-looks.js";
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
  readonly #looks: SegmentLooks<Inside>;

  constructor(id: ProcessId, process: SegmentedProcess) {
    this.#id = id;
    this.#process = process;
    this.#looks = new SegmentLooks(process, mostKept);
  }

  /** Undefined where it is further back, or there is none. */
  async find(scope: string, path: Path, upTo: UpTo, asker = nobody): Promise<WritePosition | undefined> {
    const start = await this.#process.locate(upTo, asker);
    let { segment } = start;
    const what = JSON.stringify([scope, formatPath(path)]);
    for (let looked = 0; segment >= 1 && looked < mostSegments; looked++) {
      const at = segment;
      const { positions, before } = await this.#looks.of(at, what, () => this.#lookInside(at, scope, path), asker);
      const count = segment === start.segment ? start.count : Infinity;
      const last = positions.findLast((position) => position < count);
      if (last !== undefined) {
        const position = () => positionOf(this.#process.writesOf(at), last);
        return { process: this.#id, ...(await this.#process.look(position, this.#process.blockOf(at), asker)) };
      }
      segment = await nextWriting(this.#process, segment, -1, before, scope, asker);
    }
    return undefined;
  }

  #lookInside(segment: number, scope: string, path: Path): Inside {
    return this.#process.isBase(segment)
      ? { positions: [], before: seenBeforeBase(this.#process, segment, scope) }
      : pathInSegment(this.#process.state(segment), scope, path);
  }
}
