import { describe, expect, it } from "vitest";
import { OutputLines, maxLineUnits } from "./output-lines.js";

/** Writes are told apart by "|"; each is made by an origin of its own, a number from 1 on. Entries as "origin: lines". */
function entriesOf(writes: string, { settle = true } = {}): string[] {
  const seen: string[] = [];
  const lines = new OutputLines<number>(({ lines: of, origin, isStackTrace }) =>
    seen.push(`${origin}${isStackTrace ? "!" : ""}: ${of.join(" / ")}`),
  );
  for (const [at, text] of writes.split("|").entries()) lines.take(text, at + 1);
  if (settle) lines.settle();
  return seen;
}

describe("lines of standard output", () => {
  it("are an entry each, whatever writes they came by, of the one that began them", () => {
    expect(entriesOf("a\nb\n|c\n")).toEqual(["1: a", "1: b", "2: c"]);
    expect(entriesOf("a|b|c\nd|e\n")).toEqual(["1: abc", "3: de"]);
    expect(entriesOf("a\r\nb\r|\nc\n\n \n")).toEqual(["1: a", "1: b", "2: c"]);
  });

  it("are a stack trace where frames follow, with the lines of its message, its cause and its properties", () => {
    const trace =
      "x\nTypeError: no\nmore of it\n    at f (a.js:1:2)\n    at g\n  [cause]: Error: y\n      at h {\n  }\n}\nz\n";
    const all =
      "1!: TypeError: no / more of it /     at f (a.js:1:2) /     at g /   [cause]: Error: y /       at h { /   } / }";
    expect(entriesOf(trace)).toEqual(["1: x", all, "1: z"]);
    expect(entriesOf("oops\n    at f\nz\n")).toEqual(["1!: oops /     at f", "1: z"]);
    expect(entriesOf("    at nothing\n")).toEqual(["1:     at nothing"]);
  });

  it("are a stack trace as well where each was written by itself", () => {
    expect(entriesOf("[app] Error: no\n|    at f\n|    at g\n|z\n")).toEqual([
      "1!: [app] Error: no /     at f /     at g",
      "4: z",
    ]);
  });

  it("are held back only while they may go on", () => {
    expect(entriesOf("a\nError: no\n", { settle: false })).toEqual(["1: a"]);
    expect(entriesOf("a\nError: no\n|b\n", { settle: false })).toEqual(["1: a", "1: Error: no", "2: b"]);
  });

  it("are as a terminal shows them in the end", () => {
    expect(entriesOf("\u001b[32mgreen\u001b[39m\n")).toEqual(["1: green"]);
    expect(entriesOf("10 %\r|50 %\r|100 %\n")).toEqual(["1: 100 %"]);
  });

  it("are kept no longer than so, and no more of one that does not end", () => {
    const long = "x".repeat(maxLineUnits);
    expect(entriesOf(`${long}y\nb\n`)).toEqual([`1: ${long}…`, "1: b"]);
    expect(entriesOf(`${long}|y|${long}|\nb\n`)).toEqual([`1: ${long}…`, "4: b"]);
    expect(entriesOf(`${long}|y|z\n`)).toEqual([`1: ${long}…`]);
    expect(entriesOf(`${"50 %\r|".repeat(9)}51 %\n`).length).toBe(1);
  });

  it("may not have ended when they are asked for", () => {
    const seen: string[] = [];
    const lines = new OutputLines<number>(({ lines: of }) => seen.push(of.join()));
    lines.take("name? ", 1);
    expect([lines.hasPartial, seen]).toEqual([true, []]);
    lines.settleAll();
    lines.take("next\n", 2);
    expect([lines.hasPartial, seen]).toEqual([false, ["name?", "next"]]);
  });

  it("are looked through before they are told from each other", () => {
    const seen: string[] = [];
    const lines = new OutputLines<number>(
      ({ lines: of }) => seen.push(of.join()),
      (text) => text.replace(/b\nc/, "-\n-"),
    );
    lines.take("a\nb\nc\nd", 1);
    lines.settleAll();
    expect(seen).toEqual(["a", "-", "-", "d"]);
  });
});
