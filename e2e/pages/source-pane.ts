// The Source pane: the text of a file, what stands beside its lines, and the call it is at.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class SourcePane {
  readonly #app: ShownWindow & { runCommand(words: string): Promise<void> };
  readonly region: Locator;
  readonly text: Locator;
  /** The line of the call that it is at. */
  readonly marked: Locator;
  /** With what it was given and what it came to. */
  readonly call: Locator;
  /** Before it threw. */
  readonly writes: Locator;
  /** How often what begins in a line was called, from the top on. */
  readonly counts: Locator;
  readonly files: Locator;

  constructor(app: ShownWindow & { runCommand(words: string): Promise<void> }) {
    this.#app = app;
    this.region = app.page.getByRole("region", { name: "Source", exact: true });
    this.text = this.region.getByRole("textbox", { name: /^Source of / });
    this.marked = this.region.locator(".cm-marked");
    this.call = this.region.getByRole("region", { name: "The call" });
    this.writes = this.region.getByRole("region", { name: "Written before it threw" }).getByRole("button");
    this.counts = this.region.locator(".cm-counts .cm-gutterElement span");
    this.files = this.region.getByRole("option");
  }

  async show(): Promise<void> {
    const tab = this.#app.page.getByRole("tab", { name: "Source", exact: true });
    if (!(await tab.isVisible())) return this.#app.runCommand("Show Source");
    await tab.click();
    await this.#app.whenIdle();
  }
}
