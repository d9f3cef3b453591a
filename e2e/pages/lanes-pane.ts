// The Lanes pane: spans on a canvas, so a spec acts through the keyboard or at a place and reads the selected span.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class LanesPane {
  readonly region: Locator;
  readonly plot: Locator;
  readonly details: Locator;
  readonly chips: Locator;
  /** Of the selected span's request, a span each. */
  readonly criticalPath: Locator;

  readonly #app: ShownWindow;
  readonly find: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.region = app.page.getByRole("region", { name: "Lanes" });
    this.plot = this.region.getByRole("application");
    this.find = this.region.getByRole("searchbox", { name: "Find spans by name or attribute" });
    this.details = this.region.getByRole("region", { name: "Selected span" });
    this.chips = this.region.getByRole("group", { name: "Filters" });
    this.criticalPath = this.details.getByRole("list", { name: "Critical path of the request" }).getByRole("listitem");
  }

  /** Types it and goes to the first that has it, after the playhead. */
  async findNext(text: string): Promise<void> {
    await this.find.fill(text);
    await this.find.press("Enter");
    await this.#app.whenIdle();
  }

  async filterBy(words: string | RegExp): Promise<void> {
    await this.region.getByRole("button", { name: "Filter spans" }).click();
    await this.#app.page.getByRole("menuitem", { name: words }).click();
    await this.#app.whenIdle();
  }

  /** How many spans the pane says are in view, and how many of them are left out. */
  async counts(): Promise<readonly [shown: number, leftOut: number]> {
    const said = ((await this.region.textContent()) ?? "").replaceAll(/[\u2009\u202f\u00a0]/g, "");
    const [, shown, , leftOut] = /(\d+) spans?(?:, short ones merged)?( · (\d+) left out)?/.exec(said) ?? [];
    return [Number(shown), Number(leftOut ?? 0)];
  }

  async groupBy(words: string): Promise<void> {
    await this.region.getByRole("button", { name: "Groups of spans" }).click();
    await this.#app.page.getByRole("menuitem", { name: words }).click();
    await this.#app.whenIdle();
  }

  /** How many traces the pane shows, and how many it says there are in view. */
  async traces(): Promise<readonly [shown: number, all: number]> {
    const said = ((await this.region.textContent()) ?? "").replaceAll(/[\u2009\u202f\u00a0]/g, "");
    const [, shown, all] = /(\d+) of (\d+) traces?/.exec(said) ?? [];
    return [Number(shown), Number(all)];
  }

  async colourBy(words: string): Promise<void> {
    await this.region.getByRole("button", { name: "Colour of spans" }).click();
    await this.#app.page.getByRole("menuitem", { name: words }).click();
  }

  /** One fact of the selected span, by its name in the details. */
  async fact(name: string): Promise<string> {
    const row = this.details.locator(".row").filter({ has: this.details.page().locator("dt", { hasText: name }) });
    return ((await row.first().locator("dd").textContent()) ?? "").trim();
  }
}
