// Which slots of an object were last changed by a write that was found by comparing: their values are exact, but when
// they came is known only between two instants.
import { unreachable } from "../../shared/base/unreachable.js";
import { isSameValue } from "../../shared/trace/slots.js";
import type { Instant } from "../../shared/trace/time.js";
import type { ObjectId } from "../../shared/trace/value.js";
import type { RecordedWrite } from "../../shared/trace/write.js";
import { type Change, changeBy } from "./change.js";
import { childrenOf } from "./children.js";
import type { GraphNode, GraphView } from "./node.js";
import { type Slot, valueAtSlot } from "./slot.js";

/** Those of one object. What somebody else has is copied before its first change, and never again. */
export class FoundSlots {
  #slots: ReadonlySet<Slot> | undefined;
  /** The same, where nobody else has it. */
  #own: Set<Slot> | undefined;

  constructor(shared: ReadonlySet<Slot> | undefined) {
    this.#slots = shared;
  }

  /** `undefined` for none, so that objects of programs whose writes are all seen carry nothing. */
  get slots(): ReadonlySet<Slot> | undefined {
    return this.#slots;
  }

  note(change: Change, isFound: boolean): void {
    switch (change.kind) {
      case "none":
      case "scope":
        return;
      case "slot":
        if ((this.#slots?.has(change.slot) ?? false) !== isFound) this.#mark(isFound, [change.slot]);
        return;
      case "splice":
        return this.#noteSplice(change, isFound);
      case "whole":
        return this.#set(
          isFound && change.before !== undefined ? differingSlots(change.before, change.after) : undefined,
        );
      default:
        return unreachable(change);
    }
  }

  /** What lies behind a splice moves with its elements, which takes as long as moving those does. */
  #noteSplice({ start, removed, inserted, sizeBefore }: Extract<Change, { kind: "splice" }>, isFound: boolean): void {
    const [end, growth] = [start + removed.length, inserted.length - removed.length];
    const slotsOf = (values: readonly unknown[]): readonly number[] => values.map((_, index) => start + index);
    if (growth !== 0 && end < sizeBefore && this.#slots !== undefined) {
      const moved = new Set<Slot>();
      for (const slot of this.#slots) {
        if (typeof slot === "string" || slot < start) moved.add(slot);
        else if (slot >= end) moved.add(slot + growth);
      }
      this.#set(moved);
    } else this.#mark(false, slotsOf(removed));
    if (isFound) this.#mark(true, slotsOf(inserted));
  }

  #mark(isFound: boolean, slots: readonly Slot[]): void {
    if (slots.length === 0 || (!isFound && this.#slots === undefined)) return;
    const own = this.#own ?? new Set(this.#slots);
    for (const slot of slots) {
      if (isFound) own.add(slot);
      else own.delete(slot);
    }
    this.#set(own);
  }

  #set(own: Set<Slot> | undefined): void {
    this.#own = own !== undefined && own.size > 0 ? own : undefined;
    this.#slots = this.#own;
  }
}

function differingSlots(before: GraphNode, after: GraphNode): Set<Slot> {
  const differing = new Set<Slot>();
  for (const { slot, value } of childrenOf(after))
    if (!isSameValue(valueAtSlot(before, slot), value)) differing.add(slot);
  return differing;
}

/** The name of one object's slot in a set of slots of many objects. */
export const slotName = (target: ObjectId, slot: Slot): string => `${target} ${slot}`;

/** The name of an object as a whole in such a set: what it holds may differ in a way that none of its slots says. */
export const objectName = (id: ObjectId): string => `object ${id}`;

/**
 * Slots and objects that a later look found changed, when the look before it was earlier than `at`: at this instant
 * they may have held the old value or the new one. `later`: the writes that follow the graph's.
 */
export function awaitedSlots(
  graph: GraphView,
  later: readonly Pick<RecordedWrite, "certainty" | "operation">[],
  at: Instant,
): ReadonlySet<string> {
  const awaited = new Set<string>();
  for (const { certainty, operation } of later) {
    if (certainty.kind !== "between" || certainty.after >= at) continue;
    const change = changeBy(graph, operation);
    if (change.kind === "slot") {
      awaited.add(slotName(change.target, change.slot));
      if (change.before === undefined) awaited.add(objectName(change.target));
    } else if (change.kind === "splice") {
      change.removed.forEach((_, index) => awaited.add(slotName(change.target, change.start + index)));
      awaited.add(objectName(change.target));
    } else if (change.kind === "whole" && change.before !== undefined) {
      for (const slot of differingSlots(change.after, change.before)) awaited.add(slotName(change.target, slot));
      awaited.add(objectName(change.target));
    }
  }
  return awaited;
}
