// The graph of one process wherever it is asked for, by its segments. A position that lies a little further on is reached by
// applying the writes in between; any other begins anew from its segment's keyframe, with what is looked at.
// Questions are answered one after the other, because they share the graph that moves.
import { instant, seq } from "../shared/trace/time.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import { type Asker, nobody } from "../shared/base/asker.js";
import type { Position } from "./graph-cache.js";
import { type Change, changeBy } from "./replay/change.js";
import { ObjectGraph } from "./replay/object-graph.js";
import type { UpTo } from "./replay/state-at.js";
import { type SegmentPosition, type SegmentedProcess, positionOf, theBeginning } from "./segmented-process.js";

/** Writes that are applied to all objects rather than to those that are looked at. */
const mostAhead = 256;

interface Placed extends Position {
  readonly at: SegmentPosition;
}

export class SegmentGraphs {
  readonly #process: SegmentedProcess;
  #current: Placed | undefined;
  /** What brought it there, and of how much: what is committed later may be of an instant that was asked for before. */
  #asked = "";
  #askedOf = -1;
  #epoch = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(process: SegmentedProcess) {
    this.#process = process;
  }

  /** Runs `look` on the state at a position: it may be run more than once, and changes nothing but what it answers. */
  at<Answer>(upTo: UpTo, look: (position: Position) => Answer, asker = nobody): Promise<Answer> {
    const answer = this.#turn.then(async () => {
      throwIfCancelled(asker.signal);
      const position = await this.#at(upTo, asker);
      return this.#process.look(() => look(position), [], asker, this.#epoch);
    });
    // Who asked hears of a failure; the next question starts afresh.
    this.#turn = answer.catch(() => {
      this.#current = undefined;
    });
    return answer;
  }

  async #at(upTo: UpTo, asker: Asker): Promise<Placed> {
    const name = "seq" in upTo ? `seq ${upTo.seq}` : `instant ${upTo.instant}`;
    if (this.#epoch !== this.#process.epoch) this.#current = undefined;
    const isKnown = this.#asked === name && this.#askedOf === this.#process.generation && this.#process.isFresh;
    if (isKnown && this.#current !== undefined) return this.#current;
    await this.#process.refreshFor(upTo);
    const { generation } = this.#process;
    if (this.#epoch !== this.#process.epoch) this.#current = undefined;
    const epoch = this.#process.epoch;
    this.#epoch = epoch;
    const placed = await this.#moveTo(await this.#process.locate(upTo, asker), asker);
    this.#process.mustBeOf(epoch);
    this.#asked = name;
    this.#askedOf = generation;
    return placed;
  }

  async #moveTo(wanted: SegmentPosition, asker: Asker): Promise<Placed> {
    const current = this.#current;
    if (current?.at.segment === wanted.segment && current.at.count === wanted.count) return current;
    const isAhead = current?.at.segment === wanted.segment && current.at.count < wanted.count;
    const isNear = isAhead && wanted.count - current.at.count <= mostAhead;
    const placed = await this.#process.look(
      () => (isNear ? this.#goOn(current, wanted) : this.#begin(wanted)),
      this.#process.needs(wanted.segment),
      asker,
    );
    this.#current = placed;
    return placed;
  }

  #begin(at: SegmentPosition): Placed {
    if (at.count === 0) return this.#beginAtBase(at);
    const [writes, state] = [this.#process.writesOf(at.segment), this.#process.state(at.segment)];
    const before = at.count - 1;
    return {
      graph: state.graphAfter(at.count),
      last: positionOf(writes, before),
      at,
      // Not everybody asks, and the object that the last write was to is hardly ever one that they look at.
      get change() {
        return changeBy(state.graphAfter(before), writes.operationAt(before));
      },
    };
  }

  /** Right after what was evicted, or where there is nothing yet. What the last write did is not known any more. */
  #beginAtBase(at: SegmentPosition): Placed {
    const head = this.#process.baseAt(at.segment);
    if (head === undefined)
      return { graph: ObjectGraph.empty(), last: undefined, change: { kind: "none" }, at: theBeginning };
    const last = { seq: seq(head.lastSeq), instant: instant(head.latestInstant) };
    return { graph: this.#process.state(at.segment).graphAfter(0), last, change: { kind: "none" }, at };
  }

  #goOn({ graph, at }: Placed, wanted: SegmentPosition): Placed {
    const writes = this.#process.writesOf(wanted.segment);
    // What is not there yet is asked for before anything is changed.
    for (let next = at.count; next < wanted.count; next++) {
      const operation = writes.operationAt(next);
      if (operation.kind !== "scope") graph.node(operation.target);
    }
    for (let next = at.count; next < wanted.count - 1; next++)
      graph.apply(writes.operationAt(next), writes.certaintyAt(next));
    return { graph, ...this.#applyLast(graph, wanted), last: positionOf(writes, wanted.count - 1), at: wanted };
  }

  /** Asks for all it needs before it changes anything. */
  #applyLast(graph: ObjectGraph, at: SegmentPosition): { readonly change: Change } {
    const writes = this.#process.writesOf(at.segment);
    const operation = writes.operationAt(at.count - 1);
    const change = changeBy(graph, operation);
    graph.apply(operation, writes.certaintyAt(at.count - 1));
    return { change };
  }
}
