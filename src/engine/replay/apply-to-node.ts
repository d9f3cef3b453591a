// What a write does to the one object it is to.
import { keyAsKept, slotKeyOf } from "../../shared/trace/slots.js";
import { unreachable } from "../../shared/base/unreachable.js";
import type { CapturedValue } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { GraphNode } from "./node.js";
import { putPair } from "./pairs.js";
import { type ArrayNode, type Splice, spliceFrom } from "./splice.js";

/** Those that change what an object holds; `contents` replaces it. */
export type NodeOperation = Exclude<WriteOperation, { kind: "scope" | "contents" }>;

/** Beyond this many elements past its end, an array is not filled with holes but given up as too large. */
const maxPadding = 1_000_000;

/** Changes the node, which nobody else may have, and answers it; or another one that stands for it from now on. */
export function applyToNode(node: GraphNode, operation: NodeOperation): GraphNode {
  switch (operation.kind) {
    case "set":
    case "delete":
    case "splice": {
      const splice = node.kind === "array" ? spliceFrom(node, operation) : undefined;
      if (node.kind === "array" && splice !== undefined) return spliced(node, splice);
      if (operation.kind === "splice" || !("entries" in node)) return node;
      if (operation.kind === "set") node.entries.set(operation.key, operation.value);
      else node.entries.delete(operation.key);
      return node;
    }
    case "map-set": {
      if (node.kind !== "map") return node;
      putPair(node.pairs, slotKeyOf(operation.key), operation.key, operation.value);
      return node;
    }
    case "map-delete":
      if (node.kind === "map") node.pairs.delete(slotKeyOf(operation.key));
      return node;
    case "set-add": {
      if (node.kind !== "set") return node;
      const slot = slotKeyOf(operation.member);
      if (!node.members.has(slot)) node.members.set(slot, keyAsKept(operation.member));
      return node;
    }
    case "set-delete":
      if (node.kind === "set") node.members.delete(slotKeyOf(operation.member));
      return node;
    case "clear":
      if (node.kind === "map") return { ...node, pairs: new Map() };
      return node.kind === "set" ? { ...node, members: new Map() } : node;
    default:
      return unreachable(operation);
  }
}

/** A start past the end fills with holes. Without a bound, a recording could ask for four billion of them. */
function spliced(node: ArrayNode, { start, deleteCount, elements }: Splice): GraphNode {
  if (start - node.elements.length > maxPadding)
    return { kind: "opaque", className: `${node.className}(${start + elements.length})` };
  while (node.elements.length < start) node.elements.push({ kind: "hole" });
  replaceRange(node.elements, start, deleteCount, elements);
  return node;
}

/** `splice` with any number of elements: spreading them as arguments overflows the stack. */
function replaceRange(
  elements: CapturedValue[],
  start: number,
  deleteCount: number,
  inserted: readonly CapturedValue[],
): void {
  if (inserted.length < 10_000) {
    elements.splice(start, deleteCount, ...inserted);
    return;
  }
  const rest = elements.slice(start + deleteCount);
  elements.length = start;
  for (const element of inserted) elements.push(element);
  for (const element of rest) elements.push(element);
}
