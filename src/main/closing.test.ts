import { describe, expect, it } from "vitest";
import { AfterCrash } from "./after-crash.js";
import { questionBeforeClosing } from "./closing.js";

describe("questionBeforeClosing", () => {
  it("asks nothing while nothing is recorded", () => {
    expect(questionBeforeClosing([])).toBeUndefined();
  });

  it("says what becomes of the recording, and of its program", () => {
    const about = { name: "shop", hasProgram: true, isAttached: false };
    expect(questionBeforeClosing([about])).toEqual({
      message: "shop is being recorded.",
      detail:
        "Recording ends, and what was recorded until then is saved. Programs that were started from here are stopped.",
      buttons: ["Keep recording", "Save and quit"],
    });
    const attached = { ...about, hasProgram: false, isAttached: true };
    expect(questionBeforeClosing([about, attached])).toMatchObject({
      message: "2 recordings are being made.",
      detail: expect.stringContaining("Programs attached to go on as they were before.") as string,
    });
  });
});

describe("AfterCrash", () => {
  it("loads a page again that is gone, unless it was meant to go or does so all the time", () => {
    const crashes = new AfterCrash();
    expect(crashes.isToReload("clean-exit", 0)).toBe(false);
    expect([0, 1000, 2000, 3000].map((ms) => crashes.isToReload("crashed", ms))).toEqual([true, true, true, false]);
    expect(crashes.isToReload("oom", 100_000)).toBe(true);
  });
});
