// The writes that made a path's value what it was, over time. A write belongs to a path's history when
// - it is to the very slot the path names, whatever it writes there;
// - it is above and the path's value became another by it (an ancestor replaced, an array shifted);
// - it is below and changed something, by whichever alias the program reached it.
// A whole recording takes two passes: one only decides, one prints the newest writes asked for.
import { type Path, appendStep, formatPath } from "../../shared/trace/path.js";
import { isSameValue } from "../../shared/trace/slots.js";
import { type TaggedJson, taggedJson } from "../../shared/trace/tagged-json.js";
import { type ProcessId, processId } from "../../shared/trace/time.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { RecordedWrite, WriteOperation } from "../../shared/trace/write.js";
import { unreachable } from "../../shared/base/unreachable.js";
import { stepOfSlot } from "./children.js";
import { type Change, changeBy } from "./change.js";
import { KnownWay, type Way } from "./known-way.js";
import { headOf, previewOf } from "./preview.js";
import { sizeOfNode } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";
import { ReachGraph } from "./reach.js";
import { type Resolved, resolvePath } from "./resolve.js";
import { valueAtSlot } from "./slot.js";
import { WritePositions } from "./write-positions.js";

/** `json` is absent when there was or is no such value. */
interface Shown {
  readonly json: TaggedJson | undefined;
  readonly text: string;
}

export interface HistoryEntry {
  readonly write: RecordedWrite;
  /** Where the write itself was; above or at the path asked for, or below it. */
  readonly path: string;
  /** Of the path asked for, or of `path` where that is below. */
  readonly old: Shown;
  readonly new: Shown;
}

export interface History {
  /** Whether the path ever named a value. */
  readonly existed: boolean;
  readonly total: number;
  /** The newest `limit` of them, oldest first. */
  readonly entries: readonly HistoryEntry[];
}

/** Values in a history are shown up to this many objects; `state.at` has them whole. */
const maxObjectsShown = 200;

/** `writes`: those of one process from its first on, in Seq order. */
export function historyOf(writes: readonly RecordedWrite[], scope: string, path: Path, limit: number): History {
  const history = new PathHistory(writes[0]?.process ?? processId(0), scope, path, limit);
  history.extend(writes);
  return history;
}

/** The history of one path as far as writes were given; a live recording gives it more. */
export class PathHistory implements History {
  existed = false;
  total = 0;
  entries: HistoryEntry[] = [];
  /** All of them in order, printed or not. */
  readonly positions: WritePositions;
  #watch: PathWatch<ReachGraph>;
  #isFresh = true;

  constructor(
    process: ProcessId,
    readonly scope: string,
    readonly path: Path,
    readonly limit: number,
  ) {
    this.#watch = new PathWatch(scope, path, ReachGraph.empty());
    this.positions = new WritePositions(process);
  }

