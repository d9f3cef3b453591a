import { describe, expect, it } from "vitest";
import { instant } from "../../shared/trace/time.js";
import { awaitedSlots } from "./found.js";
import { historyFrom } from "./notation.test-support.js";
import { stateAt } from "./state-at.js";
import { nothingUncertain, uncertainPaths } from "./uncertain.js";

/** Each write comes ten nanoseconds after the one before it; "~" was found by a look since that one. */
function uncertainAt(story: string, ns: bigint, limit = 9): readonly string[] {
  const writes = historyFrom(story);
  const graph = stateAt(writes, { instant: instant(ns) });
  const later = writes.filter((write) => write.instant > ns);
  const root = graph.scopes().get("s");
  if (root === undefined) throw new Error("no scope");
  return uncertainPaths(graph, root, { ...nothingUncertain, awaited: awaitedSlots(graph, later, instant(ns)) }, limit);
}

describe("uncertainPaths", () => {
  const story = "@1={a: 1, list: @2}; @2=[1]; scope s=@1; @1.a=2; ~@1.a=3; ~@2 splice 1 0 7; ~@1.new=1";

  it("names a value that a later look found changed since before", () => {
    expect(uncertainAt(story, 45n)).toEqual(["a"]);
  });

  it("names the object to which something was found added", () => {
    expect(uncertainAt(story, 55n)).toEqual(["list"]);
    expect(uncertainAt(story, 65n)).toEqual([""]);
  });

  it("is empty where every write was seen, and after the last look", () => {
    expect(uncertainAt(story, 39n)).toEqual([]);
    expect(uncertainAt(story, 70n)).toEqual([]);
  });

  it("ends at the limit", () => {
    expect(uncertainAt("@1={a: 1, b: 1}; scope s=@1; ~@1={a: 2, b: 2}", 25n, 1)).toEqual([""]);
  });
});
