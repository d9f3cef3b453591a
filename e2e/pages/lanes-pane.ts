// The Lanes pane: spans on a canvas, so a spec acts through the keyboard or at a place and reads the selected span.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class LanesPane {
  readonly region: Locator;
  readonly plot: Locator;
  readonly details: Locator;

  constructor(app: ShownWindow) {
    this.region = app.page.getByRole("region", { name: "Lanes" });
    this.plot = this.region.getByRole("application");
    this.details = this.region.getByRole("region", { name: "Selected span" });
  }

  /** One fact of the selected span, by its name in the details. */
  async fact(name: string): Promise<string> {
    const row = this.details.locator(".row").filter({ has: this.details.page().locator("dt", { hasText: name }) });
    return (await row.first().locator("dd").textContent()) ?? "";
  }
}
