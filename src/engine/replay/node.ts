// One object of the program inside an ObjectGraph: ObjectContents in a shape that writes can be applied to.
import type { CapturedValue, ObjectContents, ObjectId } from "../../shared/trace/value.js";
import { keyAsKept, slotKeyOf } from "../../shared/trace/slots.js";
import { unreachable } from "../../shared/base/unreachable.js";
import { type Entries, copyOfEntries, entriesInMemory, orderedEntries } from "./entries.js";
import { type Pairs, copyOfPairs, pairsInMemory } from "./pairs.js";

export type Leaf = Extract<ObjectContents, { kind: "date" | "bytes" | "opaque" }>;

export type GraphNode =
  | { readonly kind: "object" | "error"; readonly className: string; readonly entries: Entries }
  | {
      readonly kind: "array";
      readonly className: string;
      readonly elements: CapturedValue[];
      readonly entries: Entries;
    }
  /** Pairs and members by `slotKeyOf`, in insertion order. */
  | { readonly kind: "map"; readonly className: string; readonly pairs: Pairs }
  | { readonly kind: "set"; readonly className: string; readonly members: Map<string, CapturedValue> }
  | Leaf;

/** A graph to look at: all that questions about state need of one. */
export interface GraphView {
  scopes(): ReadonlyMap<string, CapturedValue>;
  node(id: ObjectId): GraphNode | undefined;
}

export function nodeFromContents(contents: ObjectContents): GraphNode {
  switch (contents.kind) {
    case "object":
    case "error":
      return { kind: contents.kind, className: contents.className, entries: new Map(contents.entries) };
    case "array":
      return {
        kind: "array",
        className: contents.className,
        elements: [...contents.elements],
        entries: new Map(contents.entries),
      };
    case "map":
      return {
        kind: "map",
        className: contents.className,
        pairs: new Map(contents.pairs.map(([key, value]) => [slotKeyOf(key), { key: keyAsKept(key), value }])),
      };
    case "set":
      return {
        kind: "set",
        className: contents.className,
        members: new Map(contents.members.map((member) => [slotKeyOf(member), keyAsKept(member)])),
      };
    case "date":
    case "bytes":
    case "opaque":
      return contents;
    default:
      return unreachable(contents);
  }
}

export function contentsFromNode(node: GraphNode): ObjectContents {
  switch (node.kind) {
    case "object":
    case "error":
      return { kind: node.kind, className: node.className, entries: orderedEntries(node.entries) };
    case "array": {
      const { className, elements } = node;
      return { kind: "array", className, elements, entries: orderedEntries(node.entries) };
    }
    case "map":
      return {
        kind: "map",
        className: node.className,
        pairs: [...node.pairs.values()].map(({ key, value }) => [key, value]),
      };
    case "set":
      return { kind: "set", className: node.className, members: [...node.members.values()] };
    case "date":
    case "bytes":
    case "opaque":
      return node;
    default:
      return unreachable(node);
  }
}

export function copyOfNode(node: GraphNode): GraphNode {
  switch (node.kind) {
    case "object":
    case "error":
      return { ...node, entries: copyOfEntries(node.entries) };
    case "array":
      return { ...node, elements: [...node.elements], entries: copyOfEntries(node.entries) };
    case "map":
      return { ...node, pairs: copyOfPairs(node.pairs) };
    case "set":
      return { ...node, members: new Map(node.members) };
    case "date":
    case "bytes":
    case "opaque":
      return node;
    default:
      return unreachable(node);
  }
}

/** The same, for who keeps it for long: without the bytes beside which it was written down. */
export function nodeInMemory(node: GraphNode): GraphNode {
  if ("entries" in node) return { ...node, entries: entriesInMemory(node.entries) };
  return node.kind === "map" ? { ...node, pairs: pairsInMemory(node.pairs) } : node;
}

/** How many children a tree would show below it. */
export function sizeOfNode(node: GraphNode): number {
  switch (node.kind) {
    case "object":
    case "error":
      return node.entries.size;
    case "array":
      return node.elements.length + node.entries.size;
    case "map":
      return node.pairs.size;
    case "set":
      return node.members.size;
    default:
      return 0;
  }
}

/** Every value the object holds, Map keys included. */
export function* valuesOfNode(node: GraphNode): Iterable<CapturedValue> {
  switch (node.kind) {
    case "object":
    case "error":
      yield* node.entries.values();
      return;
    case "array":
      yield* node.elements;
      yield* node.entries.values();
      return;
    case "map":
      for (const { key, value } of node.pairs.values()) {
        yield key;
        yield value;
      }
      return;
    case "set":
      yield* node.members.values();
      return;
    default:
      return;
  }
}
