// The Notes pane: what people wrote about the recording.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class NotesPane {
  readonly #app: ShownWindow;
  readonly region: Locator;
  readonly list: Locator;
  readonly rows: Locator;
  /** Where one writes. */
  readonly words: Locator;
  readonly label: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.region = app.page.getByRole("region", { name: "Notes" });
    this.list = this.region.getByRole("grid");
    this.rows = this.list.getByRole("row");
    this.words = this.region.getByRole("textbox", { name: /^Note on / });
    this.label = this.region.getByRole("combobox", { name: "Label", exact: true });
  }

  /** By the key for it, which brings the pane forward. */
  async write(words: string, label?: string): Promise<void> {
    await this.#app.page.keyboard.press("n");
    await this.words.waitFor();
    if (label !== undefined) await this.label.selectOption(label);
    await this.words.fill(words);
    await this.words.press("Enter");
    await this.row(words).waitFor();
    await this.words.press("Escape");
    await this.#app.whenIdle();
  }

  row(words: string): Locator {
    return this.rows.filter({ hasText: words });
  }
}
