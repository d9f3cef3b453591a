// Keyboard focus by pane. Panes are the elements with `data-pane`; the page's order is theirs.

const groupSelector = "[data-pane]";

const groups = (page: Document): HTMLElement[] => [...page.querySelectorAll<HTMLElement>(groupSelector)];

/** The pane that has the focus, by its name. */
export function focusedPane(page: Document): string | undefined {
  return page.activeElement?.closest<HTMLElement>(groupSelector)?.dataset["pane"];
}

/** Focuses a pane by name: its list or tree where it has one, so that arrows work at once, else its frame. */
export function focusPane(page: Document, pane: string): void {
  const group = groups(page).find((one) => one.dataset["pane"] === pane);
  if (group !== undefined) focusInside(group);
}

/** F6: the next group after the focused one, around the window. */
export function focusNextGroup(page: Document, step: 1 | -1): void {
  const all = groups(page);
  const current = page.activeElement?.closest<HTMLElement>(groupSelector);
  const index = current === null || current === undefined ? -1 : all.indexOf(current);
  const next = all.at((index + step + all.length) % all.length);
  if (next !== undefined) focusInside(next);
}

function focusInside(group: HTMLElement): void {
  const first =
    group.querySelector<HTMLElement>("[role='listbox'], [role='tree'], [role='grid'], [data-first-focus]") ?? group;
  first.focus();
}
