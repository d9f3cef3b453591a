// Keyboard focus by pane. Panes are the elements with `data-pane`; the page's order is theirs.
import { tick } from "svelte";
import type { Dock } from "../state/dock.svelte.js";

const groupSelector = "[data-pane]";

const isSeen = (element: HTMLElement): boolean => element.checkVisibility({ visibilityProperty: true });
const groups = (page: Document): HTMLElement[] => [...page.querySelectorAll<HTMLElement>(groupSelector)].filter(isSeen);

/** The pane that has the focus, or whose tab has it, by its name. */
export function focusedPane(page: Document): string | undefined {
  const inPane = page.activeElement?.closest<HTMLElement>(groupSelector)?.dataset["pane"];
  return inPane ?? page.activeElement?.closest<HTMLElement>("[data-tabs-of]")?.dataset["tabsOf"];
}

/** Brings a pane forward, opening it where it is closed, and focuses it. */
export async function showPane(page: Document, dock: Dock, pane: string): Promise<void> {
  dock.show(pane);
  await tick();
  focusPane(page, pane);
}

/** Focuses a pane by name: its list or tree where it has one, so that arrows work at once, else its frame. */
function focusPane(page: Document, pane: string): void {
  const group = groups(page).find((one) => one.dataset["pane"] === pane);
  if (group !== undefined) focusInside(group);
}

/** F6: the next group after the focused one, around the window. */
export function focusNextGroup(page: Document, step: 1 | -1): void {
  const all = groups(page);
  const current = focusedPane(page);
  const index = all.findIndex((one) => one.dataset["pane"] === current);
  const next = all.at((index + step + all.length) % all.length);
  if (next !== undefined) focusInside(next);
}

function focusInside(group: HTMLElement): void {
  const first =
    group.querySelector<HTMLElement>("[role='listbox'], [role='tree'], [role='grid'], [data-first-focus]") ?? group;
  first.focus();
}
