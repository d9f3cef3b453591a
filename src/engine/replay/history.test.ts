import { describe, expect, it } from "vitest";
import { type Path, formatPath, parsePath } from "../../shared/trace/path.js";
import { isSameValue } from "../../shared/trace/slots.js";
import { taggedJson } from "../../shared/trace/tagged-json.js";
import { processId, seq as seqOf } from "../../shared/trace/time.js";
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { RecordedWrite } from "../../shared/trace/write.js";
import { changeBy } from "./change.js";
import { childrenOf } from "./children.js";
import { PathHistory, historyOf } from "./history.js";
import { LiveProgram, randomFrom } from "./live-program.test-support.js";
import { historyFrom } from "./notation.test-support.js";
import { ObjectGraph } from "./object-graph.js";
import { resolvePath } from "./resolve.js";
import { stateAt } from "./state-at.js";

function historyText(story: string, pathText: string): string[] {
  const path = parsePath(pathText);
  if (!path.ok) throw new Error(path.error.reason);
  return historyOf(historyFrom(story), "s", path.value, 100).entries.map(
    ({ write, path: at, old, new: now }) => `#${write.seq} ${at}: ${old.text} -> ${now.text}`,
  );
}

describe("historyOf", () => {
  it("sees a write through any alias, by the path that was asked for", () => {
    const story = '@1={list: @2, byId: @3}; @2=[@4]; @3=Map("a"=>@4); @4={n: 1}; scope s=@1; @4.n=2';
    expect([historyText(story, "list[0].n"), historyText(story, "byId.a"), historyText(story, "list")]).toEqual([
      ["#5 :  -> 1", "#6 list[0].n: 1 -> 2"],
      ["#5 :  -> {n: 1}", "#6 byId.a.n: 1 -> 2"],
      ["#5 :  -> Array(1) [{…1}]", "#6 list[0].n: 1 -> 2"],
    ]);
  });

  it("counts a write of the same value to the slot itself, but not an ancestor that brings the same value", () => {
    const story = "@1={a: @2}; @2={n: 1}; scope s=@1; @2.n=1; @3={n: 1}; @1.a=@3";
    expect([historyText(story, "a.n"), historyText(story, "a")]).toEqual([
      ["#3 :  -> 1", "#4 a.n: 1 -> 1"],
      ["#3 :  -> {n: 1}", "#4 a.n: 1 -> 1", "#6 a: {n: 1} -> {n: 1}"],
    ]);
  });

  it("follows positions of arrays while they shift", () => {
    const story = '@1=["a", "b"]; scope s=@1; @1 splice 0 1; @1 splice 1 0 "c"; @1 splice 0 2 "x", "y", "z"';
    expect([historyText(story, "[0]"), historyText(story, "").slice(1)]).toEqual([
      ['#2 :  -> "a"', '#3 [0]: "a" -> "b"', '#5 : "b" -> "x"'],
      ['#3 [0]: "a" -> ', '#4 [1]:  -> "c"', '#5 : ["b", "c"] -> ["x", "y", "z"]'],
    ]);
  });

  it("says when a value comes and goes", () => {
    const story = '@1={m: @2}; @2=Map(); scope s=@1; @2 put "k"=>1; @2 drop "k"; @2 put "k"=>2; @2 clear';
    expect(historyText(story, "m.k")).toEqual(["#4 m.k:  -> 1", "#5 m.k: 1 -> ", "#6 m.k:  -> 2", "#7 m: 2 -> "]);
  });

  it("leaves out contents that say nothing new, and other scopes", () => {
    const story = "@1={n: 1}; scope s=@1; @1={n: 1}; @2={n: 5}; scope t=@2; @2.n=6; @1={n: 2}";
    expect(historyText(story, "n")).toEqual(["#2 :  -> 1", "#7 : 1 -> 2"]);
  });

  it("stays exact when objects leave the state and come back", () => {
    const story = "@1={a: @2}; @2={b: @3}; @3={n: 1}; scope s=@1; delete @1.a; @3.n=2; @2.c=@3; @1.z=@2; @3.n=3";
    expect(historyText(story, "z")).toEqual(["#8 z:  -> {b: {…1}, c: {…1}}", "#9 z.b.n: 2 -> 3"]);
  });

  it.each(Array.from({ length: 30 }, (_, index) => index + 1))(
    "finds what going through everything finds (seed %i)",
    (seed) => {
      const program = new LiveProgram(seed);
      for (let change = 0; change < 60; change++) program.step();
      const below = randomFrom(seed * 31);
      for (let round = 0; round < 8; round++) {
        const path = somePath(program.writes, below);
        const { entries } = historyOf(program.writes, "s", path, 1e6);
        const found = entries.map(({ write, old, new: now }) => ({ seq: write.seq, old: old.json, new: now.json }));
        const relations = thoroughHistory(program.writes, path);
        expect(`${formatPath(path)} ${found.map((entry) => entry.seq).join()}`).toBe(
          `${formatPath(path)} ${relations.map((relation) => relation.seq).join()}`,
        );
        const onPath = relations.filter((relation) => relation.isOnPath);
        expect(found.filter((_, at) => relations[at]?.isOnPath)).toEqual(
          onPath.map(({ seq, old, new: now }) => ({ seq, old, new: now })),
        );
      }
    },
  );
});

