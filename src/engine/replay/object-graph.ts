// The program's captured state: every object by id and what each scope stands for. Applying one process's writes
// in Seq order gives the graph at any Seq. Plain and slow on purpose: faster ways are tested against it.
// A write to an object whose contents never arrived changes nothing: the object stays "not recorded".
import type { CapturedValue, ObjectContents, ObjectId } from "../../shared/trace/value.js";
import type { Certainty, WriteOperation } from "../../shared/trace/write.js";
import { type GraphNode, contentsFromNode, copyOfNode, nodeFromContents } from "./node.js";
import { type NodeOperation, applyToNode } from "./apply-to-node.js";
import { changeBy } from "./change.js";
import { FoundSlots } from "./found.js";
import { PagedMap } from "./paged-map.js";
import type { Slot } from "./slot.js";

/** An object as it was at one position: whoever gets it does not change it. */
export interface LoadedNode {
  readonly node: GraphNode;
  /** Slots last changed by a write that was found by comparing. */
  readonly found: ReadonlySet<Slot> | undefined;
}

/** Where a graph gets objects that nobody put into it, as they were where the graph begins. */
export interface NodeSource {
  node(id: ObjectId): LoadedNode | undefined;
  /** Of many, those that there are. */
  nodes(ids: readonly ObjectId[]): ReadonlyMap<ObjectId, LoadedNode>;
}

type TargetedOperation = Exclude<WriteOperation, { kind: "scope" }>;

export class ObjectGraph {
  readonly #nodes: PagedMap<GraphNode>;
  #scopes: ReadonlyMap<string, CapturedValue>;
  /** The same, where no other graph has it: it is copied before its first change otherwise. */
  #ownScopes: Map<string, CapturedValue> | undefined;
  /** Slots last changed by a write that was found by comparing. */
  readonly #found: PagedMap<FoundSlots>;
  /** Nodes that no other graph shares; others are copied before their first change. */
  #owned = new Set<ObjectId>();
  /** The same of found slots. */
  #ownedFound = new Set<ObjectId>();
  readonly #source: NodeSource | undefined;

  private constructor(
    nodes: PagedMap<GraphNode>,
    scopes: ReadonlyMap<string, CapturedValue>,
    found: PagedMap<FoundSlots>,
    source?: NodeSource,
  ) {
    this.#nodes = nodes;
    this.#scopes = scopes;
    this.#found = found;
    this.#source = source;
  }

  static empty(): ObjectGraph {
    return new ObjectGraph(new PagedMap(), new Map(), new PagedMap());
  }

  /** A graph that begins where the source is: objects are fetched from it when they are looked at. `scopes` stay as they are. */
  static over(source: NodeSource, scopes: ReadonlyMap<string, CapturedValue>): ObjectGraph {
    return new ObjectGraph(new PagedMap(), scopes, new PagedMap(), source);
  }

  /** An independent graph of the same state; objects are copied only when one of the two changes them. */
  fork(): ObjectGraph {
    this.#owned = new Set();
    this.#ownedFound = new Set();
    this.#ownScopes = undefined;
    return new ObjectGraph(this.#nodes.fork(), this.#scopes, this.#found.fork(), this.#source);
  }

  scopes(): ReadonlyMap<string, CapturedValue> {
    return this.#scopes;
  }

  node(id: ObjectId): GraphNode | undefined {
    return this.#nodes.get(id) ?? this.#fetch(id);
  }

  /** Before many are looked at one by one. */
  fetch(ids: Iterable<ObjectId>): void {
    if (this.#source === undefined) return;
    const missing = [...ids].filter((id) => this.#nodes.get(id) === undefined);
    for (const [id, loaded] of this.#source.nodes(missing)) this.load(id, loaded);
  }

  #fetch(id: ObjectId): GraphNode | undefined {
    const loaded = this.#source?.node(id);
    if (loaded !== undefined) this.load(id, loaded);
    return loaded?.node;
  }

  readonly contentsOf = (id: ObjectId): ObjectContents | undefined => {
    const node = this.node(id);
    return node === undefined ? undefined : contentsFromNode(node);
  };

  /** Whether the time of the slot's last change is known only between two instants. */
  isFound(id: ObjectId, slot: Slot): boolean {
    if (this.#source !== undefined) this.node(id);
    return this.#found.get(id)?.slots?.has(slot) === true;
  }

  apply(operation: WriteOperation, certainty: Certainty = { kind: "exact" }): void {
    if (operation.kind !== "scope") this.#noteFound(operation, certainty.kind === "between");
    switch (operation.kind) {
      case "scope":
        this.#changeableScopes().set(operation.scope, operation.value);
        return;
      case "contents":
        this.put(operation.target, nodeFromContents(operation.contents));
        if (operation.found !== undefined) this.#putFound(operation.target, new FoundSlots(new Set(operation.found)));
        return;
      default:
        this.#applyTo(operation);
    }
  }

  /** What an object holds from now on; the node is the graph's own from here on. */
  put(id: ObjectId, node: GraphNode): void {
    this.#nodes.set(id, node);
    this.#owned.add(id);
  }

  /** What an object holds, as somebody else knows it, who goes on knowing it. */
  load(id: ObjectId, { node, found }: LoadedNode): void {
    this.#nodes.set(id, node);
    this.#owned.delete(id);
    if (found !== undefined) this.#putFound(id, new FoundSlots(found));
  }

  /** An object as it is until the graph is changed. */
  loaded(id: ObjectId): LoadedNode | undefined {
    const node = this.node(id);
    return node === undefined ? undefined : { node, found: this.#found.get(id)?.slots };
  }

  /** Somebody else knows what it holds, and loads it again before it is asked about. */
  forget(id: ObjectId): void {
    this.#nodes.delete(id);
    this.#forgetFound(id);
    this.#owned.delete(id);
  }

  has(id: ObjectId): boolean {
    return this.#nodes.get(id) !== undefined;
  }

  #noteFound(operation: TargetedOperation, isFound: boolean): void {
    const { target } = operation;
    if (this.#source !== undefined) this.node(target);
    const known = this.#found.get(target);
    if (!isFound && known === undefined) return;
    const found = known !== undefined && this.#ownedFound.has(target) ? known : new FoundSlots(known?.slots);
    found.note(changeBy(this, operation), isFound);
    if (found.slots === undefined) this.#forgetFound(target);
    else if (found !== known) this.#putFound(target, found);
  }

  #putFound(id: ObjectId, found: FoundSlots): void {
    this.#found.set(id, found);
    this.#ownedFound.add(id);
  }

  #forgetFound(id: ObjectId): void {
    this.#found.delete(id);
    this.#ownedFound.delete(id);
  }

  #applyTo(operation: NodeOperation): void {
    const node = this.#changeable(operation.target);
    if (node === undefined) return;
    const after = applyToNode(node, operation);
    if (after !== node) this.#nodes.set(operation.target, after);
  }

  #changeableScopes(): Map<string, CapturedValue> {
    this.#ownScopes ??= new Map(this.#scopes);
    this.#scopes = this.#ownScopes;
    return this.#ownScopes;
  }

  #changeable(id: ObjectId): GraphNode | undefined {
    const node = this.node(id);
    if (node === undefined || this.#owned.has(id)) return node;
    const copy = copyOfNode(node);
    this.#nodes.set(id, copy);
    this.#owned.add(id);
    return copy;
  }
}
