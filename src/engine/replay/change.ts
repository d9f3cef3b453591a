// What one write does to a graph, said before it is applied: which slot, what was there, what comes. Rows mark it,
// histories print it, and the index of parents follows it.
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { isSameValue, slotKeyOf } from "../../shared/trace/slots.js";
import { unreachable } from "../../shared/base/unreachable.js";
import { type GraphNode, type GraphView, nodeFromContents, sizeOfNode, valuesOfNode } from "./node.js";
import { type Slot, valueAtSlot } from "./slot.js";
import { type ArrayNode, type Splice, spliceFrom } from "./splice.js";

export type Change =
  /** Nothing anybody could see: the same contents again, or a write to an object that is not known. */
  | { readonly kind: "none" }
  | {
      readonly kind: "scope";
      readonly scope: string;
      readonly before: CapturedValue | undefined;
      readonly after: CapturedValue;
    }
  /** One slot set, added or taken away; `undefined` stands for no such slot. `key`: the Map key that comes or goes. */
  | {
      readonly kind: "slot";
      readonly target: ObjectId;
      readonly slot: Slot;
      readonly before: CapturedValue | undefined;
      readonly after: CapturedValue | undefined;
      readonly key: CapturedValue | undefined;
      readonly sizeBefore: number;
    }
  | {
      readonly kind: "splice";
      readonly target: ObjectId;
      readonly start: number;
      readonly sizeBefore: number;
      readonly removed: readonly CapturedValue[];
      readonly inserted: readonly CapturedValue[];
    }
  /** `before` is kept by nobody else: it stays as it was. Absent at the first sight of an object. */
  | {
      readonly kind: "whole";
      readonly target: ObjectId;
      readonly before: GraphNode | undefined;
      readonly after: GraphNode;
    };

const none: Change = { kind: "none" };

export function changeBy(graph: GraphView, operation: WriteOperation): Change {
  if (operation.kind === "scope")
    return {
      kind: "scope",
      scope: operation.scope,
      before: graph.scopes().get(operation.scope),
      after: operation.value,
    };
  const { target } = operation;
  const node = graph.node(target);
  if (operation.kind === "contents") {
    const after = nodeFromContents(operation.contents);
    return node !== undefined && isSameNode(node, after) ? none : { kind: "whole", target, before: node, after };
  }
  if (node === undefined) return none;
  const slotChange = (slot: Slot, after: CapturedValue | undefined, key?: CapturedValue): Change => {
    const before = valueAtSlot(node, slot);
    if (before === undefined && after === undefined) return none;
    const isKeyMoved = (before === undefined) !== (after === undefined);
    return {
      kind: "slot",
      target,
      slot,
      before,
      after,
      key: isKeyMoved ? key : undefined,
      sizeBefore: sizeOfNode(node),
    };
  };
  switch (operation.kind) {
    case "set":
    case "delete":
    case "splice": {
      const splice = node.kind === "array" ? spliceFrom(node, operation) : undefined;
      if (node.kind === "array" && splice !== undefined) return spliceChange(node, splice);
      if (operation.kind === "splice" || !("entries" in node)) return none;
      return slotChange(operation.key, operation.kind === "set" ? operation.value : undefined);
    }
    case "map-set":
    case "map-delete":
      if (node.kind !== "map") return none;
      return slotChange(
        slotKeyOf(operation.key),
        operation.kind === "map-set" ? operation.value : undefined,
        operation.key,
      );
    case "set-add":
    case "set-delete": {
      if (node.kind !== "set") return none;
      const slot = slotKeyOf(operation.member);
      if (operation.kind === "set-add" && node.members.has(slot)) return none;
      return slotChange(slot, operation.kind === "set-add" ? operation.member : undefined);
    }
    case "clear":
      if (node.kind === "map" && node.pairs.size > 0)
        return { kind: "whole", target, before: node, after: { ...node, pairs: new Map() } };
      if (node.kind === "set" && node.members.size > 0)
        return { kind: "whole", target, before: node, after: { ...node, members: new Map() } };
      return none;
    default:
      return unreachable(operation);
  }
}

function spliceChange(node: ArrayNode, { target, start, deleteCount, elements }: Splice): Change {
  const removed = node.elements.slice(start, start + deleteCount);
  const sizeBefore = sizeOfNode(node);
  const [first, replacement] = [removed[0], elements[0]];
  if (removed.length === 1 && elements.length === 1 && first !== undefined)
    return { kind: "slot", target, slot: start, before: first, after: replacement, key: undefined, sizeBefore };
  if (removed.length === 0 && elements.length === 0 && start <= node.elements.length) return none;
  return { kind: "splice", target, start, sizeBefore, removed, inserted: elements };
}

/** Holds the same values in the same order. */
function isSameNode(a: GraphNode, b: GraphNode): boolean {
  if (a.kind !== b.kind || a.className !== b.className) return false;
  if (a.kind === "date" && b.kind === "date") return Object.is(a.timeMs, b.timeMs);
  if (a.kind === "bytes" && b.kind === "bytes")
    return (
      a.length === b.length && a.bytes.length === b.bytes.length && a.bytes.every((byte, i) => byte === b.bytes[i])
    );
  const [valuesA, valuesB] = [[...valuesOfNode(a)], [...valuesOfNode(b)]];
  if (valuesA.length !== valuesB.length || !valuesA.every((value, i) => isSameValue(value, valuesB[i]))) return false;
  const [keysA, keysB] = ["entries" in a ? [...a.entries.keys()] : [], "entries" in b ? [...b.entries.keys()] : []];
  return keysA.length === keysB.length && keysA.every((key, i) => key === keysB[i]);
}

/** The values a change takes out of its object, and those it puts in. */
export function valuesMovedBy(change: Change): {
  readonly out: Iterable<CapturedValue>;
  readonly in: Iterable<CapturedValue>;
} {
  switch (change.kind) {
    case "none":
    case "scope":
      return { out: [], in: [] };
    case "slot": {
      const withKey = (value: CapturedValue | undefined): CapturedValue[] =>
        value === undefined ? [] : change.key === undefined ? [value] : [change.key, value];
      return { out: withKey(change.before), in: withKey(change.after) };
    }
    case "splice":
      return { out: change.removed, in: change.inserted };
    case "whole":
      return { out: change.before === undefined ? [] : valuesOfNode(change.before), in: valuesOfNode(change.after) };
    default:
      return unreachable(change);
  }
}
