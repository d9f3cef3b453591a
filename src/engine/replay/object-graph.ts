// The program's captured state: every object by id and what each scope stands for. Applying one process's writes
// in Seq order gives the graph at any Seq. Plain and slow on purpose: faster ways are tested against it.
// A write to an object whose contents never arrived changes nothing: the object stays "not recorded".
import type { CapturedValue, ObjectContents, ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { keyAsKept, slotKeyOf } from "../../shared/trace/slots.js";
import { unreachable } from "../../shared/base/unreachable.js";
import { type GraphNode, contentsFromNode, copyOfNode, indexFromKey, nodeFromContents } from "./node.js";

/** Beyond this many elements past its end, an array is not filled with holes but given up as too large. */
const maxPadding = 1_000_000;

type TargetedOperation = Exclude<WriteOperation, { kind: "scope" }>;

export class ObjectGraph {
  readonly #nodes: Map<ObjectId, GraphNode>;
  readonly #scopes: Map<string, CapturedValue>;
  /** Nodes that no other graph shares; others are copied before their first change. */
  #owned = new Set<ObjectId>();

  private constructor(nodes: Map<ObjectId, GraphNode>, scopes: Map<string, CapturedValue>) {
    this.#nodes = nodes;
    this.#scopes = scopes;
  }

  static empty(): ObjectGraph {
    return new ObjectGraph(new Map(), new Map());
  }

  /** An independent graph of the same state; objects are copied only when one of the two changes them. */
  fork(): ObjectGraph {
    this.#owned = new Set();
    return new ObjectGraph(new Map(this.#nodes), new Map(this.#scopes));
  }

  scopes(): ReadonlyMap<string, CapturedValue> {
    return this.#scopes;
  }

  node(id: ObjectId): GraphNode | undefined {
    return this.#nodes.get(id);
  }

  readonly contentsOf = (id: ObjectId): ObjectContents | undefined => {
    const node = this.#nodes.get(id);
    return node === undefined ? undefined : contentsFromNode(node);
  };

  apply(operation: WriteOperation): void {
    switch (operation.kind) {
      case "scope":
        this.#scopes.set(operation.scope, operation.value);
        return;
      case "contents":
        this.#nodes.set(operation.target, nodeFromContents(operation.contents));
        this.#owned.add(operation.target);
        return;
      default:
        this.#applyTo(operation);
    }
  }

  #applyTo(operation: Exclude<TargetedOperation, { kind: "contents" }>): void {
    const node = this.#changeable(operation.target);
    if (node === undefined) return;
    switch (operation.kind) {
      case "set":
        if (node.kind === "array") this.#setInArray(operation.target, node, operation.key, operation.value);
        else if (hasEntries(node)) node.entries.set(operation.key, operation.value);
        return;
      case "delete":
        if (node.kind === "array") deleteInArray(node, operation.key);
        else if (hasEntries(node)) node.entries.delete(operation.key);
        return;
      case "splice":
        if (node.kind !== "array") return;
        if (!this.#padTo(operation.target, node, operation.start)) return;
        replaceRange(node.elements, operation.start, operation.deleteCount, operation.elements);
        return;
      case "map-set": {
        if (node.kind !== "map") return;
        const slot = slotKeyOf(operation.key);
        node.pairs.set(slot, { key: node.pairs.get(slot)?.key ?? keyAsKept(operation.key), value: operation.value });
        return;
      }
      case "map-delete":
        if (node.kind === "map") node.pairs.delete(slotKeyOf(operation.key));
        return;
      case "set-add": {
        if (node.kind !== "set") return;
        const slot = slotKeyOf(operation.member);
        if (!node.members.has(slot)) node.members.set(slot, keyAsKept(operation.member));
        return;
      }
      case "set-delete":
        if (node.kind === "set") node.members.delete(slotKeyOf(operation.member));
        return;
      case "clear":
        if (node.kind === "map") node.pairs.clear();
        else if (node.kind === "set") node.members.clear();
        return;
      default:
        unreachable(operation);
    }
  }

  #changeable(id: ObjectId): GraphNode | undefined {
    const node = this.#nodes.get(id);
    if (node === undefined || this.#owned.has(id)) return node;
    const copy = copyOfNode(node);
    this.#nodes.set(id, copy);
    this.#owned.add(id);
    return copy;
  }

  #setInArray(id: ObjectId, node: Extract<GraphNode, { kind: "array" }>, key: string, value: CapturedValue): void {
    const index = indexFromKey(key);
    if (index !== undefined) {
      if (this.#padTo(id, node, index)) node.elements[index] = value;
    } else if (key !== "length") {
      node.entries.set(key, value);
    } else if (value.kind === "primitive" && typeof value.value === "number") {
      if (this.#padTo(id, node, value.value)) node.elements.length = value.value;
    }
  }

  /** Fills with holes up to `length`. Without a bound, a recording could ask for four billion of them. */
  #padTo(id: ObjectId, node: Extract<GraphNode, { kind: "array" }>, length: number): boolean {
    if (length - node.elements.length > maxPadding) {
      this.#nodes.set(id, { kind: "opaque", className: `${node.className}(${length})` });
      return false;
    }
    while (node.elements.length < length) node.elements.push({ kind: "hole" });
    return true;
  }
}

type WithEntries = Extract<GraphNode, { entries: unknown }>;
const hasEntries = (node: GraphNode): node is WithEntries => "entries" in node;

function deleteInArray(node: Extract<GraphNode, { kind: "array" }>, key: string): void {
  const index = indexFromKey(key);
  if (index === undefined) node.entries.delete(key);
  else if (index < node.elements.length) node.elements[index] = { kind: "hole" };
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
