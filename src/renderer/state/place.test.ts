import { describe, expect, it } from "vitest";
import { hashFromPlace, type KeptPlace, placeFromAddress } from "./place.js";
import type { KeptView } from "./time-range.svelte.js";

const placeAt = (path: string): KeptPlace => ({
  path,
  instant: undefined,
  record: undefined,
  views: new Map(),
  value: undefined,
});

describe("the kept place", () => {
  it("comes back from the hash it was written to", () => {
    for (const path of ["/home/me/a b.hindcast", "C:\\x\\y#1.hindcast", "/ü/&=?.hindcast"]) {
      for (const instant of [undefined, 1_795_271_631_642_318_204n]) {
        for (const record of [undefined, { process: 2, seq: 12_345 }]) {
          const place = { ...placeAt(path), instant, record };
          expect(placeFromAddress(hashFromPlace(place), "")).toEqual(place);
        }
      }
    }
  });

  it("holds what the panes show and the selected value", () => {
    const views = new Map<string, KeptView>([
      ["lanes", { kind: "range", fromNs: -250_000_000, toNs: 3_600_000_000_000 }],
      ["metrics", { kind: "all" }],
      ["ruler", { kind: "span", spanNs: 2_000_000_000 }],
    ]);
    for (const [scope, path] of [
      ["ledger", "accounts.acc_1001.balance"],
      ["ledger", ""],
      ["a.b & c=#ü", '["two words"][0]'],
    ] as const) {
      const place = { ...placeAt("/a"), views, value: { process: 2, scope, path } };
      expect(placeFromAddress(hashFromPlace(place), "")).toEqual(place);
    }
  });

  it("holds what is watched, whatever its names", () => {
    const watches = [
      { process: 2, scope: "ledger", path: "accounts.acc_1001.balance" },
      { process: 1, scope: "a.b & c=#ü", path: '["two words"][0]' },
    ];
    const place = { ...placeAt("/a"), watches };
    expect(placeFromAddress(hashFromPlace(place), "")).toEqual(place);
    expect(placeFromAddress("#file=a&watch=x", "")).toEqual({ ...placeAt("a"), watches: [] });
  });

  it("prefers where the person was to what the host said", () => {
    expect(placeFromAddress("#file=%2Fa", "?open=%2Fb")).toEqual(placeAt("/a"));
    expect(placeFromAddress("", "?open=%2Fb")).toEqual(placeAt("/b"));
  });

  it("is nothing on the welcome page", () => {
    expect(hashFromPlace(undefined)).toBe("");
    expect(placeFromAddress("", "")).toBeUndefined();
    expect(placeFromAddress("#at=12", "?open=")).toBeUndefined();
  });

  it("leaves out what is not an instant, a record, a view or a value", () => {
    const hash = "#file=a&at=12x&record=1.x&scope=ledger&value=n&view-lanes=9_3&view-metrics=x&view-ruler=-4";
    expect(placeFromAddress(hash, "")).toEqual(placeAt("a"));
  });
});
