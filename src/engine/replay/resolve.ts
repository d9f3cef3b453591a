// From a path to the objects it leads through and the value it ends at.
import type { Path } from "../../shared/trace/path.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import { childAt } from "./children.js";
import type { ObjectGraph } from "./object-graph.js";
import type { Slot } from "./slot.js";

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
