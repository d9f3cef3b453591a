// Which slots were found by comparing, against sets that are copied at every write, and how much that takes.
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ObjectId, objectId } from "../../shared/trace/value.js";
import type { Certainty, WriteOperation } from "../../shared/trace/write.js";
import { instant } from "../../shared/trace/time.js";
import { type Change, changeBy } from "./change.js";
import { childrenOf } from "./children.js";
import { FoundSlots } from "./found.js";
import { LiveProgram, randomFrom } from "./live-program.test-support.js";
import { ObjectGraph } from "./object-graph.js";
import type { Slot } from "./slot.js";

const certaintyOf = (isFound: boolean): Certainty =>
  isFound ? { kind: "between", after: instant(0n) } : { kind: "exact" };

/** A graph, and of each object the slots that were found: a set that nobody changes. */
class Copied {
  constructor(
    readonly graph: ObjectGraph,
    readonly found = new Map<ObjectId, ReadonlySet<Slot>>(),
  ) {}

  fork(): Copied {
    return new Copied(this.graph.fork(), new Map(this.found));
  }

  apply(operation: WriteOperation, isFound: boolean): void {
    if (operation.kind !== "scope") {
      const before = this.found.get(operation.target) ?? new Set();
      this.found.set(operation.target, plainlyAfter(changeBy(this.graph, operation), before, isFound));
    }
    this.graph.apply(operation, certaintyOf(isFound));
  }

  /** By the graph, and by the sets. */
  text(ids: Iterable<ObjectId>, isFound: (id: ObjectId, slot: Slot) => boolean): string {
    return [...ids]
      .map(
        (id) =>
          `${id}: ${this.#slotsOf(id)
            .filter((slot) => isFound(id, slot))
            .join()}`,
      )
      .join("; ");
  }

  #slotsOf(id: ObjectId): Slot[] {
    const node = this.graph.node(id);
    return node === undefined ? [] : Array.from(childrenOf(node), ({ slot }) => slot);
  }
}

function plainlyAfter(change: Change, before: ReadonlySet<Slot>, isFound: boolean): ReadonlySet<Slot> {
  const found = new Set(before);
  if (change.kind === "slot") {
    if (isFound) found.add(change.slot);
    else found.delete(change.slot);
  }
  if (change.kind === "splice") {
    const [end, growth] = [change.start + change.removed.length, change.inserted.length - change.removed.length];
    found.clear();
    for (const slot of before)
      if (typeof slot === "string" || slot < change.start) found.add(slot);
      else if (slot >= end) found.add(slot + growth);
    change.inserted.forEach((_, index) => isFound && found.add(change.start + index));
  }
  if (change.kind === "whole") {
    const slots = new FoundSlots(undefined);
    slots.note(change, isFound);
    return slots.slots ?? new Set();
  }
  return found;
}

describe("slots that were found by comparing", () => {
  afterEach(() => vi.restoreAllMocks());

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("are those that copied sets have, in graphs and their forks (seed %i)", (seed) => {
    const below = randomFrom(seed * 613);
    const program = new LiveProgram(seed);
    while (program.writes.length < 600) program.step();
    const ids = new Set(program.writes.map(({ operation }) => objectId("target" in operation ? operation.target : 1)));
    let graphs = [new Copied(ObjectGraph.empty())];
    let marked = 0;
    for (const { operation } of program.writes) {
      if (below(10) === 0) graphs = [...graphs.slice(-3), ...graphs.slice(-1).map((graph) => graph.fork())];
      // Forks go different ways: some are not told everything.
      for (const copied of graphs) if (copied === graphs[0] || below(4) > 0) copied.apply(operation, below(2) === 0);
      if (below(20) > 0) continue;
      for (const copied of graphs) {
        const byGraph = copied.text(ids, (id, slot) => copied.graph.isFound(id, slot));
        expect(byGraph).toBe(copied.text(ids, (id, slot) => copied.found.get(id)?.has(slot) === true));
        if (/: [^;]/.test(byGraph)) marked++;
      }
    }
    expect(marked).toBeGreaterThan(20);
  });

  it("takes as much for each write however many there are", () => {
    const [map, list] = [objectId(1), objectId(2)];
    /** Members put into sets by so many writes that were found, to as many slots. */
    const addedBy = (writes: number): number => {
      const graph = ObjectGraph.empty();
      graph.apply({ kind: "contents", target: map, contents: { kind: "map", className: "Map", pairs: [] } });
      const contents = { kind: "array", className: "Array", elements: [], entries: [] } as const;
      graph.apply({ kind: "contents", target: list, contents });
      const added = vi.spyOn(Set.prototype, "add");
      for (let at = 0; at < writes; at++) {
        const value = { kind: "primitive", value: at } as const;
        graph.apply({ kind: "map-set", target: map, key: value, value }, certaintyOf(true));
        graph.apply({ kind: "splice", target: list, start: at, deleteCount: 0, elements: [value] }, certaintyOf(true));
      }
      const { length } = added.mock.calls;
      added.mockRestore();
      expect(graph.isFound(list, writes - 1)).toBe(true);
      return length;
    };
    // Half of them for what is new in the graph.
    expect(addedBy(2000) / 2000).toBeLessThan(10);
  });
});
