import { describe, expect, it } from "vitest";
import { cutWords } from "./cut-words.js";

describe("what the State pane says of several processes", () => {
  it("is nothing where there is nothing to say", () => {
    expect(
      [undefined, { movedNs: 0n, moved: [] }, { movedNs: 0n, uncertaintyNs: 0n, moved: [] }].map(cutWords),
    ).toEqual([undefined, undefined, undefined]);
  });

  it("is within how much all are shown", () => {
    expect(cutWords({ movedNs: 0n, uncertaintyNs: 2_000_000n, moved: [] })).toEqual({
      word: "± 2 ms",
      meaning: "All processes are shown as they were within 2 ms.",
      isMoved: false,
    });
  });

  it("is how much earlier or later one is shown, and why", () => {
    expect(cutWords({ movedNs: -3_000_000_000n, uncertaintyNs: 3_001_000_000n, moved: [] })).toMatchObject({
      word: expect.stringMatching(/^3 s earlier$/),
      meaning: expect.stringMatching(/not sent yet by the sender's clock\.\nAll processes/),
      isMoved: true,
    });
    expect(cutWords({ movedNs: 5_000_000n, moved: [] })?.word).toBe("5 ms later");
  });
});
