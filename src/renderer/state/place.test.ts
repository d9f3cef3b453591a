import { describe, expect, it } from "vitest";
import { hashFromPlace, placeFromAddress } from "./place.js";

describe("the kept place", () => {
  it("comes back from the hash it was written to", () => {
    for (const path of ["/home/me/a b.hindcast", "C:\\x\\y#1.hindcast", "/ü/&=?.hindcast"]) {
      for (const instant of [undefined, 1_795_271_631_642_318_204n]) {
        expect(placeFromAddress(hashFromPlace({ path, instant }), "")).toEqual({ path, instant });
      }
    }
  });

  it("prefers where the person was to what the host said", () => {
    expect(placeFromAddress("#file=%2Fa", "?open=%2Fb")).toEqual({ path: "/a", instant: undefined });
    expect(placeFromAddress("", "?open=%2Fb")).toEqual({ path: "/b", instant: undefined });
  });

  it("is nothing on the welcome page", () => {
    expect(hashFromPlace(undefined)).toBe("");
    expect(placeFromAddress("", "")).toBeUndefined();
    expect(placeFromAddress("#at=12", "?open=")).toBeUndefined();
  });

  it("leaves out an instant that is none", () => {
    expect(placeFromAddress("#file=a&at=12x", "")).toEqual({ path: "a", instant: undefined });
  });
});
