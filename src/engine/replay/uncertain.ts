// Which values of a scope may have been others: a later look found them changed and when is not known, or writes were lost.
import { type Path, appendStep } from "../../shared/trace/path.js";
import type { Seq } from "../../shared/trace/time.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import { childrenOf } from "./children.js";
import type { Doubt } from "./doubt.js";
import { objectName, slotName } from "./found.js";
import type { GraphView } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";
import { resolvePath } from "./resolve.js";

export interface Uncertain {
  /** Slots and objects whose next value may have been there already: see `awaitedSlots`. */
  readonly awaited: ReadonlySet<string>;
  /** Whether a write to the object may have been lost: then everything below it is as uncertain. */
  isInDoubt(id: ObjectId): boolean;
  /** The same of what the scope stands for. */
  readonly isScopeInDoubt: boolean;
}

export const nothingUncertain: Uncertain = { awaited: new Set(), isInDoubt: () => false, isScopeInDoubt: false };

export function uncertainFrom(
  graph: GraphView,
  awaited: ReadonlySet<string>,
  doubt: Doubt | undefined,
  scope: string,
  at: Seq,
): Uncertain {
  if (doubt === undefined) return { ...nothingUncertain, awaited };
  return { awaited, isInDoubt: (id) => doubt.isObject(graph, id, at), isScopeInDoubt: doubt.isScope(scope, at) };
}

/** Paths at or below the scope's root value, nearest first, at most `limit`. */
export function uncertainPaths(
  graph: GraphView,
  root: CapturedValue,
  { awaited, isInDoubt, isScopeInDoubt }: Uncertain,
  limit: number,
): readonly string[] {
  if (isScopeInDoubt || (root.kind === "object" && isInDoubt(root.id))) return [""];
  if (root.kind !== "object") return [];
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
      const isInside = isObject && isInDoubt(value.id);
      const isAwaited = awaited.has(slotName(id, slot)) || (isObject && awaited.has(objectName(value.id)));
      if (isInside || isAwaited) paths.push(childPath);
      if (isInside || !isObject || seen.has(value.id)) continue;
      seen.add(value.id);
      queue.push({ id: value.id, path: childPath });
    }
  }
  return paths;
}

/** Whether the last write recorded of a path may not have been the last: of what it leads through, or what it ends at. */
export function isPathInDoubt(graph: ObjectGraph, scope: string, path: Path, uncertain: Uncertain): boolean {
  const { links, value } = resolvePath(graph, scope, path);
  const isEndInDoubt = value?.kind === "object" && uncertain.isInDoubt(value.id);
  return uncertain.isScopeInDoubt || isEndInDoubt || links.some(({ object }) => uncertain.isInDoubt(object));
}
