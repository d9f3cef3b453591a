// What can be done to the layout without a pointer: with the pane that has the focus.
import type { PaneKind } from "../panes/registry.js";
import type { Dock } from "../state/dock.svelte.js";
import type { DockSide } from "../state/dock-tree.js";
import type { NamedLayouts } from "../state/named-layouts.svelte.js";
import type { Command } from "./command.js";
import type { Overlays } from "./overlays.svelte.js";
import { focusedPane, showPane } from "./pane-focus.js";

interface LayoutTargets {
  readonly page: Document;
  readonly panes: readonly Pick<PaneKind, "id" | "title">[];
  readonly dock: Dock;
  readonly layouts: NamedLayouts;
  readonly overlays: Overlays;
}

const sides: readonly (readonly [DockSide, string, string])[] = [
  ["left", "left", "ArrowLeft"],
  ["right", "right", "ArrowRight"],
  ["top", "up", "ArrowUp"],
  ["bottom", "down", "ArrowDown"],
];

export function layoutCommands({ page, panes, dock, layouts, overlays }: LayoutTargets): readonly Command[] {
  const group = "View" as const;
  /** What has the focus is moved, and keeps it. */
  const withFocused = (work: (pane: string) => void) => (): void => {
    const pane = focusedPane(page);
    if (pane === undefined || !dock.isOpen(pane)) return;
    work(pane);
    if (dock.isOpen(pane)) void showPane(page, dock, pane);
  };
  return [
    ...sides.map(([side, word, key]) => ({
      id: `push-${side}`,
      group,
      title: `Move this pane ${word}`,
      keys: [`Ctrl+Alt+${key}`],
      run: withFocused((pane) => dock.push(pane, side)),
    })),
    ...sides.map(([side, word, key]) => ({
      id: `split-${side}`,
      group,
      title: `Split this pane off ${word}`,
      keys: [`Ctrl+Alt+Shift+${key}`],
      run: withFocused((pane) => {
        const own = dock.groupOf(pane);
        if (own !== undefined) dock.split(pane, own.id, side);
      }),
    })),
    {
      id: "tab-left",
      group,
      title: "Move this tab to the left",
      keys: ["Ctrl+Shift+ArrowLeft"],
      run: withFocused((pane) => dock.shift(pane, -1)),
    },
    {
      id: "tab-right",
      group,
      title: "Move this tab to the right",
      keys: ["Ctrl+Shift+ArrowRight"],
      run: withFocused((pane) => dock.shift(pane, 1)),
    },
    {
      id: "fill-window",
      group,
      title: dock.maximised === undefined ? "Fill the window with this pane" : "Show every pane again",
      keys: ["m"],
      run: () => {
        const pane = focusedPane(page);
        const own = dock.maximised ?? (pane === undefined ? undefined : dock.groupOf(pane)?.id);
        if (own !== undefined) dock.toggleMaximised(own);
      },
    },
    ...panes
      .filter(({ id }) => dock.isOpen(id))
      .map(({ id, title }) => ({
        id: `close-${id}`,
        group,
        title: `Close ${title}`,
        keys: [],
        run: () => dock.close(id),
      })),
    ...layouts.names.map((name) => ({
      id: `layout ${name}`,
      group,
      title: `Use the layout ${name}`,
      keys: [],
      run: () => layouts.use(name),
    })),
    { id: "layouts", group, title: "Save or change layouts…", keys: [], run: () => overlays.show("layouts") },
    { id: "reset-layout", group, title: "Reset the layout", keys: [], run: () => dock.reset() },
  ];
}
