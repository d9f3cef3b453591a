// From paths to slots and back: which object and slot a path names, and what children an object has.
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { Path, PathStep } from "../../shared/trace/path.js";
import { slotKeyOf, stepOfMapEntry } from "../../shared/trace/slots.js";
import { type GraphNode, orderedEntries } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";

/** Names a slot of one object for as long as the slot exists: an array index, else a property or `slotKeyOf` a key. */
export type Slot = number | string;

export interface Child {
  readonly slot: Slot;
  readonly step: PathStep;
  readonly value: CapturedValue;
}

/** An object on the way from a scope's root to a path's value, and the slot taken from it. */
export interface Link {
  readonly object: ObjectId;
  /** `undefined`: the object has no such slot now. */
  readonly slot: Slot | undefined;
}

export interface Resolved {
  readonly links: readonly Link[];
  /** `undefined`: there is no such value now. */
  readonly value: CapturedValue | undefined;
}

/** Follows a path as far as it leads. A missing link ends `links`, and there is no value. */
export function resolvePath(graph: ObjectGraph, scope: string, path: Path): Resolved {
  const links: Link[] = [];
  let value = graph.scopes().get(scope);
  for (const step of path) {
    if (value?.kind !== "object") return { links, value: undefined };
    const node = graph.node(value.id);
    const child = node === undefined ? undefined : childAt(node, step);
    links.push({ object: value.id, slot: child?.slot });
    if (child === undefined) return { links, value: undefined };
    value = child.value;
  }
  return { links, value };
}

/** The child a step leads to. Steps are read kindly: `[0]` finds an object's "0", `.0` a Map's key "0". */
export function childAt(node: GraphNode, step: PathStep): Pick<Child, "slot" | "value"> | undefined {
  switch (node.kind) {
    case "object":
    case "error":
      return inEntries(node.entries, step);
    case "array": {
      if (step.kind !== "number") return inEntries(node.entries, step);
      const value = node.elements[step.value];
      return value === undefined ? undefined : { slot: step.value, value };
    }
    case "map":
      return inPairs(node.pairs, step);
    case "set": {
      const member = step.kind === "number" ? nth(node.members.values(), step.value) : undefined;
      return member === undefined ? undefined : { slot: slotKeyOf(member), value: member };
    }
    default:
      return undefined;
  }
}

function inEntries(entries: ReadonlyMap<string, CapturedValue>, step: PathStep): Pick<Child, "slot" | "value"> | undefined {
  const key = step.kind === "property" ? step.key : step.kind === "number" ? String(step.value) : undefined;
  const value = key === undefined ? undefined : entries.get(key);
  return key === undefined || value === undefined ? undefined : { slot: key, value };
}

function inPairs(
  pairs: Extract<GraphNode, { kind: "map" }>["pairs"],
  step: PathStep,
): Pick<Child, "slot" | "value"> | undefined {
  if (step.kind === "entry" || step.kind === "key") {
    const pair = nth(pairs.values(), step.position);
    if (pair === undefined) return undefined;
    return { slot: slotKeyOf(pair.key), value: step.kind === "key" ? pair.key : pair.value };
  }
  const slot = slotKeyOf(keyFromStep(step));
  const pair = pairs.get(slot);
  if (pair !== undefined) return { slot, value: pair.value };
  if (step.kind !== "number") return undefined;
  const textSlot = slotKeyOf({ kind: "primitive", value: String(step.value) });
  const textPair = pairs.get(textSlot);
  return textPair === undefined ? undefined : { slot: textSlot, value: textPair.value };
}

function keyFromStep(step: Exclude<PathStep, { kind: "entry" | "key" }>): CapturedValue {
  switch (step.kind) {
    case "property":
      return { kind: "primitive", value: step.key };
    case "symbol":
      return { kind: "symbol", description: step.description };
    default:
      return { kind: "primitive", value: step.value };
  }
}

function nth<Item>(items: Iterable<Item>, position: number): Item | undefined {
  let at = 0;
  for (const item of items) if (at++ === position) return item;
  return undefined;
}

/** Every child in the program's own order. A Map's object keys are children of their own, before their values. */
export function* childrenOf(node: GraphNode): Iterable<Child> {
  switch (node.kind) {
    case "object":
    case "error":
      yield* childrenInEntries(node.entries);
      return;
    case "array":
      for (const [index, value] of node.elements.entries())
        yield { slot: index, step: { kind: "number", value: index }, value };
      yield* childrenInEntries(node.entries);
      return;
    case "map": {
      let position = 0;
      for (const [slot, { key, value }] of node.pairs) {
        if (key.kind === "object") yield { slot, step: { kind: "key", position }, value: key };
        yield { slot, step: stepOfMapEntry(key, position), value };
        position++;
      }
      return;
    }
    case "set": {
      let position = 0;
      for (const [slot, value] of node.members) yield { slot, step: { kind: "number", value: position++ }, value };
      return;
    }
    default:
      return;
  }
}

function* childrenInEntries(entries: ReadonlyMap<string, CapturedValue>): Iterable<Child> {
  for (const [key, value] of orderedEntries(entries)) yield { slot: key, step: { kind: "property", key }, value };
}
