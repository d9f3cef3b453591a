// The Correlation pane: what goes with a series, what changed, who calls whom, what carries an id.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class CorrelationPane {
  readonly #app: ShownWindow;
  readonly tab: Locator;
  readonly region: Locator;
  /** Rows of the list that is shown. */
  readonly rows: Locator;
  readonly detail: Locator;
  readonly services: Locator;
  readonly calls: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.tab = app.page.getByRole("tab", { name: "Correlation" });
    this.region = app.page.getByRole("region", { name: "Correlation" });
    this.rows = this.region.getByRole("option").filter({ has: app.page.locator(".row") });
    this.detail = this.region.locator("section.detail");
    this.services = this.region.getByRole("group", { name: /^Services and what they call/ }).getByRole("button");
    this.calls = this.region.getByRole("table", { name: "Calls between services" }).getByRole("row");
  }

  question(name: "Changed" | "Grows"): Locator {
    return this.region.getByText(name, { exact: true });
  }

  async open(question: "Goes with" | "Changed" | "Grows" | "Services" | "Id"): Promise<void> {
    await this.tab.click();
    await this.region.getByRole("radio", { name: question, exact: true }).check({ force: true });
    await this.#app.whenIdle();
  }

  /** By the name of the metric as the list has it. */
  async compareWith(process: RegExp, alias: string): Promise<void> {
    const select = this.region.getByLabel("Series that others are compared with");
    const group = select.locator("optgroup").filter({ hasText: alias });
    const labels = await group.evaluateAll((groups) => groups.map((one) => one.getAttribute("label") ?? ""));
    const at = labels.findIndex((label) => process.test(label));
    const value = await group.nth(at).locator("option").filter({ hasText: alias }).first().getAttribute("value");
    await select.selectOption(value ?? "");
    await this.#app.whenIdle();
  }

  async lookFor(id: string): Promise<void> {
    const field = this.region.getByLabel("Id to look for");
    await field.fill(id);
    await field.press("Enter");
    await this.#app.whenIdle();
  }
}
