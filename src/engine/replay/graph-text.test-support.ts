// A graph printed whole: every object, in the very order of its keys, and which of its slots were found.
import { objectId } from "../../shared/trace/value.js";
import { childrenOf } from "./children.js";
import { contentsFromNode, type GraphNode } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";

/** Everything there is in a graph, to the order of keys. */
export function textOfGraph(graph: ObjectGraph, highestId: number): string {
  const lines = [...graph.scopes()].map(([name, value]) => `${name} = ${textOf(value)}`);
  for (let number = 1; number <= highestId; number++) {
    const id = objectId(number);
    const node = graph.node(id);
    if (node === undefined) continue;
    const found = [...childrenOf(node)].filter(({ slot }) => graph.isFound(id, slot)).map(({ slot }) => slot);
    lines.push(`@${number} ${textOf(contentsFromNode(node))} ${rawKeysOf(node)} found ${found.join()}`);
  }
  return lines.join("\n");
}

const rawKeysOf = (node: GraphNode): string => ("entries" in node ? [...node.entries.keys()].join() : "");

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (typeof part === "number" && !(Number.isFinite(part) && !Object.is(part, -0)))
      return `#${Object.is(part, -0) ? "-0" : part}`;
    return part === undefined ? "#undefined" : part;
  });
