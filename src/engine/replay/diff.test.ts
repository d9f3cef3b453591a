import { describe, expect, it } from "vitest";
import { parsePath } from "../../shared/trace/path.js";
import { isSameValue } from "../../shared/trace/slots.js";
import { seq } from "../../shared/trace/time.js";
import { diffOf } from "./diff.js";
import { LiveProgram, randomFrom } from "./live-program.test-support.js";
import { historyFrom } from "./notation.test-support.js";
import type { ObjectGraph } from "./object-graph.js";
import { previewOf } from "./preview.js";
import { resolvePath } from "./resolve.js";
import { stateAt } from "./state-at.js";

function diffText(story: string, a: number, limit = 100): string[] {
  const writes = historyFrom(story);
  const [before, after] = [stateAt(writes, { seq: seq(a) }), stateAt(writes, { seq: seq(1e9) })];
  const { truncated, changes } = diffOf(before, after, "s", limit);
  const text = (graph: ObjectGraph, value: (typeof changes)[number]["old"]) =>
    value === undefined ? "absent" : previewOf(graph, value);
  const lines = changes.map((one) => `${one.path}: ${text(before, one.old)} -> ${text(after, one.new)}`);
  return truncated ? [...lines, "more"] : lines;
}

describe("diffOf", () => {
  it("goes as deep as it can", () => {
    const story =
      "@1={a: @2, b: 1, c: 1}; @2={x: 1, y: @3}; @3=[1, 2]; scope s=@1; @2.x=2; @3 splice 1 1; delete @1.b; @1.d=5";
    expect(diffText(story, 4)).toEqual(["a.x: 1 -> 2", "a.y[1]: 2 -> absent", "d: absent -> 5", "b: 1 -> absent"]);
  });

  it("compares what objects hold, not which objects they are", () => {
    expect(diffText("@1={a: @2}; @2={x: 1, y: 2}; scope s=@1; @3={x: 1, y: 3}; @1.a=@3", 3)).toEqual(["a.y: 2 -> 3"]);
  });

  it("takes another kind of object as another value", () => {
    expect(diffText("@1={a: @2, b: @3}; @2={x: 1}; @3=Point{}; scope s=@1; @4=[1]; @1.a=@4; @3=Dot{}", 4)).toEqual([
      "a: {x: 1} -> Array(1) [1]",
      "b: Point -> Dot",
    ]);
  });

  it("finds entries of Maps by key and members of Sets by value", () => {
    const story =
      '@1={m: @2, s: @3}; @2=Map("a"=>1, 1=>1, @1=>1); @3=Set(1, 2); scope s=@1; @2 drop 1; @2 put @1=>2; @3 remove 1; @3 add 3';
    expect(diffText(story, 4)).toEqual([
      "m[entry 1]: 1 -> 2",
      "m[1]: 1 -> absent",
      "s[1]: absent -> 3",
      "s[0]: 1 -> absent",
    ]);
  });

  it("ends on cycles and tells a shared object's change once", () => {
    expect(diffText("@1={self: @1, a: @2, b: @2}; @2={n: 1}; scope s=@1; @2.n=2", 3)).toEqual(["a.n: 1 -> 2"]);
  });

  it("stops at the limit and says so", () => {
    expect(diffText("@1=[1, 2, 3]; scope s=@1; @1=[4, 5, 6]", 2, 2)).toEqual(["[0]: 1 -> 4", "[1]: 2 -> 5", "more"]);
  });

  it("has the whole value where the scope did not exist", () => {
    expect(diffText("@1=[1]; scope s=@1", 1)).toEqual([": absent -> Array(1) [1]"]);
  });

  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    "gives paths that really differ, and none for equal states (seed %i)",
    (seed) => {
      const program = new LiveProgram(seed);
      for (let change = 0; change < 120; change++) program.step();
      const below = randomFrom(seed * 13);
      for (let round = 0; round < 20; round++) {
        const [a, b] = [seq(1 + below(program.writes.length)), seq(1 + below(program.writes.length))];
        const [before, after] = [stateAt(program.writes, { seq: a }), stateAt(program.writes, { seq: b })];
        expect(diffOf(before, stateAt(program.writes, { seq: a }), "s", 10).changes).toEqual([]);
        for (const change of diffOf(before, after, "s", 1e6).changes) {
          const path = parsePath(change.path);
          if (!path.ok) throw new Error(path.error.reason);
          if (change.old !== undefined) expect(resolvePath(before, "s", path.value).value).toEqual(change.old);
          if (change.new !== undefined) expect(resolvePath(after, "s", path.value).value).toEqual(change.new);
          const isPrimitive = change.old?.kind !== "object" && change.new?.kind !== "object";
          if (isPrimitive) expect(isSameValue(change.old, change.new)).toBe(false);
        }
      }
    },
  );
});
