// Which values of a scope may already have been others: a later look found them changed, and when is not known.
import { appendStep } from "../../shared/trace/path.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import { childrenOf } from "./children.js";
import { objectName, slotName } from "./found.js";
import type { GraphView } from "./node.js";

/** Paths below the scope's root value whose slot or object is in `awaited`, nearest first, at most `limit`. */
export function uncertainPaths(
  graph: GraphView,
  root: CapturedValue,
  awaited: ReadonlySet<string>,
  limit: number,
): readonly string[] {
  if (root.kind !== "object" || awaited.size === 0) return [];
  const paths: string[] = awaited.has(objectName(root.id)) ? [""] : [];
  const seen = new Set<ObjectId>([root.id]);
  const queue: { readonly id: ObjectId; readonly path: string }[] = [{ id: root.id, path: "" }];
  for (const { id, path } of queue) {
    const node = graph.node(id);
    if (node === undefined) continue;
    for (const { slot, step, value } of childrenOf(node)) {
      if (paths.length >= limit) return paths;
      const childPath = appendStep(path, step);
      const isObject = value.kind === "object";
      if (awaited.has(slotName(id, slot)) || (isObject && awaited.has(objectName(value.id)))) paths.push(childPath);
      if (!isObject || seen.has(value.id)) continue;
      seen.add(value.id);
      queue.push({ id: value.id, path: childPath });
    }
  }
  return paths;
}
