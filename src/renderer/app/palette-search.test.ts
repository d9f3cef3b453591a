import { describe, expect, it } from "vitest";
import type { Command } from "./command.js";
import { searchCommands } from "./palette-search.js";

const commands = ["Step forward", "Go to the start", "Zoom to the selection", "Start the selection here"].map(
  (title): Command => ({ id: title, group: "Time", title, keys: [], run: () => undefined }),
);
const titles = (text: string) => searchCommands(commands, text).map((command) => command.title);

describe("searchCommands", () => {
  it("shows everything for an empty field", () => {
    expect(titles(" ")).toHaveLength(4);
  });

  it("needs every word, in any order", () => {
    expect(titles("selection zo")).toEqual(["Zoom to the selection"]);
    expect(titles("zoom lanes")).toEqual([]);
  });

  it("puts titles that start with the word first", () => {
    expect(titles("start")).toEqual(["Start the selection here", "Go to the start"]);
  });
});
