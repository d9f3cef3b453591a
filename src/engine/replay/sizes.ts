// How many entries the collections of a scope have: Maps, Sets, arrays, and objects with names that come and go. Those that are
// held in the same way (`accounts.*.recent`) are one kind, of which the largest counts: their number is the size of what holds them.
import { type PathStep, appendStep } from "../../shared/trace/path.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import { childrenOf } from "./children.js";
import { type GraphNode, type GraphView, sizeOfNode } from "./node.js";

export interface CollectionSize {
  /** Places and keys are `*`, numbers in names `#`. */
  readonly kind: string;
  /** Of the largest. */
  readonly path: string;
  readonly size: number;
}

const deepest = 5;
/** An object of more has names that come and go. */
const mostFields = 24;

interface Left {
  readonly id: ObjectId;
  readonly path: string;
  readonly kind: string;
  readonly depth: number;
}

/** `mostLooked`: so many objects are looked at, those that are nearest to the root first. */
export function sizesIn(graph: GraphView, scope: string, mostLooked: number): readonly CollectionSize[] {
  const largest = new Map<string, CollectionSize>();
  const seen = new Set<ObjectId>();
  const queue: Left[] = [];
  const visit = (value: CapturedValue | undefined, at: Omit<Left, "id">): void => {
    if (value?.kind !== "object" || seen.has(value.id) || seen.size >= mostLooked) return;
    seen.add(value.id);
    queue.push({ ...at, id: value.id });
  };
  visit(graph.scopes().get(scope), { path: "", kind: "", depth: 0 });
  for (const { id, path, kind, depth } of queue) {
    const node = graph.node(id);
    if (node === undefined) continue;
    const size = sizeOfNode(node);
    if (isCollection(node, size) && size >= (largest.get(kind)?.size ?? 0)) largest.set(kind, { kind, path, size });
    if (depth === deepest) continue;
    const isList = isCollection(node, size);
    for (const { step, value } of childrenOf(node)) {
      if (value.kind !== "object") continue;
      if (seen.size >= mostLooked) break;
      const name = isList ? "*" : nameOf(step);
      visit(value, {
        path: appendStep(path, step),
        kind: kind === "" ? name : `${kind}.${name}`,
        depth: depth + 1,
      });
    }
  }
  return [...largest.values()];
}

const isCollection = (node: GraphNode, size: number): boolean =>
  node.kind === "map" || node.kind === "set" || node.kind === "array" || (node.kind === "object" && size > mostFields);

const nameOf = (step: PathStep): string => (step.kind === "property" ? step.key.replace(/[0-9]+/g, "#") : "*");
