import { describe, expect, it } from "vitest";
import { keptInLink, linkOf, linkToInstant } from "./links.js";

describe("a link", () => {
  it("leads to the place it was made of, whatever the file is called", () => {
    const path = "/home/ann/a b&c#d?é.hindcast";
    const kept = new URLSearchParams(keptInLink(linkToInstant(path, 12n)));
    expect([kept.get("file"), kept.get("at")]).toEqual([path, "12"]);
    expect(keptInLink(linkOf("#file=%2Fa.hindcast&view-lanes=all"))).toBe("file=%2Fa.hindcast&view-lanes=all");
  });

  it("may have its place behind a #, and be typed with spaces around it", () => {
    expect(keptInLink(" hindcast://open?file=%2Fa.hindcast#at=5\n")).toBe("file=%2Fa.hindcast&at=5");
    expect(keptInLink("HINDCAST://open/?file=a")).toBe("file=a");
  });

  it.each([
    "https://open?file=a",
    "hindcast://open",
    "hindcast://open?at=5",
    "hindcast://run?file=a",
    "hindcast://open?file=",
    "hindcast://open?file=%5C%5Chost%5Ca",
    "hindcast://open?file=%2F%2Fhost%2Fa",
  ])("%s is none", (text) => expect(keptInLink(text)).toBeUndefined());
});
