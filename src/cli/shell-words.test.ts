import { describe, expect, it } from "vitest";
import { shellQuoted } from "./shell-words.js";

describe("shellQuoted", () => {
  it("leaves plain words alone and quotes what a shell would take apart or replace", () => {
    expect(shellQuoted(["node", "--import=./a.mjs", "my app.js", "it's", "$HOME", "", "a*b"])).toBe(
      `node --import=./a.mjs 'my app.js' 'it'\\''s' '$HOME' '' 'a*b'`,
    );
  });
});
