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

/** `undefined` for none, so that objects of programs whose writes are all seen carry nothing. */
export function foundAfter(
  change: Change,
  before: ReadonlySet<Slot> | undefined,
  isFound: boolean,
): ReadonlySet<Slot> | undefined {
  switch (change.kind) {
    case "none":
    case "scope":
      return before;
    case "slot": {
      const found = new Set(before);
      if (isFound) found.add(change.slot);
      else found.delete(change.slot);
      return someOf(found);
    }
    case "splice": {
      const found = new Set<Slot>();
      const [end, growth] = [change.start + change.removed.length, change.inserted.length - change.removed.length];
      for (const slot of before ?? []) {
        if (typeof slot === "string" || slot < change.start) found.add(slot);
        else if (slot >= end) found.add(slot + growth);
      }
      if (isFound) change.inserted.forEach((_, index) => found.add(change.start + index));
      return someOf(found);
    }
    case "whole":
      return isFound && change.before !== undefined ? someOf(differingSlots(change.before, change.after)) : undefined;
    default:
      return unreachable(change);
  }
}

function differingSlots(before: GraphNode, after: GraphNode): Set<Slot> {
  const differing = new Set<Slot>();
  for (const { slot, value } of childrenOf(after))
    if (!isSameValue(valueAtSlot(before, slot), value)) differing.add(slot);
  return differing;
}

const someOf = (found: ReadonlySet<Slot>): ReadonlySet<Slot> | undefined => (found.size > 0 ? found : undefined);

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
