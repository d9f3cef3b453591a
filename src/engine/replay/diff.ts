// What differs between one scope's state at two positions, as the deepest paths that say it. Objects are compared by
// what they hold, not by identity. Two objects that are met a second time (aliases, cycles) are not compared again:
// a change inside is reported by the first path that leads to it.
import { type PathStep, appendStep } from "../../shared/trace/path.js";
import { isSameValue } from "../../shared/trace/slots.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import { childrenOf } from "./children.js";
import { type GraphNode, sizeOfNode } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";
import type { Slot } from "./slot.js";

/** `undefined`: no such value on that side. */
export interface Difference {
  readonly path: string;
  readonly old: CapturedValue | undefined;
  readonly new: CapturedValue | undefined;
}

interface Pair {
  readonly path: string;
  readonly old: CapturedValue | undefined;
  readonly new: CapturedValue | undefined;
}

/** At most `limit` differences, and whether there are more. Removed members come after those that are there. */
export function diffOf(
  before: ObjectGraph,
  after: ObjectGraph,
  scope: string,
  limit: number,
): { readonly truncated: boolean; readonly changes: readonly Difference[] } {
  const changes: Difference[] = [];
  const compared = new Map<ObjectId, Set<ObjectId>>();
  const left: Pair[] = [{ path: "", old: before.scopes().get(scope), new: after.scopes().get(scope) }];
  for (let pair = left.pop(); pair !== undefined; pair = left.pop()) {
    const inside = insideOf(pair, before, after);
    if (inside === "same") continue;
    if (inside === "different") {
      if (changes.length === limit) return { truncated: true, changes };
      changes.push(pair);
    } else if (isFirstTime(compared, inside.oldId, inside.newId)) {
      left.push(...pairsInside(pair.path, inside.old, inside.new).reverse());
    }
  }
  return { truncated: false, changes };
}

type Inside =
  | "same"
  | "different"
  | { readonly oldId: ObjectId; readonly newId: ObjectId; readonly old: GraphNode; readonly new: GraphNode };

function insideOf(pair: Pair, before: ObjectGraph, after: ObjectGraph): Inside {
  if (pair.old?.kind !== "object" || pair.new?.kind !== "object")
    return isSameValue(pair.old, pair.new) ? "same" : "different";
  const [oldId, newId] = [pair.old.id, pair.new.id];
  const [old, now] = [before.node(oldId), after.node(newId)];
  if (old === undefined || now === undefined) return old === now && oldId === newId ? "same" : "different";
  if (old.kind !== now.kind || old.className !== now.className) return "different";
  if (old.kind === "date" && now.kind === "date") return Object.is(old.timeMs, now.timeMs) ? "same" : "different";
  if (old.kind === "bytes" && now.kind === "bytes")
    return old.length === now.length && old.bytes.every((byte, at) => byte === now.bytes[at]) ? "same" : "different";
  if (old.kind === "opaque") return oldId === newId ? "same" : "different";
  if (sizeOfNode(old) === 0 && sizeOfNode(now) === 0) return "same";
  return { oldId, newId, old, new: now };
}

function isFirstTime(compared: Map<ObjectId, Set<ObjectId>>, oldId: ObjectId, newId: ObjectId): boolean {
  const partners = compared.get(oldId) ?? new Set();
  if (partners.has(newId)) return false;
  compared.set(oldId, partners.add(newId));
  return true;
}

function pairsInside(path: string, old: GraphNode, now: GraphNode): Pair[] {
  const [olds, news] = [valuesBySlot(old), valuesBySlot(now)];
  const pairs: Pair[] = [];
  for (const [slot, { step, value }] of news)
    pairs.push({ path: appendStep(path, step), old: olds.get(slot)?.value, new: value });
  for (const [slot, { step, value }] of olds)
    if (!news.has(slot)) pairs.push({ path: appendStep(path, step), old: value, new: undefined });
  return pairs;
}

/** A Map's object keys are compared by identity: they name the entry. */
function valuesBySlot(node: GraphNode): Map<Slot, { readonly step: PathStep; readonly value: CapturedValue }> {
  const values = new Map<Slot, { readonly step: PathStep; readonly value: CapturedValue }>();
  for (const { slot, step, value } of childrenOf(node)) if (step.kind !== "key") values.set(slot, { step, value });
  return values;
}
