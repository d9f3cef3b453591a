// What an object holds as steps of paths: one child by its step, all of them, or those at some positions.
import type { PathStep } from "../../shared/trace/path.js";
import { slotKeyOf, stepOfMapEntry } from "../../shared/trace/slots.js";
import type { CapturedValue } from "../../shared/trace/value.js";
import { type Entries, inOrder, orderedEntries } from "./entries.js";
import type { GraphNode } from "./node.js";
import { KeptPairs, pairsBetween } from "./pairs.js";
import type { Slot } from "./slot.js";

export interface Child {
  readonly slot: Slot;
  readonly step: PathStep;
  readonly value: CapturedValue;
  /** The key of a Map entry that has no printed form of its own. */
  readonly label?: CapturedValue;
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

function inEntries(entries: Entries, step: PathStep): Pick<Child, "slot" | "value"> | undefined {
  const key = step.kind === "property" ? step.key : step.kind === "number" ? String(step.value) : undefined;
  const value = key === undefined ? undefined : entries.get(key);
  return key === undefined || value === undefined ? undefined : { slot: key, value };
}

function inPairs(
  pairs: Extract<GraphNode, { kind: "map" }>["pairs"],
  step: PathStep,
): Pick<Child, "slot" | "value"> | undefined {
  if (step.kind === "entry" || step.kind === "key") {
    const [pair] = [...pairsBetween(pairs, step.position, step.position + 1)].map(([, one]) => one);
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

function* childrenInEntries(entries: Entries): Iterable<Child> {
  for (const [key, value] of inOrder(entries)) yield { slot: key, step: { kind: "property", key }, value };
}

/** The children at positions [from, to) as rows show them: a Map's object keys label their entries. */
export function childrenBetween(node: GraphNode, from: number, to: number): readonly Child[] {
  switch (node.kind) {
    case "array": {
      const children: Child[] = [];
      for (let index = from; index < Math.min(to, node.elements.length); index++) {
        const value = node.elements[index];
        if (value !== undefined) children.push({ slot: index, step: { kind: "number", value: index }, value });
      }
      if (to <= node.elements.length) return children;
      const skipped = Math.max(0, from - node.elements.length);
      return [...children, ...sliceOf(childrenInEntries(node.entries), skipped, to - node.elements.length)];
    }
    case "map": {
      const children: Child[] = [];
      let position = from;
      for (const [slot, { key, value }] of pairsBetween(node.pairs, from, to)) {
        const step = stepOfMapEntry(key, position++);
        children.push(step.kind === "entry" ? { slot, step, value, label: key } : { slot, step, value });
      }
      return children;
    }
    default:
      return sliceOf(childrenOf(node), from, to);
  }
}

function sliceOf(children: Iterable<Child>, from: number, to: number): readonly Child[] {
  const slice: Child[] = [];
  let position = 0;
  for (const child of children) {
    if (position >= to) break;
    if (position++ >= from) slice.push(child);
  }
  return slice;
}

/** Where among its object's children a slot is. */
export function positionOfSlot(node: GraphNode, slot: Slot): number {
  if (typeof slot === "number") return slot;
  switch (node.kind) {
    case "object":
    case "error":
      return orderedEntries(node.entries).findIndex(([key]) => key === slot);
    case "array":
      return node.elements.length + orderedEntries(node.entries).findIndex(([key]) => key === slot);
    case "map":
      return node.pairs instanceof KeptPairs ? node.pairs.positionOf(slot) : positionIn(node.pairs.keys(), slot);
    case "set":
      return positionIn(node.members.keys(), slot);
    default:
      return -1;
  }
}

/** The step that leads to a slot now. A property's is known even while it is not there. */
export function stepOfSlot(node: GraphNode, slot: Slot): PathStep | undefined {
  if (typeof slot === "number") return { kind: "number", value: slot };
  switch (node.kind) {
    case "object":
    case "error":
    case "array":
      return { kind: "property", key: slot };
    case "map": {
      const key = node.pairs.get(slot)?.key;
      if (key === undefined) return undefined;
      const step = stepOfMapEntry(key, 0);
      return step.kind === "entry" ? { kind: "entry", position: positionOfSlot(node, slot) } : step;
    }
    case "set":
      return node.members.has(slot) ? { kind: "number", value: positionOfSlot(node, slot) } : undefined;
    default:
      return undefined;
  }
}

function positionIn(slots: Iterable<string>, wanted: string): number {
  let position = 0;
  for (const slot of slots) {
    if (slot === wanted) return position;
    position++;
  }
  return -1;
}
