import { describe, expect, it, vi } from "vitest";
import { conditionText, RowFiltering } from "./row-filter.svelte.js";
import { recordJson, rowActions } from "./row-menu.js";

describe("the filter of a list", () => {
  it("asks the engine for what is said, and for nothing else", () => {
    const filter = new RowFiltering();
    expect([filter.wanted, filter.isOn]).toEqual([{}, false]);
    filter.lookFor(" time out ");
    expect([filter.wanted, filter.markedText]).toEqual([{ text: "time out" }, "time out"]);
    filter.setPattern(true);
    filter.leastSeverity(13);
    filter.add({ field: "attribute", key: "order", value: "7", exclude: false });
    expect(filter.wanted).toEqual({
      pattern: "time out",
      minSeverity: 13,
      where: [{ field: "attribute", key: "order", value: "7", exclude: false }],
    });
    expect(filter.markedText).toBe("");
    filter.clear();
    expect(filter.isOn).toBe(false);
  });

  it("leaves out what was wanted, once that is said", () => {
    const filter = new RowFiltering();
    filter.add({ field: "service", value: "web", exclude: false });
    filter.add({ field: "service", value: "web", exclude: true });
    filter.add({ field: "service", value: "bank", exclude: true });
    expect(filter.where.map(conditionText)).toEqual(["service ≠ web", "service ≠ bank"]);
    const [first] = filter.where;
    if (first !== undefined) filter.remove(first);
    expect(filter.where.map(conditionText)).toEqual(["service ≠ bank"]);
  });
});

describe("what can be done with a row", () => {
  const details = [
    { key: "message", value: "a" },
    { key: "order", value: "7", of: { field: "attribute", key: "order", value: "7" } as const },
    { key: "service", value: "web", of: { field: "service", value: "web" } as const },
  ];

  it("is filtering by its fields, and copying it; what is around it can be seen once there is a filter", () => {
    const [add, showOnly, showAround, copy] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    const active = { row: 3 };
    const view = { active, isFiltered: true, filter: { add, showOnly }, detailsOf: () => details, showAround };
    const actions = rowActions(view, copy);
    const named = (text: string) => actions.find((action) => action.kind === "action" && action.text === text);
    const run = (text: string): void => {
      const action = named(text);
      if (action?.kind === "action") action.run();
    };
    run("Only order = 7");
    run("Without service = web");
    run("Only web in every pane");
    run("Show what is around it");
    run("Copy as JSON");
    expect(add.mock.calls).toEqual([
      [{ field: "attribute", key: "order", value: "7", exclude: false }],
      [{ field: "service", value: "web", exclude: true }],
    ]);
    expect(showOnly.mock.calls).toEqual([["web"]]);
    expect([showAround.mock.calls, copy.mock.calls]).toEqual([[[3]], [[active]]]);
    const unfiltered = rowActions({ ...view, isFiltered: false }, copy);
    expect(unfiltered.some((action) => action.kind === "action" && action.text.startsWith("Show"))).toBe(false);
    expect(rowActions({ ...view, active: undefined }, copy)).toEqual([]);
  });

  it("copies attributes as they are", () => {
    expect(JSON.parse(recordJson({ name: "x" }, '{"a":{"b":1}}'))).toEqual({ name: "x", attributes: { a: { b: 1 } } });
    expect(JSON.parse(recordJson({ name: "x" }, "{oops"))).toEqual({ name: "x", attributes: "{oops" });
  });
});
