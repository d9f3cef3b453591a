import { describe, expect, it } from "vitest";
import { ancestorsOf, revealed, splitPath, toggledPath } from "./expanded-paths.js";

describe("expanded paths", () => {
  it("open and close one branch", () => {
    expect([toggledPath(["", "a"], "a"), toggledPath([""], "a")]).toEqual([[""], ["", "a"]]);
  });

  it("reveal a path by opening everything above it once", () => {
    expect(revealed(["", "accounts"], 'accounts["acc 1"].balance')).toEqual(["", "accounts", 'accounts["acc 1"]']);
  });

  it("know that the root has nothing above it", () => {
    expect(ancestorsOf("")).toEqual([""]);
  });
});

describe("splitPath", () => {
  it("keeps the last step apart", () => {
    expect([splitPath("accounts.acc_1.balance"), splitPath("entries[3]"), splitPath("a")]).toEqual([
      { before: "accounts.acc_1", last: ".balance" },
      { before: "entries", last: "[3]" },
      { before: "", last: "a" },
    ]);
  });
});
