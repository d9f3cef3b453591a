// Real children, started in every way: each is a span of the code that started it, and nothing of it is seen by the program.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBoth } from "./run-both.js";

const program = join(import.meta.dirname, "../programs/children.cjs");

describe("programs that a program starts", () => {
  it("are spans with how they ended, below what started them", async () => {
    const { plain, recorded, programs } = await runBoth([program]);
    expect(recorded).toEqual(plain);
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const main = programs.find(({ spans }) => spans.length > 0);
    const spans = main?.spans ?? [];
    const of = (name: string): readonly unknown[] => {
      const parent = spans.find((span) => span.name === name);
      return spans
        .filter((span) => span.parent === parent?.number)
        .map(({ kind, name: called, status, attributes }) => {
          const ended = attributes["process.exit.code"] ?? attributes["process.exit.signal"];
          const { "process.pid": pid, "error.type": error } = attributes;
          return [kind, called, status, ended, error, typeof pid];
        });
    };
    expect(of("waiting")).toEqual([
      ["internal", "echo", "unset", 0, undefined, "number"],
      ["internal", "false", "error", 1, "1", "number"],
      ["internal", "sh", "error", 3, "3", "number"],
      ["internal", "sh", "error", "SIGKILL", "SIGKILL", "number"],
      ["internal", "at-all", "error", undefined, "ENOENT", "undefined"],
      ["internal", "sleep", "error", "SIGTERM", "SIGTERM", "number"],
    ]);
    expect(of("starting")).toEqual([
      ["internal", "true", "unset", 0, undefined, "number"],
      ["internal", "echo", "unset", 0, undefined, "number"],
      ["internal", "sleep", "error", "SIGTERM", "SIGTERM", "number"],
      ["internal", "at-all", "error", undefined, "ENOENT", "undefined"],
      ["internal", "node", "error", 4, "4", "number"],
      ["internal", "true", "error", undefined, "ERR_INVALID_ARG_VALUE", "undefined"],
    ]);
    const withSecret = spans.find(({ name }) => name === "true");
    expect(withSecret?.attributes).toMatchObject({
      "process.executable.name": "true",
      "process.working_directory": "/",
    });
    expect(withSecret?.attributes["process.command_args"]).toMatchObject({ 0: "true", 1: "--password" });
    expect(JSON.stringify(main?.records)).not.toContain("hunter2-secret-word");
    // The child that is recorded, too, is the one of the span.
    const forked = programs.find(({ bye }) => bye?.exitCode === 4);
    expect(forked?.hello?.pid).toBe(spans.find(({ name }) => name === "node")?.attributes["process.pid"]);
    expect(forked?.hello?.parentRunId).toBe(main?.hello?.runId);
  });
});
