import { describe, expect, it } from "vitest";
import { instant, seq } from "../../shared/trace/time.js";
import { changeBy } from "./change.js";
import { awaitedSlots } from "./found.js";
import { nothingUncertain } from "./uncertain.js";
import { historyFrom } from "./notation.test-support.js";
import { ObjectGraph } from "./object-graph.js";
import { type Row, rowFlags, rowsOf } from "./rows.js";
import { stateAt } from "./state-at.js";

const flagLetters: Record<string, number> = {
  changed: rowFlags.changed,
  unknown: rowFlags.unavailable,
  cut: rowFlags.cut,
  between: rowFlags.between,
  ref: rowFlags.reference,
};

/** `- ` open, `+ ` can be opened; then key, value, what was there before, and flags by name. */
function textOf(row: Row): string {
  const mark = row.flags & rowFlags.expanded ? "- " : row.flags & rowFlags.expandable ? "+ " : "  ";
  const words = Object.keys(flagLetters).filter((word) => row.flags & (flagLetters[word] ?? 0));
  const before = row.flags & rowFlags.changed ? ` (was ${row.previous})` : "";
  const value = row.value === "" ? "" : ` = ${row.value}`;
  return `${"  ".repeat(row.depth)}${mark}${row.key}${value}${before}${words.length > 0 ? ` [${words.join(" ")}]` : ""}`;
}

function rowsText(story: string, expanded: readonly string[], window = { offset: 0, limit: 100 }): string[] {
  const writes = historyFrom(story);
  const last = writes.at(-1);
  if (last === undefined) throw new Error("no story");
  const change = changeBy(stateAt(writes, { seq: seq(last.seq - 1) }), last.operation);
  const graph = stateAt(writes, { seq: last.seq });
  const rows = rowsOf(graph, { scope: "s", expanded, change, uncertain: nothingUncertain, ...window });
  return rows?.rows.map(textOf) ?? [];
}

