// Values of a scope by a text in their key or in the value itself, or by a condition (`balance < 0`), in the order of the tree. An object met again (aliases,
// cycles) is not searched again: what it holds is found at the first path that leads to it.
import { type PathStep, appendStep, formatStep } from "../../shared/trace/path.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import { conditionFrom, holds } from "../../shared/trace/value-condition.js";
import { childrenOf } from "./children.js";
import type { ObjectGraph } from "./object-graph.js";
import { previewOf, typeOf } from "./preview.js";

export interface FoundValue {
  readonly path: string;
  readonly text: string;
  readonly type: string;
}

export interface FindRequest {
  readonly scope: string;
  /** Without regard to case; or a condition. */
  readonly text: string;
  readonly limit: number;
  /** So many values are looked at, and no more. */
  readonly mostLooked: number;
}

interface Left {
  readonly path: string;
  readonly key: string;
  readonly value: CapturedValue;
}

/** `isWhole` is false where there may be more. */
export function findValues(
  graph: ObjectGraph,
  { scope, text, limit, mostLooked }: FindRequest,
): { readonly found: readonly FoundValue[]; readonly looked: number; readonly isWhole: boolean } {
  const wanted = text.toLowerCase();
  const condition = conditionFrom(text);
  const matches = (key: string, value: CapturedValue): boolean =>
    condition === undefined
      ? key.toLowerCase().includes(wanted) || valueText(graph, value).toLowerCase().includes(wanted)
      : holds(condition, key, value);
  const root = graph.scopes().get(scope);
  const found: FoundValue[] = [];
  const seen = new Set<ObjectId>();
  /** Those being walked, the innermost last: no object's children are listed before they are needed. */
  const walks: Iterator<Left>[] = root === undefined ? [] : [[{ path: "", key: scope, value: root }].values()];
  let looked = 0;
  for (let walk = walks.at(-1); walk !== undefined; walk = walks.at(-1)) {
    const next = walk.next();
    if (next.done === true) {
      walks.pop();
      continue;
    }
    if (found.length === limit || looked === mostLooked) return { found, looked, isWhole: false };
    looked++;
    const { path, key, value } = next.value;
    if (matches(key, value)) found.push({ path, text: previewOf(graph, value), type: typeOf(graph, value) });
    if (value.kind !== "object" || seen.has(value.id)) continue;
    seen.add(value.id);
    walks.push(childrenAt(graph, value.id, path));
  }
  return { found, looked, isWhole: true };
}

function* childrenAt(graph: ObjectGraph, id: ObjectId, path: string): Generator<Left, undefined> {
  const node = graph.node(id);
  if (node === undefined) return;
  for (const { step, value } of childrenOf(node)) yield { path: appendStep(path, step), key: keyText(step), value };
}

const keyText = (step: PathStep): string => (step.kind === "property" ? step.key : formatStep(step));

/** All of a string; of an object only what it is, since what it holds is looked at by itself. */
function valueText(graph: ObjectGraph, value: CapturedValue): string {
  if (value.kind === "primitive" && typeof value.value === "string") return value.value;
  if (value.kind === "cut") return value.start;
  return previewOf(graph, value, true);
}
