// The Calls pane: what is under way at the playhead, and the tree.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class CallsPane {
  readonly #app: ShownWindow & { runCommand(words: string): Promise<void> };
  readonly region: Locator;
  /** Of the tree. */
  readonly nodes: Locator;
  /** Of stacks, heads included. */
  readonly frames: Locator;

  constructor(app: ShownWindow & { runCommand(words: string): Promise<void> }) {
    this.#app = app;
    this.region = app.page.getByRole("region", { name: "Calls", exact: true });
    this.nodes = this.region.getByRole("treeitem");
    this.frames = this.region.getByRole("option");
  }

  async show(): Promise<void> {
    const tab = this.#app.page.getByRole("tab", { name: "Calls", exact: true });
    if (!(await tab.isVisible())) return this.#app.runCommand("Show Calls");
    await tab.click();
    await this.#app.whenIdle();
  }

  async ask(view: "At the playhead" | "Tree"): Promise<void> {
    await this.region.getByText(view, { exact: true }).click();
    await this.#app.whenIdle();
  }

  /** The first node of a function. */
  node(name: string): Locator {
    return this.nodes.filter({ has: this.#app.page.getByText(name, { exact: true }) }).first();
  }
}
