import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { StatusLine, type StatusStream, progressText } from "./status-line.js";

/** A line on a stream of the test's, on a clock of the test's; `\r\u001b[K` is shown as `|`. */
function lineOn({ isTTY, columns }: { readonly isTTY: boolean; readonly columns?: number }) {
  const bytes = new PassThrough();
  const stream: StatusStream = Object.assign(bytes, { isTTY, columns });
  let nowMs = 0;
  const status = new StatusLine(stream, () => nowMs);
  const pass = (ms: number): void => {
    nowMs += ms;
    status.draw();
  };
  const written = (): string => ((bytes.read() as Buffer | null)?.toString() ?? "").replaceAll("\r\u001b[K", "|");
  return { status, pass, written };
}

describe("the status line", () => {
  it("comes after half a second, follows the progress, gives way, and is gone in the end", () => {
    const { status, pass, written } = lineOn({ isTTY: true });
    status.say("Reading events");
    pass(499);
    expect(written()).toBe("");
    pass(1);
    expect(written()).toBe("|Reading events   Ctrl+C stops it");
    status.tell({ done: 1200, total: 2850, unit: "rows" });
    pass(100);
    expect(written()).toBe("|Reading events: 42 % (1,200 of 2,850 rows)   Ctrl+C stops it");
    pass(100);
    expect(written()).toBe("");
    status.giveWay();
    status.giveWay();
    expect(written()).toBe("|");
    status.say("Reading log lines");
    status.tell({ phase: "Bringing it to format 4", done: 0.5, total: 1, unit: "share" });
    pass(1);
    expect(written()).toBe("|Bringing it to format 4: 50 %   Ctrl+C stops it");
    status.end();
    expect(written()).toBe("|");
    pass(1000);
    expect(written()).toBe("");
  });

  it("says how much of a list is printed rather than how far one page is", () => {
    const { status, pass, written } = lineOn({ isTTY: true });
    status.say("Reading events");
    status.tellListed({ done: 10_000, total: 40_000, unit: "rows" });
    status.tell({ done: 1, total: 1, unit: "share" });
    pass(500);
    expect(written()).toContain("25 % (10,000 of 40,000 rows)");
    status.end();
  });

  it("is no longer than the terminal is wide, and steers it nowhere", () => {
    const { status, pass, written } = lineOn({ isTTY: true, columns: 12 });
    status.say("a\u001b[2J\nb and much more");
    pass(500);
    expect(written()).toBe("|a\ufffd[2J\ufffdb and");
    status.end();
  });

  it("is not where standard error is no terminal", () => {
    const { status, pass, written } = lineOn({ isTTY: false });
    status.say("Reading events");
    pass(5000);
    expect(written()).toBe("");
    status.end();
  });
});

it("tells a progress in words", () => {
  expect([
    progressText({ done: 0, unit: "bytes" }),
    progressText({ done: 1500, unit: "rows" }),
    progressText({ done: 1, total: 3, unit: "share" }),
    progressText({ done: 2 ** 20, total: 2 ** 30, unit: "bytes" }),
  ]).toEqual(["", "1,500 rows", "33 %", "0 % (1.0 MB of 1073.7 MB)"]);
});
