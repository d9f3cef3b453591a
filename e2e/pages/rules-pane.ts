// The Rules pane: the text of a file of rules, when its rules would have fired, and why one did or did not at the playhead.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class RulesPane {
  readonly #app: ShownWindow;
  readonly region: Locator;
  readonly editor: Locator;
  readonly save: Locator;
  readonly file: Locator;
  readonly typos: Locator;
  readonly badges: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.region = app.page.getByRole("region", { name: "Rules", exact: true });
    this.editor = this.region.getByRole("textbox", { name: "Rules" });
    this.save = this.region.getByRole("button", { name: "Save", exact: true });
    this.file = this.region.getByRole("combobox", { name: "File" });
    this.typos = this.region.locator(".cm-lintRange");
    this.badges = this.region.locator(".cm-badge");
  }

  async show(): Promise<void> {
    const { page } = this.#app;
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("Show Rules");
    await page.keyboard.press("Enter");
    await this.region.waitFor();
    await this.#app.whenIdle();
  }

  /** In place of all that is there. */
  async write(text: string): Promise<void> {
    const begin = this.region.getByRole("button", { name: "Write a rule" });
    if (await begin.isVisible()) await begin.click();
    await this.editor.click();
    await this.#app.page.keyboard.press("Control+a");
    // Pasted: typed, brackets would be closed and words completed.
    await this.editor.evaluate((element, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", pasted);
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
    await this.#app.whenIdle();
  }

  /** Some words of the text by others. */
  async change(words: string, others: string): Promise<void> {
    await this.write((await this.text()).replace(words, others));
  }

  async text(): Promise<string> {
    const lines = await this.region.locator(".cm-line").evaluateAll((found) =>
      found.map((line) => {
        const plain = line.cloneNode(true);
        if (plain instanceof Element) for (const badge of plain.querySelectorAll(".cm-badge")) badge.remove();
        return plain.textContent ?? "";
      }),
    );
    return lines.join("\n");
  }

  /** What is proposed for the first word that is underlined. */
  async takeFix(): Promise<void> {
    await this.typos.first().hover();
    await this.region.getByRole("button", { name: /Change to/ }).click();
    await this.#app.whenIdle();
  }

  /** Of the table of the back-test: the cells behind a rule's name. */
  cells(rule: string): Locator {
    return this.region
      .getByRole("region", { name: "Back-test by rule" })
      .getByRole("row")
      .filter({ has: this.#app.page.getByRole("rowheader", { name: rule, exact: true }) })
      .getByRole("cell");
  }

  async under(view: "Back-test" | "At the playhead"): Promise<void> {
    await this.region.getByRole("radio", { name: view }).check({ force: true });
    await this.#app.whenIdle();
  }

  get why(): Locator {
    return this.region.getByRole("region", { name: "Why it did or did not fire at the playhead" });
  }
}
