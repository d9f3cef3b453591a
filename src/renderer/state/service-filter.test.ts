import { describe, expect, it } from "vitest";
import { mostConditions } from "../../shared/protocol/row-filters.js";
import { conditionText } from "./row-filter.svelte.js";
import { Selection } from "./selection.svelte.js";

const wanted = ({ logs }: Selection): string => (logs.wanted.where ?? []).map(conditionText).join(", ");

describe("the one service that is shown", () => {
  it("is what every list is asked for, and all of them again by one click", () => {
    const selection = new Selection();
    selection.service.toggle("bank");
    const of = [{ field: "service", value: "bank", exclude: false }];
    expect([selection.logs.wanted, selection.events.wanted]).toEqual([{ where: of }, { where: of }]);
    expect(["bank", "web", undefined].map((name) => selection.service.admits(name))).toEqual([true, false, false]);
    selection.service.toggle("web");
    expect(wanted(selection)).toBe("service = web");
    selection.service.toggle("web");
    expect([selection.logs.isOn, selection.events.isOn, selection.service.admits("bank")]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("is not shown beside services that a list wants besides, and these are back afterwards", () => {
    const selection = new Selection();
    selection.logs.add({ field: "service", value: "web", exclude: false });
    selection.logs.add({ field: "service", value: "mail", exclude: true });
    selection.service.show("bank");
    expect(wanted(selection)).toBe("service ≠ mail, service = bank");
    selection.service.clear();
    expect(wanted(selection)).toBe("service = web, service ≠ mail");
  });

  it("goes with whatever else a list is filtered by", () => {
    const selection = new Selection();
    selection.service.show("bank");
    selection.logs.clear();
    expect([selection.service.only, selection.events.isOn]).toEqual([undefined, false]);
  });

  it("never makes a question of more conditions than the engine takes", () => {
    const selection = new Selection();
    for (let n = 0; n < mostConditions; n++)
      selection.logs.add({ field: "attribute", key: "n", value: String(n), exclude: true });
    selection.service.show("bank");
    expect([selection.logs.wanted.where?.length, wanted(selection).endsWith("service = bank")]).toEqual([
      mostConditions,
      true,
    ]);
  });
});
