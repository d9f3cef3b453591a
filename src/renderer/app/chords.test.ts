import { describe, expect, it } from "vitest";
import { chordOf, chordText, isForControl } from "./chords.js";

const press = (key: string, ...modifiers: ("ctrl" | "meta" | "alt" | "shift")[]) => ({
  key,
  ctrlKey: modifiers.includes("ctrl"),
  metaKey: modifiers.includes("meta"),
  altKey: modifiers.includes("alt"),
  shiftKey: modifiers.includes("shift"),
});

describe("chordOf", () => {
  it("names keys the same on every keyboard", () => {
    const presses = [
      press(" "),
      press("K", "ctrl"),
      press("k", "meta"),
      press("ArrowLeft", "shift"),
      press("W", "shift"),
      press("?", "shift"),
      press("+", "shift"),
      press("F6", "shift"),
      press("ArrowLeft", "alt"),
    ];
    expect(presses.map(chordOf)).toEqual([
      "Space",
      "Ctrl+k",
      "Ctrl+k",
      "Shift+ArrowLeft",
      "Shift+w",
      "?",
      "+",
      "Shift+F6",
      "Alt+ArrowLeft",
    ]);
  });
});

describe("chordText", () => {
  it("is what stands on the keys", () => {
    expect(["Ctrl+k", "Shift+ArrowLeft", "+", "-", "Escape", "g"].map(chordText)).toEqual([
      "Ctrl K",
      "Shift ←",
      "+",
      "−",
      "Esc",
      "g",
    ]);
  });
});

describe("isForControl", () => {
  it("leaves typing to text fields, but not the palette and the panes", () => {
    expect(["g", "Space", "ArrowLeft", "Home"].every((chord) => isForControl(chord, "text"))).toBe(true);
    expect(["Ctrl+k", "Ctrl+2", "F6"].some((chord) => isForControl(chord, "text"))).toBe(false);
  });

  it("leaves Space to a focused button and arrows to a group of choices", () => {
    expect([
      isForControl("Space", "button"),
      isForControl("ArrowLeft", "button"),
      isForControl("ArrowLeft", "choice"),
    ]).toEqual([true, false, true]);
  });

  it("leaves everything to a dialog", () => {
    expect(isForControl("Ctrl+k", "overlay")).toBe(true);
  });
});
