// All changes of an array's elements as one kind of operation.
import type { WriteOperation } from "../../shared/trace/write.js";
import { indexFromKey } from "./index-key.js";
import type { GraphNode } from "./node.js";

export type Splice = Extract<WriteOperation, { kind: "splice" }>;
export type ArrayNode = Extract<GraphNode, { kind: "array" }>;

/** Every change of an array's elements is a splice; `undefined`: the write is about another property. */
export function spliceFrom(
  node: ArrayNode,
  operation: Extract<WriteOperation, { kind: "set" | "delete" | "splice" }>,
): Splice | undefined {
  if (operation.kind === "splice") return operation;
  const { target, key } = operation;
  const index = indexFromKey(key);
  if (index !== undefined) {
    if (operation.kind === "set")
      return { kind: "splice", target, start: index, deleteCount: 1, elements: [operation.value] };
    const isElement = index < node.elements.length;
    return isElement
      ? { kind: "splice", target, start: index, deleteCount: 1, elements: [{ kind: "hole" }] }
      : undefined;
  }
  if (key !== "length" || operation.kind !== "set" || operation.value.kind !== "primitive") return undefined;
  const length = operation.value.value;
  if (typeof length !== "number") return undefined;
  return { kind: "splice", target, start: length, deleteCount: Number.MAX_SAFE_INTEGER, elements: [] };
}
