import { describe, expect, it } from "vitest";
import { failuresIn } from "./test-failures.js";

const passed = { fullName: "adds", status: "passed", failureMessages: [] };

describe("failuresIn", () => {
  it("names vitest's failed tests with the first line of what they say", () => {
    const failed = {
      fullName: "a queue keeps order",
      status: "failed",
      failureMessages: ["\u001b[31mError: 2 is not 1\u001b[39m\n at x"],
    };
    const report = { testResults: [{ name: "/r/a.test.ts", status: "failed", assertionResults: [passed, failed] }] };
    expect(failuresIn(report, "/r/")).toEqual(["a.test.ts › a queue keeps order: Error: 2 is not 1"]);
  });

  it("names a file that could not be loaded", () => {
    const file = { name: "/r/b.test.ts", status: "failed", message: "Cannot find x\nstack", assertionResults: [] };
    expect(failuresIn({ testResults: [file] }, "/r/")).toEqual(["b.test.ts: Cannot find x"]);
  });

  it("names Playwright's failed tests, however deep", () => {
    const spec = (title: string, ok: boolean) => ({
      title,
      ok,
      tests: [{ results: ok ? [{}] : [{}, { error: { message: "Timed out\nmore" } }] }],
    });
    const inner = { title: "when killed", specs: [spec("goes on", false), spec("ends", true)] };
    const report = { suites: [{ title: "a.spec.ts", specs: [spec("opens", true)], suites: [inner] }] };
    expect(failuresIn(report, "/r/")).toEqual(["a.spec.ts › when killed › goes on: Timed out"]);
  });

  it("says nothing of what passed, nor of what is no report", () => {
    const report = { testResults: [{ name: "/r/a.test.ts", status: "passed", assertionResults: [passed] }] };
    expect(failuresIn(report, "/r/")).toEqual([]);
    expect(failuresIn({ passed: 3 }, "/r/")).toEqual([]);
  });
});
