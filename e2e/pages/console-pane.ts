// The console of a started program, and the form that starts one.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class ConsolePane {
  readonly pane: Locator;
  readonly printed: Locator;
  readonly input: Locator;
  readonly interrupt: Locator;
  readonly stop: Locator;
  readonly restart: Locator;
  readonly command: Locator;
  readonly folder: Locator;

  constructor(readonly app: ShownWindow) {
    const { page } = app;
    this.pane = page.locator('[data-pane="console"]');
    this.printed = this.pane.getByRole("log");
    this.input = this.pane.getByRole("textbox");
    this.interrupt = this.pane.getByRole("button", { name: "Interrupt" });
    this.stop = this.pane.getByRole("button", { name: "Stop" });
    this.restart = this.pane.getByRole("button", { name: "Restart" });
    this.command = page.getByRole("textbox", { name: "Command", exact: true });
    this.folder = page.getByRole("textbox", { name: "Folder", exact: true });
  }

  /** A script that the folder's package.json offers. */
  async useScript(folder: string, script: string): Promise<void> {
    const { page } = this.app;
    await this.folder.fill(folder);
    await page.getByRole("button", { name: /^Scripts of/ }).click();
    await page.getByRole("menuitem", { name: new RegExp(`^${script}:`) }).click();
  }

  async run(): Promise<void> {
    await this.app.page.getByRole("button", { name: "Run", exact: true }).click();
  }

  async type(line: string): Promise<void> {
    await this.input.fill(line);
    await this.input.press("Enter");
  }
}
