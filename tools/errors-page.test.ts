import { describe, expect, it } from "vitest";
import { errorsPage } from "./errors-page.js";

describe("errorsPage", () => {
  it("lists the codes in order and keeps a bar from ending its cell", () => {
    const page = errorsPage([
      { code: "no-file", message: "There is no `{path}`.", next: "Check it." },
      { code: "bad-mode", message: "Write a|b.", next: "See --help." },
    ]);
    expect(page.split("\n").filter((line) => line.startsWith("| `"))).toEqual([
      "| `bad-mode` | Write a\\|b. | See --help. |",
      "| `no-file` | There is no `{path}`. | Check it. |",
    ]);
  });
});
