// State within one segment: the keyframe before it, and its writes up to any of them. An object is brought to a position
// when it is looked at, from the nearest position at which it was kept before: scrubbing either way costs little.
import { firstWhere } from "../../../shared/base/first-where.js";
import type { CapturedValue, ObjectId } from "../../../shared/trace/value.js";
import { type LoadedNode, ObjectGraph } from "../object-graph.js";
import { sizeOfNode } from "../node.js";
import type { Writes } from "./block.js";
import { type KeyframeChain, allOf } from "./keyframe-chain.js";
import { type OneObject } from "./one-object.js";

/** Of one object: after `writes` of its writes. */
interface Stop {
  readonly writes: number;
  readonly object: OneObject;
}

/** Between two places at which an object is kept; for large ones, which cost much to copy, a part of their size. */
const writesBetweenStops = 64;
const partBetweenStops = 8;
/** Children of an object that is kept wherever it was looked at. Others are made again sooner than the collector moves them. */
const largeSize = 256;

/** Of memory, roughly: what an object takes, and each of its children. */
const objectBytes = 400;
const childBytes = 80;

export class SegmentState {
  readonly #stops = new Map<ObjectId, Stop[]>();
  #bytes = 0;
  /** Of the position asked for last: after so many writes to scopes. */
  #scopes: { readonly writes: number; readonly byName: ReadonlyMap<string, CapturedValue> } | undefined;

  constructor(
    /** Of the segment before. */
    readonly keyframe: KeyframeChain,
    readonly writes: Writes,
    /** What scopes stand for, by name instead of by id. */
    readonly named: (byId: ReadonlyMap<number, CapturedValue>) => ReadonlyMap<string, CapturedValue>,
  ) {}

  /** Roughly, of memory: of the objects that are kept at some position. */
  get bytes(): number {
    return this.#bytes + this.keyframe.bytes;
  }

  /** The graph after the first `count` writes. It stays that, whatever is done with others. */
  graphAfter(count: number): ObjectGraph {
    const source = {
      node: (id: ObjectId) => this.nodeAfter(id, count),
      nodes: (ids: readonly ObjectId[]) => this.nodesAfter(ids, count),
    };
    return ObjectGraph.over(source, this.#scopesAfter(count));
  }

  /** What is missing of any of them is asked for at once. */
  nodesAfter(ids: readonly ObjectId[], count: number): ReadonlyMap<ObjectId, LoadedNode> {
    const nodes = new Map<ObjectId, LoadedNode>();
    allOf(ids, (id) => {
      const node = this.nodeAfter(id, count);
      if (node !== undefined) nodes.set(id, node);
    });
    return nodes;
  }

  nodeAfter(id: ObjectId, count: number): LoadedNode | undefined {
    const positions = this.writes.positionsOf(id);
    const wanted = countBelow(positions, count);
    if (wanted === 0) return this.keyframe.node(id);
    const known = this.#stops.get(id);
    const start = known?.findLast(({ writes }) => writes <= wanted);
    if (start?.writes === wanted) return start.object.now;
    const object = start?.object.fork() ?? this.keyframe.object(id);
    const first = start?.writes ?? 0;
    let last = first;
    let stops: Stop[] | undefined;
    for (let at = first; at < wanted;) {
      const nextStop = last + Math.max(writesBetweenStops, spacingOf(object));
      if (at >= nextStop) {
        this.#keep((stops ??= []), { writes: at, object: object.fork() });
        last = at;
        continue;
      }
      const next = Math.min(wanted, nextStop);
      object.apply(this.writes, positions, at, next);
      at = next;
    }
    const { now } = object;
    const isLarge = now !== undefined && sizeOfNode(now.node) >= largeSize;
    if (isLarge || wanted - last >= writesBetweenStops) this.#keep((stops ??= []), { writes: wanted, object });
    if (stops !== undefined) this.#stops.set(id, this.#inOrder(known === undefined ? stops : [...known, ...stops]));
    return now;
  }

  #keep(stops: Stop[], stop: Stop): void {
    this.#bytes += bytesOf(stop.object);
    stops.push(stop);
  }

  /** Every other one, where there are too many. */
  #inOrder(stops: Stop[]): Stop[] {
    stops.sort((a, b) => a.writes - b.writes);
    if (stops.length <= mostStops) return stops;
    for (const [index, { object }] of stops.entries()) if (index % 2 === 1) this.#bytes -= bytesOf(object);
    return stops.filter((_, index) => index % 2 === 0);
  }

  #scopesAfter(count: number): ReadonlyMap<string, CapturedValue> {
    const writes = countBelow(this.writes.scopePositions(), count);
    if (this.#scopes?.writes !== writes) this.#scopes = { writes, byName: this.#scopesAfterWrites(writes) };
    return this.#scopes.byName;
  }

  #scopesAfterWrites(writes: number): ReadonlyMap<string, CapturedValue> {
    const before = this.named(this.keyframe.scopes());
    if (writes === 0) return before;
    const scopes = new Map(before);
    const positions = this.writes.scopePositions();
    for (let index = 0; index < writes; index++) {
      const operation = this.writes.operationAt(positions[index] ?? 0);
      if (operation.kind === "scope") scopes.set(operation.scope, operation.value);
    }
    return scopes;
  }
}

const mostStops = 256;

const bytesOf = ({ now }: OneObject): number =>
  objectBytes + (now === undefined ? 0 : sizeOfNode(now.node) * childBytes);

function spacingOf({ now }: OneObject): number {
  return now === undefined ? 0 : Math.ceil(sizeOfNode(now.node) / partBetweenStops);
}

/** How many of an ascending list are smaller. */
export const countBelow = (positions: ArrayLike<number>, limit: number): number =>
  firstWhere(positions.length, (at) => (positions[at] ?? 0) >= limit);
