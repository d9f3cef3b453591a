import { describe, expect, it } from "vitest";
import { statusText } from "./console-view.svelte.js";

describe("statusText", () => {
  it("says whether the program runs, and how it ended", () => {
    expect(statusText({ isRunning: true, pid: 7, takesInput: true })).toBe("Running, process 7");
    expect(statusText({ isRunning: false, pid: 7, exitCode: 3, takesInput: false })).toBe("Ended with 3");
    expect(statusText({ isRunning: false, pid: 7, signal: "SIGKILL", takesInput: false })).toBe("Ended by SIGKILL");
    expect(statusText({ isRunning: false, takesInput: false })).toBe("Ended");
  });
});
