import { describe, expect, it } from "vitest";
import { type ConsoleEntry, ConsoleText } from "./console-text.js";

const said = (entries: readonly ConsoleEntry[]): string =>
  entries.map(({ stream, text }) => `${stream}:${text}`).join("|");

describe("ConsoleText", () => {
  it("keeps what came in its order, small pieces of one stream together", () => {
    const text = new ConsoleText();
    text.add("out", "a");
    text.add("out", "b\n");
    text.add("err", "c\n");
    text.add("out", "d\n");
    const part = text.read(0);
    expect(said(part.entries)).toBe("out:ab\n|err:c\n|out:d\n");
    expect(part).toMatchObject({ next: 7, dropped: 0, isMore: false });
  });

  it("answers what is behind a place, also in the middle of a piece that has grown since", () => {
    const text = new ConsoleText();
    text.add("out", "ab");
    const { next } = text.read(0);
    text.add("out", "cd");
    text.add("err", "e");
    expect(said(text.read(next).entries)).toBe("out:cd|err:e");
    expect(text.read(5)).toEqual({ entries: [], next: 5, dropped: 0, isMore: false });
    expect(text.read(900)).toEqual({ entries: [], next: 5, dropped: 0, isMore: false });
  });

  it("keeps the newest when there is more than it has room for, and says how much is gone", () => {
    const text = new ConsoleText(100);
    for (let n = 0; n < 100; n++) text.add(n % 2 === 0 ? "out" : "err", "x".repeat(10));
    const part = text.read(0);
    expect(part.entries).toHaveLength(10);
    expect(part).toMatchObject({ dropped: 900, next: 1000 });
    expect(text.read(995)).toMatchObject({ dropped: 0, entries: [{ stream: "err", text: "xxxxx" }] });
  });

  it("answers long texts in parts that are whole when put together", () => {
    const text = new ConsoleText(1_000_000, 10_000);
    const long = Array.from({ length: 30_000 }, (_, n) => String.fromCharCode(97 + (n % 26))).join("");
    text.add("out", long.slice(0, 15_000));
    text.add("err", "!");
    text.add("out", long.slice(15_000));
    let [read, after, isMore] = ["", 0, true];
    for (let asked = 0; isMore && asked < 10; asked++) {
      const part = text.read(after);
      read += part.entries.map((entry) => entry.text).join("");
      [after, isMore] = [part.next, part.isMore];
    }
    expect(read).toBe(`${long.slice(0, 15_000)}!${long.slice(15_000)}`);
  });
});