describe("rowsOf", () => {
  it("shows open objects and what closed ones hold", () => {
    const story = '@1={name: "a", point: @2, tags: @3}; @2=Point{x: 1, y: @3}; @3=["t", 1n]; scope s=@1';
    expect(rowsText(story, ["", "point"])).toEqual([
      "- s = {…3} (was ) [changed]",
      '    name = "a"',
      "  - point = Point",
      "      x = 1",
      '    + y = Array(2) ["t", 1n]',
      '  + tags = Array(2) ["t", 1n]',
    ]);
  });

  it("shows keys of Maps, and their objects as what they are", () => {
    const story = '@1=Map("a b"=>1, 2=>2, @2=>3); @2={id: 7}; scope s=@1; @2.id=8';
    expect(rowsText(story, [""])).toEqual(["- s = Map(3)", '    "a b" = 1', "    2 = 2", "    {id: 8} = 3"]);
  });

  it("refers to an object that is open above instead of opening it again", () => {
    expect(rowsText("@1={a: @2, b: @2, up: @1}; @2={n: 1}; scope s=@1", ["", "a", "b", "up"]).slice(1)).toEqual([
      "  - a = {…1}",
      "      n = 1",
      "    b = → a [ref]",
      "    up = → s [ref]",
    ]);
  });

  it("marks what the last write changed, with what was there", () => {
    const start = '@1={a: 1, list: @2, m: @3}; @2=["x", "y"]; @3=Map("k"=>1); scope s=@1; ';
    const changed = (operation: string) =>
      rowsText(start + operation, ["", "list", "m"]).filter((row) => row.includes("changed"));
    expect([
      changed("@1.a=2"),
      changed("@1.b=2"),
      changed("delete @1.a"),
      changed('@2 splice 1 1 "z"'),
      changed('@2 splice 0 1 "p", "q"'),
      changed("@2 splice 0 1"),
      changed('@3 put "k"=>2'),
      changed("@3 clear"),
      changed("@2=[]"),
    ]).toEqual([
      ["    a = 2 (was 1) [changed]"],
      ["- s = {…4} (was {…3}) [changed]", "    b = 2 (was ) [changed]"],
      ["- s = {…2} (was {…3}) [changed]"],
      ['      [1] = "z" (was "y") [changed]'.replace("[1]", "1")],
      [
        "  - list = Array(3) (was Array(2)) [changed]",
        '      0 = "p" (was "x") [changed]',
        '      1 = "q" (was ) [changed]',
      ],
      ["  - list = Array(1) (was Array(2)) [changed]"],
      ["      k = 2 (was 1) [changed]"],
      ["    m = Map(0) (was Map(1)) [changed]"],
      ["    list = Array(0) (was Array(2)) [changed]"],
    ]);
  });

  it("says what is not known, and what is known only between two looks", () => {
    const story =
      "@1={get: getter, gone: @9, a: 1, b: 1, list: @2}; @2=[1, 2]; scope s=@1; ~@1.a=2; ~@1.b=2; ~@2 splice 0 0 5; @1.b=3";
    expect(rowsText(story, ["", "list"])).toEqual([
      "- s = {…5}",
      "    get = [getter] get x() [unknown]",
      "    gone = not recorded [unknown]",
      "    a = 2 [between]",
      "    b = 3 (was 2) [changed]",
      "  - list = Array(3)",
      "      0 = 5 [between]",
      "      1 = 1",
      "      2 = 2",
    ]);
  });

  it("shows a thousand children, and the others when told to", () => {
    const story = `@1=[${Array.from({ length: 2500 }, (_, at) => at).join(",")}]; scope s=@1`;
    expect(rowsText(story, [""], { offset: 999, limit: 9 })).toEqual([
      "    998 = 998",
      "    999 = 999",
      "  + … 1500 more",
    ]);
    expect(rowsText(story, ["", "[…]"], { offset: 2500, limit: 9 })).toEqual(["    2499 = 2499"]);
  });

  it("is nothing before the scope exists", () => {
    const graph = ObjectGraph.empty();
    const request = { scope: "s", expanded: [""], offset: 0, limit: 9, uncertain: nothingUncertain };
    expect(rowsOf(graph, { ...request, change: { kind: "none" } })).toBeUndefined();
  });

  it("makes the same rows window by window as all at once", () => {
    const inner = Array.from({ length: 30 }, (_, at) => `@${at + 10}={v: ${at}, w: @1}`).join("; ");
    const refs = Array.from({ length: 30 }, (_, at) => `"k${at}"=>@${at + 10}`).join(",");
    const story = `${inner}; @1=Map(${refs}); scope s=@1`;
    const expanded = ["", "k3", "k4", "k29", "k7.w", "nothing.here", "k9["];
    const all = rowsText(story, expanded, { offset: 0, limit: 1000 });
    expect(all.length).toBe(31 + 6);
    for (const limit of [1, 4, 7])
      for (let offset = 0; offset < all.length + 2; offset++)
        expect(rowsText(story, expanded, { offset, limit })).toEqual(all.slice(offset, offset + limit));
  });

  it("makes the visible rows of a large Map", () => {
    const graph = ObjectGraph.empty();
    for (const write of historyFrom("@1=Map(); scope s=@1")) graph.apply(write.operation);
    const [put] = historyFrom("@1 put 0=>0");
    for (let key = 0; key < 100_000; key++)
      if (put?.operation.kind === "map-set") graph.apply({ ...put.operation, key: { kind: "primitive", value: key } });
    const request = { scope: "s", uncertain: nothingUncertain, change: { kind: "none" } as const };
    const made = rowsOf(graph, { ...request, expanded: ["", "[…]"], offset: 90_000, limit: 40 });
    expect([made?.total, made?.rows.length, made?.rows[0]?.path]).toEqual([100_001, 40, "[89999]"]);
  });
});

describe("awaitedSlots", () => {
  it("names what a later look will find changed since before this instant", () => {
    const writes = historyFrom(
      "@1={a: 1, b: 1, list: @2}; @2=[1]; scope s=@1; @1.b=2; ~@1.a=2; ~@2 splice 0 1; ~@1.b=3",
    );
    // Each look at 40, 50, 60 … comes ten nanoseconds after the one before it.
    const awaitedAt = (ns: bigint) => {
      const upTo = { instant: instant(ns) };
      const later = writes.filter((write) => write.instant > ns);
      return [...awaitedSlots(stateAt(writes, upTo), later, upTo.instant)];
    };
    expect([awaitedAt(39n), awaitedAt(41n), awaitedAt(55n), awaitedAt(65n), awaitedAt(70n)]).toEqual([
      [],
      ["1 a"],
      ["2 0", "object 2"],
      ["1 b"],
      [],
    ]);
  });
});
