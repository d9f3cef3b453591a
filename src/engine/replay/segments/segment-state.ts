// State within one segment: the keyframe before it, and its writes up to any of them. An object is brought to a position
// when it is looked at, from the nearest position at which it was kept before: scrubbing either way costs little.
import type { CapturedValue, ObjectId } from "../../../shared/trace/value.js";
import { type LoadedNode, ObjectGraph } from "../object-graph.js";
import { sizeOfNode } from "../node.js";
import type { Writes } from "./block.js";
import type { KeyframeChain } from "./keyframe-chain.js";
import { type OneObject } from "./one-object.js";

/** Of one object: after `writes` of its writes. */
interface Stop {
  readonly writes: number;
  readonly object: OneObject;
}

/** Between two places at which an object is kept; for large ones, which cost much to copy, a part of their size. */
const writesBetweenStops = 64;
const partBetweenStops = 8;

export class SegmentState {
  readonly #stops = new Map<ObjectId, Stop[]>();

  constructor(
    /** Of the segment before. */
    readonly keyframe: KeyframeChain,
    readonly writes: Writes,
    readonly scopeName: (id: number) => string,
  ) {}

  /** The graph after the first `count` writes. It stays that, whatever is done with others. */
  graphAfter(count: number): ObjectGraph {
    return ObjectGraph.over({ node: (id) => this.nodeAfter(id, count) }, this.#scopesAfter(count));
  }

  nodeAfter(id: ObjectId, count: number): LoadedNode | undefined {
    const positions = this.writes.positionsOf(id);
    const wanted = countBelow(positions, count);
    if (wanted === 0) return this.keyframe.node(id);
    const stops = this.#stops.get(id) ?? [];
    this.#stops.set(id, stops);
    const start = stops.findLast(({ writes }) => writes <= wanted);
    if (start?.writes === wanted) return start.object.now;
    const object = start?.object.fork() ?? this.keyframe.object(id);
    const first = start?.writes ?? 0;
    let last = first;
    for (let at = first; at < wanted; at++) {
      if (at - last >= spacingOf(object)) {
        stops.push({ writes: at, object: object.fork() });
        last = at;
      }
      object.apply(this.writes, positions[at] ?? 0);
    }
    stops.push({ writes: wanted, object });
    stops.sort((a, b) => a.writes - b.writes);
    if (stops.length > mostStops)
      this.#stops.set(
        id,
        stops.filter((_, index) => index % 2 === 0),
      );
    return object.now;
  }

  #scopesAfter(count: number): ReadonlyMap<string, CapturedValue> {
    const scopes = new Map<string, CapturedValue>();
    for (const [id, value] of this.keyframe.scopes()) scopes.set(this.scopeName(id), value);
    const positions = this.writes.scopePositions();
    for (let index = 0; index < positions.length; index++) {
      const at = positions[index] ?? 0;
      if (at >= count) break;
      const operation = this.writes.operationAt(at);
      if (operation.kind === "scope") scopes.set(operation.scope, operation.value);
    }
    return scopes;
  }
}

const mostStops = 256;

function spacingOf({ now }: OneObject): number {
  return Math.max(writesBetweenStops, now === undefined ? 0 : sizeOfNode(now.node) / partBetweenStops);
}

/** How many of an ascending list are smaller. */
export function countBelow(positions: ArrayLike<number>, limit: number): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
