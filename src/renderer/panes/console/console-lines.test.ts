import { describe, expect, it } from "vitest";
import { ConsoleLines, type ConsoleStream, textOf } from "./console-lines.js";

function said(entries: readonly (readonly [ConsoleStream, string])[], most?: number): string[] {
  const console = new ConsoleLines(most);
  for (const [stream, text] of entries) console.add({ stream, text });
  return console.lines.map((line) => `${line.stream}:${textOf(line)}`);
}

describe("ConsoleLines", () => {
  it("shows lines of all streams in the order in which they came", () => {
    expect(
      said([
        ["out", "a\nb\n"],
        ["err", "c\n"],
        ["in", "d\n"],
        ["out", "e\n"],
      ]),
    ).toEqual(["out:a", "out:b", "err:c", "in:d", "out:e"]);
  });

  it("goes on with a line that is not finished, and shows empty ones", () => {
    expect(
      said([
        ["out", "Your name"],
        ["out", "? "],
      ]),
    ).toEqual(["out:Your name? "]);
    expect(said([["out", "a\n\nb\n"]])).toEqual(["out:a", "out:", "out:b"]);
  });

  it("begins a line where another stream prints in the middle of one", () => {
    expect(
      said([
        ["out", "Name? "],
        ["in", "Ada\n"],
        ["out", "Hello Ada\n"],
      ]),
    ).toEqual(["out:Name? ", "in:Ada", "out:Hello Ada"]);
  });

  it("keeps the last lines", () => {
    expect(said([["out", "1\n2\n3\n4\n"]], 2)).toEqual(["out:3", "out:4"]);
  });
});
