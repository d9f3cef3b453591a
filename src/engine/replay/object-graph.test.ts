import { describe, expect, it } from "vitest";
import { liveJson } from "../../shared/trace/live-json.js";
import { taggedJson } from "../../shared/trace/tagged-json.js";
import { seq } from "../../shared/trace/time.js";
import { LiveProgram } from "./live-program.test-support.js";
import { historyFrom } from "./notation.test-support.js";
import { ObjectGraph } from "./object-graph.js";
import { stateAt } from "./state-at.js";

const jsonOf = (graph: ObjectGraph, scope = "s"): string | undefined => {
  const root = graph.scopes().get(scope);
  return root === undefined ? undefined : JSON.stringify(taggedJson(root, graph.contentsOf));
};
const after = (history: string): string | undefined => jsonOf(stateAt(historyFrom(history), { seq: seq(1e9) }));

describe("ObjectGraph", () => {
  it("is nothing before the scope is tracked", () => {
    expect(after("@1={a: 1}")).toBeUndefined();
  });

  it("keeps the language's order of keys: indices ascending, then as added", () => {
    expect(after("@1={b: 1, 10: 1, a: 1}; scope s=@1; @1.2=1; delete @1.b; @1.b=2; @1.01=3")).toBe(
      '{"2":1,"10":1,"a":1,"b":2,"01":3}',
    );
  });

  it("splices arrays, filling what is missing with holes", () => {
    expect(after("@1=[1, 2, 3]; scope s=@1; @1 splice 0 1; @1 splice 4 0 5; @1 splice 1 1 @1")).toBe(
      '[2,{"$type":"ref","path":""},{"$type":"hole"},{"$type":"hole"},5]',
    );
  });

  it("takes keyed writes to arrays, too", () => {
    expect(after("@1=[1, 2, 3]; scope s=@1; @1.1=9; delete @1.0; @1.length=2; @1.name=5")).toBe(
      '{"$type":"array","elements":[{"$type":"hole"},9],"properties":[["name",5]]}',
    );
  });

  it("gives up an array that would need a million holes instead of making them", () => {
    expect(after("@1=[1]; scope s=@1; @1 splice 4000000000 0 1")).toContain('"$type":"unavailable"');
  });

  it("says what was never recorded", () => {
    expect(after("@1={a: @2}; scope s=@1; @2.x=1")).toBe(
      '{"a":{"$type":"unavailable","because":"not-recorded","what":"object"}}',
    );
  });

  it("leaves a fork as it was, and the other way round", () => {
    const writes = historyFrom("@1={a: @2}; @2=[1]; scope s=@1");
    const graph = stateAt(writes, { seq: seq(9) });
    const fork = graph.fork();
    for (const write of historyFrom("@2 splice 0 0 7; @1.b=1")) graph.apply(write.operation);
    for (const write of historyFrom("@2 splice 1 0 8")) fork.apply(write.operation);
    expect([jsonOf(graph), jsonOf(fork)]).toEqual(['{"a":[7,1],"b":1}', '{"a":[1,8]}']);
  });

  it.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    "is what the program had after every change (seed %i)",
    (seed) => {
      const program = new LiveProgram(seed);
      const graph = ObjectGraph.empty();
      for (let change = 0, applied = 0; change < 250; change++) {
        for (; applied < program.writes.length; applied++) {
          const write = program.writes[applied];
          if (write !== undefined) graph.apply(write.operation);
        }
        expect(jsonOf(graph)).toBe(JSON.stringify(liveJson(program.root)));
        program.step();
      }
    },
  );
});
