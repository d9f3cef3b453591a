// The Logs pane: lines of all processes, following the playhead.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class LogsPane {
  readonly #app: ShownWindow;
  readonly region: Locator;
  readonly list: Locator;
  readonly lines: Locator;
  /** The line the playhead stands at or after. */
  readonly current: Locator;
  readonly filter: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.region = app.page.getByRole("region", { name: "Logs" });
    this.list = this.region.getByRole("grid");
    this.lines = this.list.getByRole("row").filter({ has: app.page.locator(".line .time") });
    this.current = this.lines.filter({ has: app.page.locator(".line.current") });
    this.filter = this.region.getByRole("searchbox", { name: "Filter log lines by text" });
  }

  async filterBy(text: string): Promise<void> {
    await this.filter.fill(text);
    await this.#app.page.waitForFunction(
      (wanted) => document.querySelector<HTMLInputElement>("[data-pane=logs] input[type=search]")?.value === wanted,
      text,
    );
    await this.#app.whenIdle();
  }

  /** When a line on screen was written, to the nanosecond. */
  async timeOf(line: Locator): Promise<string> {
    return (await line.locator(".time").getAttribute("title")) ?? "";
  }
}
