// A scope's tree as flattened rows, of which only a window is made. Rows outside it are counted, not built: a Map of
// a hundred thousand entries costs as much as its visible part. The first row is the root, its path "".
import { type Path, appendStep, formatPath, formatStep, parsePath } from "../../shared/trace/path.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { Change } from "./change.js";
import { type GraphNode, sizeOfNode } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";
import { objectName, slotName } from "./found.js";
import type { Uncertain } from "./uncertain.js";
import { headOf, previewOf, typeOf } from "./preview.js";
import { childAt, childrenBetween, positionOfSlot } from "./children.js";
import type { Slot } from "./slot.js";

export const rowFlags = {
  expandable: 1,
  expanded: 2,
  changed: 4,
  unavailable: 8,
  cut: 16,
  between: 32,
  reference: 64,
  more: 128,
} as const;

export interface Row {
  readonly depth: number;
  readonly key: string;
  readonly path: string;
  readonly value: string;
  readonly type: string;
  readonly flags: number;
  readonly previous: string;
}

export interface RowsRequest {
  readonly scope: string;
  /** Paths of open rows; "" opens the root, a "… n more" row's path shows what it hides. */
  readonly expanded: readonly string[];
  readonly offset: number;
  readonly limit: number;
  /** What the write at the playhead did. */
  readonly change: Change;
  readonly uncertain: Uncertain;
}

/** Children shown before "… n more". */
const childrenPerPage = 1000;
const moreSuffix = "[…]";

interface Expansion {
  readonly children: Map<string, { readonly step: Path[number]; readonly expansion: Expansion }>;
  isOpen: boolean;
  showsAll: boolean;
}

/** `total` counts all rows; `undefined` before the scope exists. */
export function rowsOf(graph: ObjectGraph, request: RowsRequest): { total: number; rows: Row[] } | undefined {
  const root = graph.scopes().get(request.scope);
  if (root === undefined) return undefined;
  const builder = new RowsBuilder(graph, request);
  const expansion = expansionFrom(request.expanded);
  const { change } = request;
  const before = change.kind === "scope" && change.scope === request.scope ? change : undefined;
  const isInDoubt = request.uncertain.isScopeInDoubt;
  builder.add({ key: request.scope, path: "", depth: 0, value: root, expansion, before, isInDoubt });
  return { total: builder.total, rows: builder.rows };
}

function expansionFrom(paths: readonly string[]): Expansion {
  if (paths.length === 0) return closed;
  const root = newExpansion();
  for (const text of paths) {
    const isMore = text.endsWith(moreSuffix);
    const path = parsePath(isMore ? text.slice(0, -moreSuffix.length) : text);
    if (!path.ok) continue; // a window that asks for an unreadable path simply sees it closed
    let at = root;
    for (const step of path.value) {
      const name = formatPath([step]);
      const child = at.children.get(name) ?? { step, expansion: newExpansion() };
      at.children.set(name, child);
      at = child.expansion;
    }
    if (isMore) at.showsAll = true;
    else at.isOpen = true;
  }
  return root;
}

const newExpansion = (): Expansion => ({ children: new Map(), isOpen: false, showsAll: false });

/** Nobody opens it. */
const closed = newExpansion();

interface Subject {
  readonly key: string;
  readonly path: string;
  readonly depth: number;
  readonly value: CapturedValue;
  readonly expansion: Expansion | undefined;
  /** Set when the write at the playhead changed this very slot. */
  readonly before: { readonly before: CapturedValue | undefined } | undefined;
  readonly isBetween?: boolean;
  /** What it is part of may be another by now. */
  readonly isInDoubt: boolean;
}

class RowsBuilder {
  readonly rows: Row[] = [];
  total = 0;
  readonly #graph: ObjectGraph;
  readonly #request: RowsRequest;
  /** Open objects above, and the path of each; undefined for none. */
  #shown: Map<ObjectId, string> | undefined;

  constructor(graph: ObjectGraph, request: RowsRequest) {
    this.#graph = graph;
    this.#request = request;
  }

  add(subject: Subject): void {
    const { value, expansion } = subject;
    if (expansion?.isOpen !== true && !this.#isVisible(this.total)) {
      this.total++;
      return;
    }
    const node = value.kind === "object" ? this.#graph.node(value.id) : undefined;
    const isOpen =
      value.kind === "object" &&
      node !== undefined &&
      expansion?.isOpen === true &&
      this.#shown?.has(value.id) !== true &&
      sizeOfNode(node) > 0;
    if (this.#isVisible(this.total)) this.rows.push(this.#rowOf(subject, node, isOpen));
    this.total++;
    if (!isOpen) return;
    this.#shown ??= new Map();
    this.#shown.set(value.id, subject.path);
    this.#addChildren(subject, value.id, node, expansion);
  }

  #addChildren(parent: Subject, id: ObjectId, node: GraphNode, expansion: Expansion): void {
    const size = sizeOfNode(node);
    const shown = expansion.showsAll ? size : Math.min(size, childrenPerPage);
    let next = 0;
    for (const { position, child } of expandedChildren(node, expansion)) {
      if (position >= shown || position < next) continue;
      this.#addRun(parent, id, node, next, position);
      this.#addChild(parent, id, node, position, child);
      next = position + 1;
    }
    this.#addRun(parent, id, node, next, shown);
    if (shown < size) this.#addMore(parent, size - shown);
  }

