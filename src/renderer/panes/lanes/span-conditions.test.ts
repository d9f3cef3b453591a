import { describe, expect, it } from "vitest";
import { SpanFiltering } from "../../state/span-filter.svelte.js";
import { ServiceFilter } from "../../state/service-filter.svelte.js";
import { fieldOf, typedFilter, typedText } from "./span-conditions.js";

const readAs = (typed: string): string => {
  const read = typedFilter(typed);
  return read === undefined ? "nothing" : typedText(read);
};

describe("typedFilter", () => {
  it("reads durations, conditions and texts", () => {
    expect([">= 5ms", "≥1.5 s", "> 20 µs", "5ms"].map(readAs)).toEqual([
      "At least 5 ms",
      "At least 1.5 s",
      "At least 20 µs",
      "Only with “5ms”",
    ]);
    expect(["kind=client", "status != ok", "http.route = /orders/:id", "name ≠ GET /a b"].map(readAs)).toEqual([
      "Only kind = client",
      "Only status ≠ ok",
      "Only http.route = /orders/:id",
      "Only name ≠ GET /a b",
    ]);
    expect([" ", "pay", "kind = sever", "a =", "SELECT a = 1"].map(readAs)).toEqual([
      "nothing",
      "Only with “pay”",
      "Only with “kind = sever”",
      "Only with “a =”",
      "Only with “SELECT a = 1”",
    ]);
  });

  it("offers attributes that are one value", () => {
    const offered = ["200", "true", "a b", "null", '["a"]', "{}", "x".repeat(300)].map((value) =>
      fieldOf({ key: "k", value }),
    );
    expect(offered.map((field) => field?.value)).toEqual(["200", "true", "a b", undefined, undefined, undefined, undefined]); // prettier-ignore
  });
});

describe("SpanFiltering", () => {
  it("is what the engine is asked, and chips that take it away again", () => {
    const service = new ServiceFilter();
    const filter = new SpanFiltering(service);
    expect([filter.wanted, filter.isOn, filter.chips]).toEqual([{}, false, []]);
    filter.add({ field: "status", value: "error", exclude: false });
    filter.lookFor(" pay ");
    filter.leastNs(5e6);
    const where = [{ field: "status", value: "error", exclude: false }];
    expect(filter.wanted).toEqual({ text: "pay", where, minNs: 5e6 });
    expect(filter.chips.map(({ text }) => text)).toEqual(["status = error", "has “pay”", "lasts ≥ 5 ms"]);
    const { chosen } = filter;
    for (const { of } of filter.chips) filter.remove(of);
    expect(filter.wanted).toEqual({});
    filter.choose(chosen);
    service.show("bank");
    expect(filter.wanted.where).toEqual([...where, { field: "service", value: "bank", exclude: false }]);
    filter.clear();
    expect([filter.wanted, service.only]).toEqual([{}, undefined]);
  });
});
