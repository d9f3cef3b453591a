import { describe, expect, it } from "vitest";
import { seq } from "../../shared/trace/time.js";
import { objectId } from "../../shared/trace/value.js";
import { LiveProgram, randomFrom } from "./live-program.test-support.js";
import { type Row, rowsOf } from "./rows.js";
import { rowsOfScopes } from "./scope-rows.js";
import { stateAt } from "./state-at.js";
import { nothingUncertain } from "./uncertain.js";

const names = ["never", "s", "b", "c", "d"];
const shared = { change: { kind: "none" }, uncertain: nothingUncertain } as const;

describe("rowsOfScopes", () => {
  it.each([1, 2, 3, 4, 5])("are the rows of each scope, one after the other, through any window (seed %i)", (seed) => {
    const below = randomFrom(seed * 17);
    const program = new LiveProgram(seed);
    for (let left = 150; left > 0; left--) program.step();
    const graph = stateAt(program.writes, { seq: seq(Number.MAX_SAFE_INTEGER) });
    for (const scope of names.slice(2))
      graph.apply({ kind: "scope", scope, value: { kind: "object", id: objectId(1 + below(8)) } });
    for (let round = 40; round > 0; round--) {
      const expanded = new Map<string, readonly string[]>();
      for (const scope of names) if (below(2) === 0) expanded.set(scope, below(3) === 0 ? ["a"] : ["", "a", "[0]"]);
      const [all, firsts]: [Row[], number[]] = [[], []];
      const there = names.filter((scope) => graph.scopes().has(scope));
      for (const scope of there) {
        firsts.push(all.length);
        const whole = { ...shared, scope, expanded: expanded.get(scope) ?? [], offset: 0, limit: 1e9 };
        all.push(...(rowsOf(graph, whole)?.rows ?? []));
      }
      const [offset, limit] = [below(all.length + 2), below(all.length + 2)];
      const { change, uncertain } = shared;
      expect(
        rowsOfScopes(graph, { scopes: names, expanded, offset, limit, change, uncertainOf: () => uncertain }),
      ).toEqual({ scopes: there, firsts, total: all.length, rows: all.slice(offset, offset + limit) });
    }
  });
});