  /** Closed children at [from, to): counted, and made where they are visible. */
  #addRun(parent: Subject, id: ObjectId, node: GraphNode, from: number, to: number): void {
    const first = Math.max(from, from + this.#request.offset - this.total);
    const end = Math.min(to, from + this.#request.offset + this.#request.limit - this.total);
    if (first < end) {
      this.total += first - from;
      for (const child of childrenBetween(node, first, end))
        this.add(this.#subjectOf(parent, id, node, child, undefined));
      this.total += to - end;
    } else this.total += to - from;
  }

  #addChild(parent: Subject, id: ObjectId, node: GraphNode, position: number, expansion: Expansion): void {
    for (const child of childrenBetween(node, position, position + 1))
      this.add(this.#subjectOf(parent, id, node, child, expansion));
  }

  #subjectOf(
    parent: Subject,
    id: ObjectId,
    node: GraphNode,
    { slot, step, value, label }: ReturnType<typeof childrenBetween>[number],
    expansion: Expansion | undefined,
  ): Subject {
    const { awaited, isInDoubt } = this.#request.uncertain;
    return {
      key: label === undefined ? formatStep(step) : previewOf(this.#graph, label),
      path: appendStep(parent.path, step),
      depth: parent.depth + 1,
      value,
      expansion,
      before: changeAtSlot(this.#request.change, id, slot),
      isBetween:
        this.#graph.isFound(id, slot) ||
        awaited.has(slotName(id, slot)) ||
        (value.kind === "object" && awaited.has(objectName(value.id))),
      isInDoubt: parent.isInDoubt || isInDoubt(id),
    };
  }

  #addMore(parent: Subject, count: number): void {
    if (this.#isVisible(this.total))
      this.rows.push({
        depth: parent.depth + 1,
        key: `… ${count} more`,
        path: `${parent.path}${moreSuffix}`,
        value: "",
        type: "",
        flags: rowFlags.more | rowFlags.expandable,
        previous: "",
      });
    this.total++;
  }

  #isVisible(index: number): boolean {
    return index >= this.#request.offset && index < this.#request.offset + this.#request.limit;
  }

  #rowOf(subject: Subject, node: GraphNode | undefined, isOpen: boolean): Row {
    const { value } = subject;
    const shownAt = value.kind === "object" ? this.#shown?.get(value.id) : undefined;
    const resized = value.kind === "object" ? sizeBefore(this.#request.change, value.id) : undefined;
    const isChanged = subject.before !== undefined || resized !== undefined;
    let flags = limitsOf(value, node);
    if (node !== undefined && sizeOfNode(node) > 0 && shownAt === undefined) flags |= rowFlags.expandable;
    if (isOpen) flags |= rowFlags.expanded;
    if (isChanged) flags |= rowFlags.changed;
    const isInDoubt = subject.isInDoubt || (value.kind === "object" && this.#request.uncertain.isInDoubt(value.id));
    if (subject.isBetween === true || isInDoubt) flags |= rowFlags.between;
    if (shownAt !== undefined) flags |= rowFlags.reference;
    return {
      depth: subject.depth,
      key: subject.key,
      path: subject.path,
      value:
        shownAt === undefined
          ? previewOf(this.#graph, value, isOpen)
          : `→ ${shownAt === "" ? this.#request.scope : shownAt}`,
      type: typeOf(this.#graph, value),
      flags,
      previous: this.#previousOf(subject, node, resized),
    };
  }

  #previousOf(subject: Subject, node: GraphNode | undefined, resized: number | undefined): string {
    if (subject.before?.before !== undefined) return previewOf(this.#graph, subject.before.before);
    return resized !== undefined && node !== undefined ? headOf(node, resized) : "";
  }
}

/** Open or partly open children with their positions, in the order of the program. */
function expandedChildren(node: GraphNode, expansion: Expansion): { position: number; child: Expansion }[] {
  const found: { position: number; child: Expansion }[] = [];
  for (const { step, expansion: child } of expansion.children.values()) {
    const slot = childAt(node, step)?.slot;
    if (slot !== undefined && step.kind !== "key") found.push({ position: positionOfSlot(node, slot), child });
  }
  return found.sort((a, b) => a.position - b.position);
}

/** Whether a change is to this slot, and what was there before. */
export function changeAtSlot(
  change: Change,
  target: ObjectId,
  slot: Slot,
): { readonly before: CapturedValue | undefined } | undefined {
  if (change.kind === "slot") return change.target === target && change.slot === slot ? change : undefined;
  if (change.kind !== "splice" || change.target !== target || typeof slot !== "number") return undefined;
  const at = slot - change.start;
  return at >= 0 && at < change.inserted.length ? { before: change.removed[at] } : undefined;
}

/** How many children an object had, when a change made that another number or replaced them all. */
function sizeBefore(change: Change, target: ObjectId): number | undefined {
  if (change.kind === "none" || change.kind === "scope" || change.target !== target) return undefined;
  if (change.kind === "whole") return change.before === undefined ? undefined : sizeOfNode(change.before);
  if (change.kind === "splice") return change.removed.length === change.inserted.length ? undefined : change.sizeBefore;
  const isCountKept = (change.before === undefined) === (change.after === undefined);
  return isCountKept ? undefined : change.sizeBefore;
}

function limitsOf(value: CapturedValue, node: GraphNode | undefined): number {
  switch (value.kind) {
    case "unavailable":
      return rowFlags.unavailable;
    case "cut":
      return rowFlags.cut;
    case "object":
      if (node === undefined || node.kind === "opaque") return rowFlags.unavailable;
      return node.kind === "bytes" && node.bytes.length < node.length ? rowFlags.cut : 0;
    default:
      return 0;
  }
}
