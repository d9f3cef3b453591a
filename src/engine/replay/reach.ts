// A graph that also knows who holds whom, so that one can ask upward: which scopes see an object, by which path.
// An object that lost its last holder holds nothing itself until it is held again: otherwise programs that replace
// their state at every change would make the ways up longer and longer. Garbage in cycles is not noticed; it is rare.
import type { PathStep } from "../../shared/trace/path.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { type Change, changeBy, valuesMovedBy } from "./change.js";
import { ObjectGraph } from "./object-graph.js";
import { Holders } from "./holders.js";
import { valuesOfNode } from "./node.js";
import { childrenOf, stepOfSlot } from "./children.js";
import { PagedMap } from "./paged-map.js";
import { type Slot, valueAtSlot } from "./slot.js";

/** Objects that hold nothing, because nobody holds them. */
interface Dropped {
  has(id: ObjectId): boolean;
  add(id: ObjectId): unknown;
  /** Whether it was one. */
  delete(id: ObjectId): boolean;
}

/** All objects but those that were ever seen to be held. */
class AllBut implements Dropped {
  constructor(readonly held: Set<ObjectId>) {}

  has(id: ObjectId): boolean {
    return !this.held.has(id);
  }

  add(id: ObjectId): void {
    this.held.delete(id);
  }

  delete(id: ObjectId): boolean {
    const wasDropped = !this.held.has(id);
    this.held.add(id);
    return wasDropped;
  }
}

export class ReachGraph {
  readonly graph: ObjectGraph;
  readonly #holders: Holders;
  readonly #dropped: Dropped;
  /** Where objects were put last; whoever uses it looks whether they still are there. */
  readonly #slots = new PagedMap<Slot>();

  private constructor(graph: ObjectGraph, holders: Holders, dropped: Dropped) {
    this.graph = graph;
    this.#holders = holders;
    this.#dropped = dropped;
  }

  static empty(): ReachGraph {
    return new ReachGraph(ObjectGraph.empty(), new Holders(), new Set());
  }

  fork(): ReachGraph {
    const dropped = this.#dropped instanceof Set ? new Set(this.#dropped) : new AllBut(new Set(this.held));
    return new ReachGraph(this.graph.fork(), this.#holders.fork(), dropped);
  }

  /** Of a graph that was begun with `within`: the objects its scopes see, and perhaps some that they saw. */
  get held(): ReadonlySet<ObjectId> {
    return this.#dropped instanceof AllBut ? this.#dropped.held : new Set();
  }

  /**
   * Follows only what the graph's scopes see. Writes to other objects need not be applied: the graph forgets an object that
   * is not seen any more, and fetches it from its source when it is seen again, as it is then.
   */
  static within(graph: ObjectGraph): ReachGraph {
    const held = new Set<ObjectId>();
    const reach = new ReachGraph(graph, new Holders(), new AllBut(held));
    for (const value of graph.scopes().values()) if (value.kind === "object") held.add(value.id);
    for (const id of held) reach.#holdAll(id, (value) => held.add(value));
    return reach;
  }

  #holdAll(holder: ObjectId, seen: (held: ObjectId) => void): void {
    for (const value of this.#valuesOf(holder)) {
      if (value.kind !== "object") continue;
      this.#holders.add(value.id, holder);
      seen(value.id);
    }
  }

  /** Whether writes to an object are to be applied. */
  follows(id: ObjectId): boolean {
    return !this.#dropped.has(id);
  }

  /** Takes the graph over. What no scope of it sees counts as held by nobody. */
  static of(graph: ObjectGraph): ReachGraph {
    const reach = new ReachGraph(graph, new Holders(), new Set());
    const seen = new Set<ObjectId>();
    for (const value of graph.scopes().values()) if (value.kind === "object") seen.add(value.id);
    for (const id of seen) reach.#holdAll(id, (held) => seen.add(held));
    return reach;
  }

  apply(operation: WriteOperation): Change {
    const change = changeBy(this.graph, operation);
    if (change.kind === "whole") this.graph.put(change.target, change.after);
    else if (change.kind !== "none") this.graph.apply(operation);
    if (change.kind === "scope") {
      if (change.after.kind === "object") this.#revive(change.after.id);
      if (change.before?.kind === "object") this.#dropIfUnheld(change.before.id);
    } else if (change.kind !== "none" && !this.#dropped.has(change.target)) {
      if (change.kind === "slot" && change.after?.kind === "object") this.#slots.set(change.after.id, change.slot);
      const moved = valuesMovedBy(change);
      for (const value of moved.in) if (value.kind === "object") this.#hold(value.id, change.target);
      for (const value of moved.out) if (value.kind === "object") this.#release(value.id, change.target);
    }
    return change;
  }

