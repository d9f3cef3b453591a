// The State pane: the tree of one tracked value at the playhead, its diff, and the history of the selected value.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export interface ShownRow {
  readonly path: string;
  readonly value: string;
  readonly isChanged: boolean;
}

export class StatePane {
  readonly #app: ShownWindow;
  readonly region: Locator;
  /** Which tracked value is shown. */
  readonly scope: Locator;
  readonly tree: Locator;
  /** The write that made the value what it is: badge, path and new value. */
  readonly lastWrite: Locator;
  readonly history: Locator;
  readonly writes: Locator;
  readonly changes: Locator;
  readonly compared: Locator;
  readonly comparedTime: Locator;
  readonly filter: Locator;
  /** What the filter leaves. */
  readonly found: Locator;
  /** When a condition that is looked for came true. */
  readonly firstTime: Locator;
  readonly selected: Locator;
  readonly watched: Locator;
  /** Of the watched value. */
  readonly lane: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.region = app.page.getByRole("region", { name: "State" });
    this.scope = this.region.getByRole("combobox", { name: "Scope of state" });
    this.tree = this.region.getByRole("tree");
    this.lastWrite = this.region.locator(".bar button.write");
    this.history = this.region.getByRole("region", { name: "History of the selected value" });
    this.writes = this.history.getByRole("option");
    this.changes = this.region.getByRole("listbox", { name: "Changes" }).getByRole("option");
    this.compared = this.region.getByRole("combobox", { name: "What is compared" });
    this.comparedTime = this.region.getByRole("textbox", { name: "Time to compare with" });
    this.filter = this.region.getByRole("searchbox", { name: "Filter keys and values" });
    this.found = this.region.getByRole("listbox", { name: "Values found" }).getByRole("option");
    this.firstTime = this.region.getByRole("button", { name: /^First time/ });
    this.selected = this.tree.getByRole("treeitem", { selected: true });
    this.watched = this.region.getByRole("list", { name: "Watched values" }).getByRole("listitem");
    this.lane = this.watched.locator(".lane");
  }

  row(path: string): Locator {
    return this.tree.getByRole("treeitem").filter({ has: this.#app.page.locator(`.key[title='${path}']`) });
  }

  /** The rows on screen. A value that changed at the playhead shows the old one too; this is the new one. */
  rows(): Promise<readonly ShownRow[]> {
    return this.tree.getByRole("treeitem").evaluateAll((items) =>
      items.map((item) => ({
        path: item.querySelector(".key")?.getAttribute("title") ?? "",
        value: (item.querySelector(".values .new") ?? item.querySelector(".values"))?.textContent.trim() ?? "",
        isChanged: item.querySelector(".changed") !== null,
      })),
    );
  }

  async expand(path: string): Promise<void> {
    const row = this.row(path);
    if ((await row.getAttribute("aria-expanded")) === "false") await row.locator(".twist").click();
    await this.#app.whenIdle();
  }

  async select(path: string): Promise<void> {
    await this.row(path).click();
    await this.#app.whenIdle();
  }

  async show(tab: "Tree" | "Diff"): Promise<void> {
    await this.region.getByRole("radio", { name: tab }).check({ force: true });
    await this.#app.whenIdle();
  }

  /** Row `index` of the history, newest first: where it was written and what. */
  async write(index: number): Promise<{ readonly time: string; readonly value: string; readonly place: string }> {
    const row = this.writes.nth(index);
    return {
      time: (await row.locator(".time").getAttribute("title")) ?? "",
      value: (await row.locator(".value").textContent()) ?? "",
      place: (await row.locator(".place").textContent()) ?? "",
    };
  }
}
