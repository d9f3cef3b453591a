// Stands in for a ReachGraph where one object is asked about and a way to it is known from elsewhere: that way is looked at,
// instead of who holds whom in the whole graph.
import type { Path } from "../../shared/trace/path.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { type Change, changeBy } from "./change.js";
import { childAt } from "./children.js";
import type { GraphNode } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";

export interface Way {
  readonly top: ObjectId;
  readonly target: ObjectId;
  readonly steps: Path;
}

export class KnownWay {
  readonly #way: Way | undefined;

  /** A way that does not lead there in this graph counts as none. */
  constructor(
    readonly graph: ObjectGraph,
    way: Way | undefined,
  ) {
    this.#way = way !== undefined && leadsThere(graph, way) ? way : undefined;
  }

  apply(operation: WriteOperation): Change {
    const change = changeBy(this.graph, operation);
    this.graph.apply(operation);
    return change;
  }

  isBelow(top: ObjectId, target: ObjectId): boolean {
    return this.pathBetween(top, target) !== undefined;
  }

  pathBetween(top: ObjectId, target: ObjectId): Path | undefined {
    return this.#way?.top === top && this.#way.target === target ? this.#way.steps : undefined;
  }
}

function leadsThere(graph: ObjectGraph, { top, target, steps }: Way): boolean {
  let value: CapturedValue | undefined = { kind: "object", id: top };
  for (const step of steps) {
    const node: GraphNode | undefined = value?.kind === "object" ? graph.node(value.id) : undefined;
    value = node === undefined ? undefined : childAt(node, step)?.value;
  }
  return value?.kind === "object" && value.id === target;
}