  /** Whether `target` is `top` or held by it at any depth. */
  isBelow(top: ObjectId, target: ObjectId): boolean {
    for (const id of this.#upwardFrom(target)) if (id === top) return true;
    return false;
  }

  /** Names of the scopes whose state an object is part of. */
  scopesAbove(target: ObjectId): string[] {
    const tops = new Map<ObjectId, string[]>();
    for (const [scope, value] of this.graph.scopes())
      if (value.kind === "object") tops.set(value.id, [...(tops.get(value.id) ?? []), scope]);
    const found: string[] = [];
    for (const id of this.#upwardFrom(target)) {
      const scopes = tops.get(id);
      if (scopes !== undefined) found.push(...scopes);
      if (found.length === this.graph.scopes().size) break;
    }
    return found;
  }

  /** A shortest way down from `top` to `target`; `undefined` when there is none. */
  pathBetween(top: ObjectId, target: ObjectId): readonly PathStep[] | undefined {
    const below = new Map<ObjectId, ObjectId>();
    for (const id of this.#upwardFrom(target, below)) {
      if (id !== top) continue;
      const steps: PathStep[] = [];
      for (let at = top; at !== target;) {
        const next = below.get(at);
        if (next === undefined) return undefined;
        const step = this.#stepTo(at, next);
        if (step === undefined) return undefined;
        steps.push(step);
        at = next;
      }
      return steps;
    }
    return undefined;
  }

  #stepTo(holder: ObjectId, held: ObjectId): PathStep | undefined {
    const node = this.graph.node(holder);
    if (node === undefined) return undefined;
    const slot = this.#slots.get(held);
    const known = slot === undefined ? undefined : valueAtSlot(node, slot);
    // Of several places the first is named.
    if (slot !== undefined && known?.kind === "object" && known.id === held && this.#holders.count(held, holder) === 1)
      return stepOfSlot(node, slot);
    let found: PathStep | undefined;
    for (const { slot: at, step, value } of childrenOf(node)) {
      if (value.kind !== "object") continue;
      // Who looks for one will look for others.
      if (step.kind !== "key") this.#slots.set(value.id, at);
      if (value.id === held) found ??= step;
    }
    return found;
  }

  /** The object itself, then its holders, nearest first. `below` gets, for each, the next object on the way down. */
  *#upwardFrom(start: ObjectId, below = new Map<ObjectId, ObjectId>()): Iterable<ObjectId> {
    const seen = new Set([start]);
    const queue = [start];
    for (let at = 0; at < queue.length; at++) {
      const id = queue[at];
      if (id === undefined) return;
      yield id;
      for (const holder of this.#holders.of(id)) {
        if (seen.has(holder)) continue;
        seen.add(holder);
        below.set(holder, id);
        queue.push(holder);
      }
    }
  }

  #hold(held: ObjectId, holder: ObjectId): void {
    this.#holders.add(held, holder);
    this.#revive(held);
  }

  #release(held: ObjectId, holder: ObjectId): void {
    if (this.#holders.remove(held, holder)) this.#dropIfUnheld(held);
  }

  #dropIfUnheld(id: ObjectId): void {
    const toDrop = [id];
    for (let next = toDrop.pop(); next !== undefined; next = toDrop.pop()) {
      if (this.#holders.has(next) || this.#dropped.has(next) || this.#isTop(next)) continue;
      this.#dropped.add(next);
      for (const value of this.#valuesOf(next))
        if (value.kind === "object" && this.#holders.remove(value.id, next)) toDrop.push(value.id);
      if (this.#dropped instanceof AllBut) this.graph.forget(next);
    }
  }

  #revive(id: ObjectId): void {
    const toRevive = [id];
    for (let next = toRevive.pop(); next !== undefined; next = toRevive.pop()) {
      if (this.#dropped.delete(next)) this.#holdAll(next, (held) => toRevive.push(held));
    }
  }

  #valuesOf(id: ObjectId): Iterable<CapturedValue> {
    const node = this.graph.node(id);
    return node === undefined ? [] : valuesOfNode(node);
  }

  #isTop(id: ObjectId): boolean {
    for (const value of this.graph.scopes().values()) if (value.kind === "object" && value.id === id) return true;
    return false;
  }
}
