// One object while writes to it are applied: what `ObjectGraph` does with all of them, without room for any other.
import type { CapturedValue, ObjectId } from "../../../shared/trace/value.js";
import { applyToNode } from "../apply-to-node.js";
import { changeBy } from "../change.js";
import { KeptEntries } from "../entries.js";
import { FoundSlots } from "../found.js";
import { type GraphNode, type GraphView, copyOfNode, nodeFromContents } from "../node.js";
import type { LoadedNode } from "../object-graph.js";
import type { Writes } from "./block.js";
import type { ObjectWrite } from "./operation-payload.js";

const noScopes: ReadonlyMap<string, CapturedValue> = new Map();

export class OneObject implements GraphView {
  readonly #id: ObjectId;
  #node: GraphNode | undefined;
  #found: FoundSlots | undefined;
  /** Whether nobody else has the node: it is copied before its first change otherwise. */
  #isOwned: boolean;

  private constructor(id: ObjectId, loaded: LoadedNode | undefined, isOwned: boolean) {
    this.#id = id;
    this.#node = loaded?.node;
    this.#found = loaded?.found === undefined ? undefined : new FoundSlots(loaded.found);
    this.#isOwned = isOwned;
  }

  /** Somebody else goes on knowing it. */
  static shared(id: ObjectId, loaded: LoadedNode | undefined): OneObject {
    return new OneObject(id, loaded, false);
  }

  static own(id: ObjectId, loaded: LoadedNode | undefined): OneObject {
    return new OneObject(id, loaded, true);
  }

  node(id: ObjectId): GraphNode | undefined {
    return id === this.#id ? this.#node : undefined;
  }

  scopes(): ReadonlyMap<string, CapturedValue> {
    return noScopes;
  }

  /** Its own writes only: those at [from, to) of the positions. */
  apply(writes: Writes, positions: ArrayLike<number>, from: number, to: number): void {
    for (let at = from; at < to;) {
      const next = this.#setLater(writes, positions, at, to);
      if (next === at) this.#applyOne(writes, positions[at++] ?? 0);
      else at = next;
    }
  }

  #applyOne(writes: Writes, at: number): void {
    const operation = writes.operationAt(at);
    if (operation.kind !== "scope") this.applyOperation(operation, writes.certaintyAt(at).kind === "between");
  }

  /** Answers the first that cannot be taken in like this. */
  #setLater(writes: Writes, positions: ArrayLike<number>, from: number, to: number): number {
    const node = this.#node;
    if (this.#found !== undefined || (node?.kind !== "object" && node?.kind !== "error")) return from;
    if (!(node.entries instanceof KeptEntries)) return from;
    const own = this.#isOwned ? node : copyOfNode(node);
    this.#node = own;
    this.#isOwned = true;
    return "entries" in own && own.entries instanceof KeptEntries
      ? writes.setLater(positions, from, to, own.entries)
      : from;
  }

  applyOperation(operation: ObjectWrite, isFound: boolean): void {
    if (isFound || this.#found !== undefined) this.#noteFound(operation, isFound);
    if (operation.kind === "contents") {
      this.#node = nodeFromContents(operation.contents);
      this.#isOwned = true;
      return;
    }
    if (this.#node === undefined) return;
    this.#node = applyToNode(this.#isOwned ? this.#node : copyOfNode(this.#node), operation);
    this.#isOwned = true;
  }

  #noteFound(operation: ObjectWrite, isFound: boolean): void {
    const found = this.#found ?? new FoundSlots(undefined);
    found.note(changeBy(this, operation), isFound);
    this.#found = found.slots === undefined ? undefined : found;
  }

  /** Who gets it does not change it, and this object does not either until it is forked. */
  get now(): LoadedNode | undefined {
    return this.#node === undefined ? undefined : { node: this.#node, found: this.#found?.slots };
  }

  /** The same object, which goes its own way from here. */
  fork(): OneObject {
    this.#isOwned = false;
    if (this.#found !== undefined) this.#found = new FoundSlots(this.#found.slots);
    return OneObject.shared(this.#id, this.now);
  }
}
