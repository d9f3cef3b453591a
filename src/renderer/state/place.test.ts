import { describe, expect, it } from "vitest";
import { hashFromPlace, placeFromAddress } from "./place.js";

describe("the kept place", () => {
  it("comes back from the hash it was written to", () => {
    for (const path of ["/home/me/a b.hindcast", "C:\\x\\y#1.hindcast", "/ü/&=?.hindcast"]) {
      for (const instant of [undefined, 1_795_271_631_642_318_204n]) {
        for (const record of [undefined, { process: 2, seq: 12_345 }]) {
          expect(placeFromAddress(hashFromPlace({ path, instant, record }), "")).toEqual({ path, instant, record });
        }
      }
    }
  });

  it("prefers where the person was to what the host said", () => {
    expect(placeFromAddress("#file=%2Fa", "?open=%2Fb")).toEqual({ path: "/a", instant: undefined, record: undefined });
    expect(placeFromAddress("", "?open=%2Fb")).toEqual({ path: "/b", instant: undefined, record: undefined });
  });

  it("is nothing on the welcome page", () => {
    expect(hashFromPlace(undefined)).toBe("");
    expect(placeFromAddress("", "")).toBeUndefined();
    expect(placeFromAddress("#at=12", "?open=")).toBeUndefined();
  });

  it("leaves out what is not an instant or a record", () => {
    expect(placeFromAddress("#file=a&at=12x&record=1.x", "")).toEqual({
      path: "a",
      instant: undefined,
      record: undefined,
    });
  });
});
