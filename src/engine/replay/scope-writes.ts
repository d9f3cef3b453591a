// Which writes of one process are to which scope's state: what stepping from write to write goes by. Grows with a live
// recording. A write that nobody can see (an object's contents before anything refers to it) belongs to no scope.
import { firstWhere } from "../../shared/base/first-where.js";
import type { RecordedWrite } from "../../shared/trace/write.js";
import { ReachGraph } from "./reach.js";

export type WritePosition = Pick<RecordedWrite, "process" | "seq" | "instant">;

export class ScopeWrites {
  readonly #reach = ReachGraph.empty();
  readonly #visible: WritePosition[] = [];
  readonly #byScope = new Map<string, WritePosition[]>();
  #last: WritePosition | undefined;

  /** The last write taken in. */
  get last(): WritePosition | undefined {
    return this.#last;
  }

  add(write: RecordedWrite): void {
    const { operation } = write;
    const { process, seq, instant } = write;
    const position = { process, seq, instant };
    const scopes = operation.kind === "scope" ? [operation.scope] : this.#reach.scopesAbove(operation.target);
    const change = this.#reach.apply(operation);
    this.#last = position;
    if (change.kind === "none" || scopes.length === 0) return;
    this.#visible.push(position);
    for (const scope of scopes) {
      const known = this.#byScope.get(scope);
      if (known === undefined) this.#byScope.set(scope, [position]);
      else known.push(position);
    }
  }

  /** Of one scope, or of any; in Seq order. */
  positions(scope: string | undefined): readonly WritePosition[] {
    return scope === undefined ? this.#visible : (this.#byScope.get(scope) ?? []);
  }
}

/** Positions in Seq order, from 0. */
export interface PositionList {
  readonly length: number;
  at(index: number): WritePosition | undefined;
}

/** The nearest position strictly before or after; `order` is negative for positions before the place asked about. */
export function nearestWrite(
  positions: PositionList,
  direction: "previous" | "next",
  order: (position: WritePosition) => number,
): WritePosition | undefined {
  const isPrevious = direction === "previous";
  const next = firstWhere(positions.length, (at) => {
    const position = positions.at(at);
    return position === undefined || (isPrevious ? order(position) >= 0 : order(position) > 0);
  });
  const nearest = isPrevious ? next - 1 : next;
  return nearest < 0 ? undefined : positions.at(nearest);
}
