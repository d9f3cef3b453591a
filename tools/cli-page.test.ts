import { describe, expect, it } from "vitest";
import { cliPage } from "./cli-page.js";

describe("cliPage", () => {
  it("documents a command with its operand, options and examples", () => {
    const page = cliPage({
      commands: {
        record: {
          summary: "Run a program and record it",
          operand: "command",
          required: ["out"],
          optional: ["writes"],
          examples: ["hindcast record -o a.hindcast -- node a.js"],
        },
      },
      options: {
        out: { flags: "-o, --out <file>", help: "Where to write" },
        writes: { flags: "--writes <on|off>", help: "Watch writes", choices: ["on", "off"], preset: "on" },
      },
      operands: { command: { shown: "<command...>", help: "The program" } },
      exitCodes: [["0", "Done."]],
    });
    expect(page.split("\n").filter((line) => line.startsWith("| ") || line.startsWith("hindcast "))).toEqual([
      "hindcast record [options] -- <command...>",
      "| Argument | Meaning |",
      "| --- | --- |",
      "| `<command...>` | The program. |",
      "| `-o, --out <file>` | Where to write. Required. |",
      "| `--writes <on\\|off>` | Watch writes. One of on, off. on when left out. |",
      "hindcast record -o a.hindcast -- node a.js",
      "| Code | Meaning |",
      "| --- | --- |",
      "| 0 | Done. |",
    ]);
  });
});
