import { describe, expect, it } from "vitest";
import { sparklinePath } from "./sparkline.js";

describe("sparklinePath", () => {
  it("draws a bar per count, the largest full height", () => {
    expect(sparklinePath([1, 0, 4], 9, 10)).toBe("M0 5h2v5h-2zM6 0h2v10h-2z");
  });

  it("shows the largest of what shares a bar, so that no burst is lost", () => {
    expect(sparklinePath([0, 0, 9, 0], 6, 10)).toBe("M3 0h2v10h-2z");
  });

  it("fills its width with few counts", () => {
    expect(sparklinePath([1, 1], 20, 10)).toBe("M0 0h9v10h-9zM10 0h9v10h-9z");
  });

  it("is empty for nothing", () => {
    expect(sparklinePath([], 30, 10)).toBe("");
    expect(sparklinePath([0, 0], 30, 10)).toBe("");
  });
});
