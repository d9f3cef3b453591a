// What a write did, in a line: `accounts.acc_1.balance = 5`.
import { appendStep } from "../../shared/trace/path.js";
import type { ObjectId } from "../../shared/trace/value.js";
import type { RecordedWrite } from "../../shared/trace/write.js";
import { unreachable } from "../../shared/base/unreachable.js";
import { type Change, changeBy } from "./change.js";
import { childrenOf, stepOfSlot } from "./children.js";
import type { ObjectGraph } from "./object-graph.js";
import { previewOf } from "./preview.js";

/** `graph` as it was just before the write. */
export function describeWrite(graph: ObjectGraph, { operation }: RecordedWrite): string {
  const change = changeBy(graph, operation);
  const after = graph.fork();
  after.apply(operation);
  switch (change.kind) {
    case "none":
      return "";
    case "scope":
      return `${change.scope} = ${previewOf(after, change.after)}`;
    case "slot":
      return describeSlot(graph, after, change);
    case "splice": {
      const counts = `−${change.removed.length} +${change.inserted.length}`;
      return `${pathOf(graph, change.target)} at ${change.start}: ${counts}`;
    }
    case "whole":
      return `${pathOf(graph, change.target)} = ${previewOf(after, { kind: "object", id: change.target })}`;
    default:
      return unreachable(change);
  }
}

function describeSlot(graph: ObjectGraph, after: ObjectGraph, change: Extract<Change, { kind: "slot" }>): string {
  const node = (change.before === undefined ? after : graph).node(change.target);
  const step = node === undefined ? undefined : stepOfSlot(node, change.slot);
  const base = pathOf(graph, change.target);
  const path = step === undefined ? base : appendStep(base, step);
  return change.after === undefined ? `delete ${path}` : `${path} = ${previewOf(after, change.after)}`;
}

/** The nearest way to an object from any scope, which names it. */
function pathOf(graph: ObjectGraph, target: ObjectId): string {
  const seen = new Set<ObjectId>();
  const queue: { readonly id: ObjectId; readonly path: string }[] = [];
  const visit = (id: ObjectId, path: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    queue.push({ id, path });
  };
  for (const [scope, value] of graph.scopes()) if (value.kind === "object") visit(value.id, scope);
  for (const next of queue) {
    if (next.id === target) return next.path;
    const node = graph.node(next.id);
    if (node === undefined) continue;
    for (const { step, value } of childrenOf(node))
      if (value.kind === "object" && !seen.has(value.id)) visit(value.id, appendStep(next.path, step));
  }
  return `object ${target}`;
}
