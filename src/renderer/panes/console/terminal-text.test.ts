import { describe, expect, it } from "vitest";
import { TerminalText } from "./terminal-text.js";

/** Each line as `style:text` parts; what is unfinished ends with an ellipsis. */
function said(...pieces: string[]): string[] {
  const text = new TerminalText();
  const lines: string[] = [];
  for (const piece of pieces)
    for (const { parts, isWhole } of text.push(piece)) {
      const line = parts
        .map(({ text: one, style }) => `${Object.values(style).map(Number).join(".")}:${one}`)
        .join("|");
      if (lines.at(-1)?.endsWith("…") === true) lines.pop();
      lines.push(isWhole ? line : `${line}…`);
    }
  return lines;
}

describe("TerminalText", () => {
  it("reads lines as they come, whole or in pieces", () => {
    expect(said("a\r\nb\n", "c", "d\n")).toEqual([":a", ":b", ":cd", "…"]);
  });

  it("reads colours and styles, also cut anywhere, until they are put back", () => {
    expect(said("\u001b[31mred\u001b[1m bold\u001b[0m plain\n")).toEqual(["1:red|1.1: bold|: plain", "…"]);
    expect(said("\u001b[3", "1mred\u001b", "[39m plain\n")).toEqual(["1:red|: plain", "…"]);
    expect(said("\u001b[32mtwo\nlines\n")).toEqual(["2:two", "2:lines", "…"]);
  });

  it("brings every colour to one of eight", () => {
    expect(said("\u001b[38;5;196mred\u001b[38;2;10;200;30mgreen\u001b[38;5;244mgrey\u001b[48;5;20mon blue")).toEqual([
      "1:red|2:green|7:greyon blue…",
    ]);
  });

  it("leaves out what moves a cursor, and titles", () => {
    expect(said("\u001b[2J\u001b[Ha\u001b]0;title\u0007b\u001b[?25lc\u0008\u0000d\n")).toEqual([":abcd", "…"]);
  });

  it("lets a line that begins again stand in the place of what was there", () => {
    expect(said("10 %\r20 %", "\r30 %\n", "a\u001b[2Kb\n")).toEqual([":30 %", ":b", "…"]);
  });

  it("does not wait for ever for the end of a sequence, nor make markup of anything", () => {
    const long = `\u001b]${"x".repeat(10_000)}`;
    expect(said(long, "\nafter\n").at(-2)).toBe(":after");
    expect(said("<b>&amp;</b>\n")).toEqual([":<b>&amp;</b>", "…"]);
  });
});
