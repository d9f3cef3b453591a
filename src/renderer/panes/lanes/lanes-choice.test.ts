import { describe, expect, it } from "vitest";
import { firstLanes } from "../../state/lanes-place.js";
import { Selection } from "../../state/selection.svelte.js";
import { LanesChoice } from "./lanes-choice.js";

function keptTexts() {
  const texts = new Map<string, string>();
  return {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  };
}

describe("LanesChoice", () => {
  it("is what was chosen last, in any recording", () => {
    const kept = keptTexts();
    expect(new LanesChoice(new Selection(), kept).place).toEqual(firstLanes);
    new LanesChoice(new Selection(), kept).choose({ grouping: "longest" });
    new LanesChoice(new Selection(), kept).choose({ colouring: "kind" });
    expect(new LanesChoice(new Selection(), kept).place).toEqual({ grouping: "longest", colouring: "kind" });
  });

  it("is what an address says, whatever was chosen, and what is no choice is none", () => {
    const kept = keptTexts();
    kept.setItem("hindcast.lanes", "lanes-by=newest");
    const selection = new Selection();
    selection.showLanes({ grouping: "service", colouring: "status" });
    expect(new LanesChoice(selection, kept).place).toEqual({ grouping: "service", colouring: "status" });
    kept.setItem("hindcast.lanes", "lanes-by=oldest&lanes-colour=%");
    expect(new LanesChoice(new Selection(), kept).place).toEqual(firstLanes);
  });
});
