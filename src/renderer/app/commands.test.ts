// What can be done is found by its name in the palette and by its key on the help sheet.
import { describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.js";
import type { shellCommand } from "../../shared/protocol/shell-calls.js";
import { Dock } from "../state/dock.svelte.js";
import { Editor } from "../state/editor.svelte.js";
import { summaryOf, testEngine } from "../state/engine.test-support.js";
import { NamedLayouts } from "../state/named-layouts.svelte.js";
import { Session } from "../state/session.svelte.js";
import { Settings } from "../state/settings.svelte.js";
import { Toasts } from "../state/toasts.svelte.js";
import { commandsFor } from "./commands.js";
import { Overlays, overlays as allOverlays } from "./overlays.svelte.js";
import { paneKeys } from "./pane-keys.js";

const panes = [
  { id: "lanes", title: "Lanes", beside: "lanes", isOpen: true },
  { id: "logs", title: "Logs", beside: "lanes", isOpen: true },
  { id: "notes", title: "Notes", beside: "logs", isOpen: false },
];

function nothingKept() {
  return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
}

/** Of a window that shows a live recording, and what each command brings to the front. */
async function shownWindow() {
  const engine = testEngine({
    "recording.open": () => Promise.resolve(ok({ ...summaryOf(10, "live"), limits: { maxBytes: 1e9 } })),
  });
  const toasts = new Toasts();
  const session = new Session(engine.link, toasts, { storage: nothingKept() });
  await session.open("/a.hindcast");
  const kept = nothingKept();
  const dock = new Dock(kept, panes);
  const overlays = new Overlays();
  const settings = new Settings(kept);
  const opened = new Set<string>();
  const opens = (overlay: (typeof allOverlays)[number]) => () => void opened.add(overlay);
  const later = (overlay: (typeof allOverlays)[number]) => () => Promise.resolve(opens(overlay)());
  const commands = commandsFor({
    page: { querySelector: () => null, querySelectorAll: () => [], activeElement: null } as unknown as Document,
    session,
    theme: { effective: "dark", toggle: () => undefined, choose: () => undefined } as never,
    panes,
    dock,
    layouts: new NamedLayouts(kept, dock),
    overlays,
    toasts,
    saveCopy: { start: later("save-copy") },
    exporting: { start: later("export") },
    keepStretch: { start: () => undefined, list: opens("kept-stretches") },
    capture: { start: opens("capture") },
    attach: { start: opens("attach") },
    editor: new Editor(settings, toasts),
    openFile: opens("open-file"),
  });
  return { commands, overlays, opened };
}

describe("commandsFor", () => {
  it("has one entry for whatever can be done, under a name and a key of its own", async () => {
    const { commands } = await shownWindow();
    const ids = commands.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(commands.filter(({ title }) => title.trim() === "")).toEqual([]);
    const chords = commands.flatMap(({ keys }) => keys);
    expect(chords.filter((chord, at) => chords.indexOf(chord) !== at)).toEqual([]);
    for (const { id } of panes) expect(ids).toContain(`focus-${id}`);
  });

  it("leads to every dialog, and does all that the desktop app's menu does", async () => {
    const { commands, overlays, opened } = await shownWindow();
    const harmless = ["palette", "help", "go-to-time", "kept-stretches", "save-copy", "export", "capture", "attach"];
    for (const { id, run } of commands.filter(({ id: one }) =>
      [...harmless, "run", "layouts", "settings", "open"].includes(one),
    )) {
      run();
      opened.add(overlays.shown ?? "");
      expect(id).not.toBe("");
    }
    expect(allOverlays.filter((overlay) => !opened.has(overlay))).toEqual([]);
    const ofMenu: Readonly<Record<(typeof shellCommand.options)[number]["entries"]["kind"]["literal"], string>> = {
      ...{ open: "open", "show-welcome": "close", "record-demo": "demo", "save-copy": "save-copy" },
      ...{ export: "export", attach: "attach", settings: "settings" },
    };
    const ids = new Set(commands.map(({ id }) => id));
    expect(Object.values(ofMenu).filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe("the help sheet", () => {
  it("has every key that some part of the window answers to", async () => {
    const { commands } = await shownWindow();
    const sheet = [...commands, ...paneKeys.flatMap(({ keys }) => keys)].flatMap(({ keys }) => keys);
    const known = new Set(sheet.map((chord) => chord.split(/\+(?=.)/).at(-1)));
    const sources = import.meta.glob<string>(["../{panes,timeline,widgets,app}/**/*.{svelte,ts}", "!../**/*.test.ts"], {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const answered = Object.values(sources).flatMap((source) =>
      [...source.matchAll(/\bkey === "([A-Z]\w+|[a-z0-9])"/g)].map(([, key]) => key ?? ""),
    );
    expect(answered.length).toBeGreaterThan(20);
    expect([...new Set(answered)].filter((key) => !known.has(key))).toEqual([]);
  });

  it("names the keys of State as its menu does", () => {
    const [menu] = Object.values(
      import.meta.glob<string>("../panes/state/StateTree.svelte", { query: "?raw", import: "default", eager: true }),
    );
    const named = [...(menu ?? "").matchAll(/keys: "([^"]+)"/g)].map(([, keys]) =>
      keys?.replace(" ", "+").toLowerCase(),
    );
    const onSheet =
      paneKeys.find(({ where }) => where === "On a value in State")?.keys.flatMap(({ keys }) => keys) ?? [];
    expect([...new Set(named)].sort()).toEqual(onSheet.map((key) => key.toLowerCase()).sort());
  });
});
