import { describe, expect, it } from "vitest";
import { randomFrom } from "../../../shared/base/random.test-support.js";
import { OpenBranches } from "./open-branches.js";
import { firstRowOf, movedBy, placeOfRow, rowOfPlace, type ShownRows } from "./shown-rows.js";

type Listed = readonly (readonly [scope: string, paths: readonly string[]])[];

/** A window of a list of scopes, each with the paths of its rows. */
function windowOf(listed: Listed, first: number, end: number): ShownRows {
  const all = listed.flatMap(([, paths]) => paths);
  const paths = all.slice(first, end);
  let next = 0;
  const firsts = listed.map(([, { length }]) => (next += length) - length);
  const none = paths.map(() => "");
  const rows = { depth: new Uint8Array(paths.length), flags: new Uint8Array(paths.length), keys: none, values: none };
  return {
    place: { subject: "1", at: { kind: "instant", instant: 0n }, instant: 0n } as ShownRows["place"],
    askedMs: 0,
    first,
    answer: {
      scopes: listed.map(([scope]) => scope),
      firsts: Uint32Array.from(firsts),
      rows: { ...rows, total: all.length, paths, types: none, previous: none },
      seq: 0,
      instant: 0n,
    },
  };
}

describe("shown rows", () => {
  it.each([1, 2, 3])("say of each row which value it is, and of each value its row (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (n: number): number => Math.floor(random() * n);
    for (let round = 0; round < 40; round++) {
      const listed = Array.from({ length: below(6) }, (_, scope) => {
        const paths = ["", "a", "b", "c"].slice(0, 1 + below(4));
        return [`s${scope}`, paths] as const;
      });
      const all = listed.flatMap(([scope, paths]) => paths.map((path) => ({ scope, path })));
      const [first, end] = [below(all.length + 1), below(all.length + 3)];
      const shown = windowOf(listed, first, end);
      all.forEach((place, row) => {
        const isHere = row >= first && row < end;
        expect(placeOfRow(shown, row)).toEqual(isHere ? place : undefined);
        expect(rowOfPlace(shown, place)).toBe(isHere || place.path === "" ? row : -1);
      });
      expect(placeOfRow(shown, all.length)).toBeUndefined();
    }
  });

  it("know where a scope begins, and not where one that has no row does", () => {
    const shown = windowOf([["a", ["", "x"]], ["b", [""]]], 0, 1); // prettier-ignore
    expect([firstRowOf(shown, "b"), firstRowOf(shown, "c"), rowOfPlace(shown, { scope: "c", path: "" })]).toEqual([
      2,
      undefined,
      -1,
    ]);
  });

  it("tell by how much what is on screen has moved", () => {
    const before = windowOf([["a", ["", "x"]], ["b", ["", "y"]]], 0, 9); // prettier-ignore
    const grown = windowOf([["a", ["", "w", "x", "z"]], ["b", ["", "y"]]], 0, 9); // prettier-ignore
    const gone = windowOf([["b", ["", "y"]]], 0, 9);
    expect([0, 1, 3].map((row) => movedBy(before, grown, row))).toEqual([0, 1, 2]);
    expect([movedBy(before, gone, 3), movedBy(before, gone, 1), movedBy(undefined, gone, 1)]).toEqual([-2, 0, 0]);
  });
});

describe("OpenBranches", () => {
  const a = { process: 1, scope: "a" };
  const b = { process: 1, scope: "b" };

  it("begin with the first scope open, which can be closed as any other", () => {
    const open = new OpenBranches();
    expect([open.in(1, "a"), open.toggled(a, "a", "").in(1, "a")]).toEqual([[{ scope: "a", paths: [""] }], []]);
  });

  it("are kept by process and scope", () => {
    const open = new OpenBranches()
      .toggled(b, "a", "")
      .toggled(b, "a", "x")
      .toggled({ process: 2, scope: "b" }, "b", "y");
    expect(open.in(1, "a")).toEqual([
      { scope: "b", paths: ["", "x"] },
      { scope: "a", paths: [""] },
    ]);
    expect(open.in(2, "b")).toEqual([{ scope: "b", paths: ["", "y"] }]);
  });

  it("close all at once, but for what is to stay", () => {
    const open = new OpenBranches().toggled(b, "a", "");
    expect([open.closed(1, "a", []).in(1, "a"), open.closed(1, "a", [""]).in(1, "a")]).toEqual([
      [],
      [{ scope: "a", paths: [""] }],
    ]);
  });
});
