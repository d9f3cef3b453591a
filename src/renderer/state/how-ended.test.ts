import { describe, expect, it } from "vitest";
import { briefEnding, endingOf, howEnded } from "./how-ended.js";

describe("how a process ended", () => {
  it("is its exit code or signal, as far as is known", () => {
    const at = 1n;
    const endings = [{ at, exitCode: 0 }, { at, signal: "SIGKILL" }, { at }, undefined];
    expect(endings.map((ended) => howEnded({ ended }))).toEqual([
      "ended with 0",
      "ended by SIGKILL",
      "ended",
      undefined,
    ]);
  });

  it("is a word or two where there is not room for more", () => {
    const at = 1n;
    const endings = [{ at, exitCode: 0 }, { at, signal: "SIGKILL" }, { at }, undefined];
    expect(endings.map((ended) => briefEnding({ ended }))).toEqual(["exit 0", "SIGKILL", "ended", undefined]);
    expect(briefEnding({ attached: true, ended: { at } })).toBe("detached");
  });

  it("is no end where it was attached to and left", () => {
    const at = 1n;
    expect(endingOf({ attached: true, ended: { at } })).toBe("detached");
    expect(endingOf({ attached: true, ended: { at, exitCode: 0 } })).toBe("ended with 0");
    expect(endingOf({ attached: true, ended: { at }, endUnknown: true })).toMatch(/^ended; /);
    expect(endingOf({ attached: true })).toBe("running");
  });

  it("includes that something may be missing", () => {
    expect(endingOf({ ended: { at: 1n, signal: "SIGTERM" }, endUnknown: true })).toBe(
      "ended by SIGTERM; what it did last may be missing",
    );
    expect(endingOf({})).toBe("running");
  });
});