describe("PathHistory", () => {
  it.each([1, 2, 3, 4, 5])("is the same however a recording grew (seed %i)", (seed) => {
    const program = new LiveProgram(seed);
    for (let change = 0; change < 60; change++) program.step();
    const below = randomFrom(seed * 17);
    for (let round = 0; round < 10; round++) {
      const path = somePath(program.writes, below);
      const limit = 1 + below(20);
      const grown = new PathHistory(processId(1), "s", path, limit);
      for (let from = 0; from < program.writes.length;) {
        const to = from + 1 + below(40);
        grown.extend(program.writes.slice(from, to));
        from = to;
      }
      const { existed, total, entries } = historyOf(program.writes, "s", path, limit);
      expect({ existed: grown.existed, total: grown.total, entries: grown.entries }).toEqual({
        existed,
        total,
        entries,
      });
    }
  });
});

describe("a history of which only the newest are asked for", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("is the end of the whole one (seed %i)", (seed) => {
    const program = new LiveProgram(seed);
    for (let change = 0; change < 300; change++) program.step();
    for (const path of [[], somePath(program.writes, randomFrom(seed * 7))]) {
      const whole = historyOf(program.writes, "s", path, 1e6);
      for (const limit of [0, 1, 2, 5, 50]) {
        const { existed, total, entries } = historyOf(program.writes, "s", path, limit);
        expect([existed, total]).toEqual([whole.existed, whole.total]);
        expect(entries).toEqual(limit === 0 ? [] : whole.entries.slice(-limit));
      }
    }
  });
});

describe("one entry of a history", () => {
  it.each([1, 2, 3, 4, 5])("is printed as in the whole history (seed %i)", (seed) => {
    const program = new LiveProgram(seed);
    for (let change = 0; change < 60; change++) program.step();
    const path = somePath(program.writes, randomFrom(seed * 7));
    // The name of a value that several ways lead to may be another; what was and is there may not.
    const facts = (entry: ReturnType<PathHistory["entryIn"]>) => ({
      write: entry?.write,
      old: entry?.old,
      new: entry?.new,
    });
    const history = new PathHistory(processId(1), "s", path, 1e6);
    history.extend(program.writes);
    for (const entry of history.entries) {
      const before = stateAt(program.writes, { seq: seqOf(entry.write.seq - 1) });
      expect(facts(history.entryIn(before, entry.write))).toEqual(facts(entry));
    }
  });
});

/** A path that exists at some time, from a random walk. */
function somePath(writes: readonly RecordedWrite[], below: (limit: number) => number): Path {
  const graph = ObjectGraph.empty();
  for (const write of writes.slice(0, 1 + below(writes.length))) graph.apply(write.operation);
  const path: Path[number][] = [];
  let value = graph.scopes().get("s");
  for (let depth = below(5); depth > 0 && value?.kind === "object"; depth--) {
    const node = graph.node(value.id);
    const children = node === undefined ? [] : [...childrenOf(node)];
    const child = children[below(children.length)];
    if (child === undefined) break;
    path.push(child.step);
    value = child.value;
  }
  return path;
}

/** The definition, without any index: looks at the whole state below the path before every write. */
function thoroughHistory(writes: readonly RecordedWrite[], path: Path) {
  const graph = ObjectGraph.empty();
  const json = (value: CapturedValue | undefined) =>
    value === undefined ? undefined : taggedJson(value, graph.contentsOf, 200);
  return writes.flatMap(({ seq, operation }) => {
    const before = resolvePath(graph, "s", path);
    const old = json(before.value);
    const change = changeBy(graph, operation);
    const isBelow = operation.kind !== "scope" && reachableFrom(graph, before.value).has(operation.target);
    graph.apply(operation);
    const after = resolvePath(graph, "s", path);
    const isNamed = [before, after].some(({ links }) => {
      const last = links.length === path.length ? links.at(-1) : undefined;
      return change.kind === "slot" && last?.object === change.target && last.slot === change.slot;
    });
    const isRoot = change.kind === "scope" && path.length === 0;
    const isOnPath = isNamed || isRoot || !isSameValue(before.value, after.value);
    return change.kind !== "none" && (isOnPath || isBelow) ? [{ seq, isOnPath, old, new: json(after.value) }] : [];
  });
}

function reachableFrom(graph: ObjectGraph, value: CapturedValue | undefined): ReadonlySet<ObjectId> {
  const seen = new Set<ObjectId>();
  const queue = value?.kind === "object" ? [value.id] : [];
  for (const id of queue) {
    if (seen.has(id)) continue;
    seen.add(id);
    const node = graph.node(id);
    for (const child of node === undefined ? [] : childrenOf(node))
      if (child.value.kind === "object") queue.push(child.value.id);
  }
  return seen;
}
