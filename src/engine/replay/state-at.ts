// The state at a position, by folding every write up to it: the slow oracle of the cached way in engine/state-calls.
import type { Instant, Seq } from "../../shared/trace/time.js";
import type { RecordedWrite } from "../../shared/trace/write.js";
import { ObjectGraph } from "./object-graph.js";

/** How far to fold one process's writes: up to and including a Seq, or all that happened by an instant. */
export type UpTo = { readonly seq: Seq } | { readonly instant: Instant };

export const isUpTo = (write: Pick<RecordedWrite, "seq" | "instant">, upTo: UpTo): boolean =>
  "seq" in upTo ? write.seq <= upTo.seq : write.instant <= upTo.instant;

/** `writes`: those of one process, in Seq order. */
export function stateAt(writes: Iterable<RecordedWrite>, upTo: UpTo): ObjectGraph {
  const graph = ObjectGraph.empty();
  for (const write of writes) {
    if (!isUpTo(write, upTo)) break;
    graph.apply(write.operation, write.certainty);
  }
  return graph;
}
