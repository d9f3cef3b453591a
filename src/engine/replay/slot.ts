// A slot names one place inside one object for as long as the place exists.
import type { CapturedValue } from "../../shared/trace/value.js";
import type { GraphNode } from "./node.js";

/** An array index; else a property's name, or `slotKeyOf` a Map key or Set member. */
export type Slot = number | string;

export function valueAtSlot(node: GraphNode, slot: Slot): CapturedValue | undefined {
  switch (node.kind) {
    case "object":
    case "error":
      return node.entries.get(String(slot));
    case "array":
      return typeof slot === "number" ? node.elements[slot] : node.entries.get(slot);
    case "map":
      return node.pairs.get(String(slot))?.value;
    case "set":
      return node.members.get(String(slot));
    default:
      return undefined;
  }
}