  /** `writes`: those that follow the ones given before. */
  extend(writes: readonly RecordedWrite[]): void {
    // The first ones are a whole recording: values may be large, and most are not asked for.
    if (this.#isFresh) this.#takeInWhole(writes);
    else for (const write of writes) this.#note(write, this.#print(write) !== undefined);
    this.#isFresh &&= writes.length === 0;
    if (this.entries.length > this.limit) this.entries = this.entries.slice(this.entries.length - this.limit);
  }

  /** Decides all the way, then goes back no further than to where the newest ones asked for begin, and prints them. */
  #takeInWhole(writes: readonly RecordedWrite[]): void {
    const places: { readonly at: number; readonly matching: number; readonly watch: PathWatch<ReachGraph> }[] = [];
    const returns = [writes.length, 0];
    for (let back = 2 * this.limit; back < writes.length && back > 0; back *= 4) returns.push(writes.length - back);
    const matching: number[] = [];
    for (const [at, write] of writes.entries()) {
      if (returns.includes(at))
        places.push({ at, matching: matching.length, watch: this.#watch.with(this.#watch.reach.fork()) });
      const isMatching = this.#watch.apply(write) !== "elsewhere";
      if (isMatching) matching.push(at);
      this.#note(write, isMatching);
    }
    const first = Math.max(0, matching.length - this.limit);
    const place = places.findLast((one) => one.matching <= first);
    if (place === undefined) return;
    this.#watch = place.watch;
    const wanted = new Set(matching.slice(first));
    for (let at = place.at; at < writes.length; at++) {
      const write = writes[at];
      if (write === undefined) continue;
      if (wanted.has(at)) this.#print(write);
      else this.#watch.apply(write);
    }
  }

  /** One of its writes, printed; `graph` as it was just before. The way to it is most often the one there is at the end. */
  entryIn(graph: ObjectGraph, write: RecordedWrite): HistoryEntry | undefined {
    const way = new KnownWay(graph.fork(), this.#watch.wayTo(write.operation));
    return entryOf(this.#watch.with(way), write) ?? entryOf(this.#watch.with(ReachGraph.of(graph.fork())), write);
  }

  #note({ seq, instant }: RecordedWrite, isMatching: boolean): void {
    if (isMatching) {
      this.total++;
      this.positions.push({ seq, instant });
    }
    this.existed ||= this.#watch.now.value !== undefined;
  }

  /** Applies it. */
  #print(write: RecordedWrite): HistoryEntry | undefined {
    if (this.#watch.mayConcern(write)) {
      const entry = entryOf(this.#watch, write);
      if (entry !== undefined) this.entries.push(entry);
      return entry;
    }
    this.#watch.apply(write);
    return undefined;
  }
}

/** Applies the write; undefined when it does not belong to the history. */
export function entryOf(watch: PathWatch<Reach>, write: RecordedWrite): HistoryEntry | undefined {
  const { path } = watch;
  const { graph } = watch.reach;
  const show = (value: CapturedValue | undefined): Shown =>
    value === undefined
      ? { json: undefined, text: "" }
      : { json: taggedJson(value, graph.contentsOf, maxObjectsShown), text: previewOf(graph, value) };
  const change = changeBy(graph, write.operation);
  const pathBefore = watch.pathOf(change);
  // Large at the top of a state, and only asked for where the path itself may become another.
  const atPath = show(watch.isOnWay(write.operation) ? watch.now.value : undefined);
  const below = sideOf(graph, change, "before", show);
  const relation = watch.apply(write);
  if (relation === "elsewhere") return undefined;
  const writePath = pathBefore ?? watch.pathOf(change) ?? formatPath(path);
  return relation === "below"
    ? { write, path: writePath, old: below, new: sideOf(graph, change, "after", show) }
    : { write, path: writePath, old: atPath, new: show(watch.now.value) };
}

/** What a change took away or put in its place, as one value. Several elements of an array are shown as a list. */
function sideOf(
  graph: ObjectGraph,
  change: Change,
  side: "before" | "after",
  show: (value: CapturedValue | undefined) => Shown,
): Shown {
  switch (change.kind) {
    case "none":
      return show(undefined);
    case "scope":
    case "slot":
      return show(change[side]);
    case "splice": {
      const values = side === "before" ? change.removed : change.inserted;
      if (Math.max(change.removed.length, change.inserted.length) <= 1) return show(values[0]);
      const shown = values.slice(0, maxObjectsShown).map(show);
      const text = values.slice(0, 5).map((value) => previewOf(graph, value, true));
      return {
        json: shown.map((one) => one.json ?? null),
        text: `[${text.join(", ")}${values.length > 5 ? `, … ${values.length - 5} more` : ""}]`,
      };
    }
    case "whole": {
      if (side === "after") return show({ kind: "object", id: change.target });
      if (change.before === undefined) return show(undefined);
      const { json } = show({ kind: "object", id: change.target }); // asked before the change is applied
      return { json, text: headOf(change.before, sizeOfNode(change.before)) };
    }
    default:
      return unreachable(change);
  }
}

type Relation = "on-path" | "below" | "elsewhere";

/** Who holds whom, as far as following a path asks. */
type Reach = Pick<ReachGraph, "graph" | "apply" | "isBelow" | "pathBetween">;

/** Follows one path while writes are applied. */
export class PathWatch<Seen extends Reach> {
  readonly #scope: string;
  now: Resolved;

  constructor(
    scope: string,
    readonly path: Path,
    readonly reach: Seen,
  ) {
    this.#scope = scope;
    this.now = resolvePath(reach.graph, scope, path);
  }

  with<Other extends Reach>(reach: Other): PathWatch<Other> {
    return new PathWatch(this.#scope, this.path, reach);
  }

  /** From the path's value down to what is written. */
  wayTo(operation: WriteOperation): Way | undefined {
    const { value } = this.now;
    if (operation.kind === "scope" || value?.kind !== "object") return undefined;
    const steps = this.reach.pathBetween(value.id, operation.target);
    return steps === undefined ? undefined : { top: value.id, target: operation.target, steps };
  }

  /** Whether applying it could be anything but "elsewhere". */
  mayConcern({ operation }: RecordedWrite): boolean {
    return this.isOnWay(operation) || this.#isBelow(operation);
  }

  /** Whether it is to the path's own slot or above it. */
  isOnWay(operation: WriteOperation): boolean {
    if (operation.kind === "scope") return operation.scope === this.#scope;
    return this.now.links.some((link) => link.object === operation.target);
  }

  #isBelow(operation: WriteOperation): boolean {
    const { value } = this.now;
    return operation.kind !== "scope" && value?.kind === "object" && this.reach.isBelow(value.id, operation.target);
  }

  apply({ operation }: Pick<RecordedWrite, "operation">): Relation {
    const before = this.now;
    const [isOnWay, isBelow] = [this.isOnWay(operation), this.#isBelow(operation)];
    const change = this.reach.apply(operation);
    if (change.kind === "none") return "elsewhere";
    if (isOnWay) {
      this.now = resolvePath(this.reach.graph, this.#scope, this.path);
      if (this.#names(before, change) || this.#names(this.now, change)) return "on-path";
      if (!isSameValue(before.value, this.now.value)) return "on-path";
    }
    return isBelow ? "below" : "elsewhere";
  }

  /** Whether a change is to the very slot that the path names. */
  #names({ links }: Resolved, change: Change): boolean {
    if (change.kind === "scope") return this.path.length === 0;
    const last = links.length === this.path.length ? links.at(-1) : undefined;
    return change.kind === "slot" && last?.object === change.target && last.slot === change.slot;
  }

  /** The path of a change in the graph as it is now; `undefined` when it cannot be reached this way. */
  pathOf(change: Change): string | undefined {
    if (change.kind === "none") return undefined;
    if (change.kind === "scope") return "";
    const object = this.#pathOfObject(change.target);
    if (object === undefined) return undefined;
    const node = this.reach.graph.node(change.target);
    if (change.kind === "whole" || node === undefined) return object;
    if (change.kind === "splice") {
      const isOne = Math.max(change.removed.length, change.inserted.length) === 1;
      return isOne ? appendStep(object, { kind: "number", value: change.start }) : object;
    }
    if (valueAtSlot(node, change.slot) === undefined) return undefined;
    const step = stepOfSlot(node, change.slot);
    return step === undefined ? undefined : appendStep(object, step);
  }

  #pathOfObject(target: ObjectId): string | undefined {
    const link = this.now.links.findIndex(({ object }) => object === target);
    if (link >= 0) return formatPath(this.path.slice(0, link));
    if (this.now.value?.kind !== "object") return undefined;
    const steps = this.reach.pathBetween(this.now.value.id, target);
    return steps === undefined ? undefined : formatPath([...this.path, ...steps]);
  }
}
