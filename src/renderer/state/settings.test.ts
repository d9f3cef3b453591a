import { describe, expect, it } from "vitest";
import { choicesFrom, firstChoices, mostEditorCommand, Settings } from "./settings.svelte.js";
import { clockText } from "./text.js";
import { shownZone, showZone } from "./zone.svelte.js";
import { zoneMinutesAt } from "./time-scale.js";

function keptIn(items: Map<string, string>) {
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, text: string) => void items.set(key, text),
    removeItem: (key: string) => void items.delete(key),
  };
}

describe("Settings", () => {
  it("are there for the next window", () => {
    const items = new Map<string, string>();
    new Settings(keptIn(items)).change({ level: "metrics", editor: "custom", editorCommand: "zed {file}:{line}" });
    const next = new Settings(keptIn(items));
    expect(next.choices).toEqual({
      ...firstChoices,
      ...{ level: "metrics", editor: "custom", editorCommand: "zed {file}:{line}" },
    });
  });

  it("are the first ones where what was kept makes no sense", () => {
    const kept = {
      ...{ zone: "mars", theme: 1, level: "values", editor: null },
      editorCommand: "x".repeat(mostEditorCommand + 1),
    };
    for (const text of [null, "", "nonsense", "[]", "null", "3", JSON.stringify(kept)])
      expect(choicesFrom(text)).toEqual(firstChoices);
    expect(choicesFrom(JSON.stringify({ ...kept, zone: "utc" }))).toEqual({ ...firstChoices, zone: "utc" });
  });

  it("are reset, and brought back", () => {
    const items = new Map<string, string>();
    const settings = new Settings(keptIn(items));
    settings.change({ theme: "light", zone: "utc" });
    const bringBack = settings.reset();
    expect([settings.choices, settings.areFirst, items.size, shownZone()]).toEqual([firstChoices, true, 0, "local"]);
    bringBack();
    expect(settings.choices).toEqual({ ...firstChoices, theme: "light", zone: "utc" });
    settings.reset();
  });
});

describe("the shown time zone", () => {
  it("is that of every clock, and of what is typed", () => {
    const at = BigInt(Date.UTC(2026, 6, 21, 14, 20, 31)) * 1_000_000n;
    showZone("utc");
    expect([clockText(at, 0), zoneMinutesAt(at)]).toEqual(["14:20:31", 0]);
    showZone("local");
    const minutes = -new Date(2026, 6, 21).getTimezoneOffset();
    expect([clockText(at - BigInt(minutes) * 60_000_000_000n, 0), zoneMinutesAt(at)]).toEqual(["14:20:31", minutes]);
  });
});
