// Programs that run already: the list of the welcome page, how one of them is attached to, and that it is left again.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class Attaching {
  readonly #app: ShownWindow;
  readonly section: Locator;
  readonly search: Locator;
  readonly programs: Locator;
  readonly dialog: Locator;
  /** Above the panes, while a program is attached to and after it was left. */
  readonly strip: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.section = app.page.getByRole("region", { name: "Attach to a program" });
    this.search = this.section.getByRole("searchbox");
    this.programs = this.section.getByRole("list", { name: "Programs that run" }).getByRole("listitem");
    this.dialog = app.page.getByRole("dialog", { name: /^Attach to / });
    this.strip = app.page.getByRole("region", { name: "Attached program" });
  }

  /** Its row, looked for. */
  async found(pid: number): Promise<Locator> {
    await this.search.fill(String(pid));
    return this.programs.filter({ has: this.#app.page.getByText(String(pid), { exact: true }) });
  }

  /** By the keyboard, as soon as it is listed. */
  async choose(pid: number): Promise<void> {
    await this.search.fill(String(pid));
    await this.programs.getByRole("button", { name: String(pid) }).press("Enter");
    await this.dialog.waitFor();
  }

  async follow(value: string): Promise<void> {
    const field = this.dialog.getByRole("textbox", { name: "Value 1 to follow" });
    if ((await field.count()) === 0) await this.dialog.getByRole("button", { name: "A value" }).press("Enter");
    await field.fill(value);
  }

  async attach(): Promise<void> {
    await this.dialog.getByRole("button", { name: "Attach", exact: true }).press("Enter");
  }

  async detach(): Promise<void> {
    await this.strip.getByRole("button", { name: "Detach" }).press("Enter");
    await this.strip.getByText("Detached from").waitFor();
    await this.#app.whenIdle();
  }
}
