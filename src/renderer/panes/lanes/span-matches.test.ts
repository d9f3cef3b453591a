import { describe, expect, it } from "vitest";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { matchBeside, matchesOf } from "./span-matches.js";

const spans = (
  rows: readonly { name: string; startNs: number; attributes?: string; count?: number }[],
): SpanColumns => ({
  truncated: false,
  counts: Uint32Array.from(rows, ({ count = 1 }) => count),
  process: new Uint16Array(rows.length),
  startNs: Float64Array.from(rows, ({ startNs }) => startNs),
  endNs: Float64Array.from(rows, ({ startNs }) => startNs + 1),
  lane: new Uint16Array(rows.length),
  kind: new Uint8Array(rows.length),
  status: new Uint8Array(rows.length),
  names: rows.map(({ name }) => name),
  spanIds: rows.map(() => ""),
  traceIds: rows.map(() => ""),
  parentSpanIds: rows.map(() => ""),
  attributes: rows.map(({ attributes = "" }) => attributes),
});

const shop = spans([
  { name: "GET /orders", startNs: 10 },
  { name: "POST /orders", startNs: 20, attributes: '{"user.id":"usr_7"}' },
  { name: "", startNs: 25, count: 40 },
  { name: "GET /users", startNs: 30 },
]);

describe("spans that are looked for", () => {
  it("have the text in their name or attributes, in whatever case", () => {
    expect([...(matchesOf(shop, "get") ?? [])]).toEqual([1, 0, 2, 1]);
    expect([...(matchesOf(shop, " USR_7 ") ?? [])]).toEqual([0, 1, 2, 0]);
  });

  it("are not there when nothing is looked for", () => {
    expect(matchesOf(shop, "  ")).toBeUndefined();
  });

  it("are gone through by when they begin, not by where they stand", () => {
    const all = spans([
      { name: "x", startNs: 30 },
      { name: "x", startNs: 10 },
      { name: "y", startNs: 15 },
      { name: "x", startNs: 20 },
    ]);
    const matches = matchesOf(all, "x") ?? new Uint8Array();
    expect(matchBeside(all, matches, 10, "next")).toBe(3);
    expect(matchBeside(all, matches, 30, "previous")).toBe(3);
    expect(matchBeside(all, matches, 30, "next")).toBeUndefined();
  });
});
