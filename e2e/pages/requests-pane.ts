// The Requests pane: routes, the requests of one, one request.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class RequestsPane {
  readonly #app: ShownWindow;
  readonly tab: Locator;
  readonly region: Locator;
  readonly rows: Locator;
  /** What the time of the request went to, the most first. */
  readonly shares: Locator;
  readonly spans: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.tab = app.page.getByRole("tab", { name: "Requests" });
    this.region = app.page.getByRole("region", { name: "Requests" });
    this.rows = this.region.getByRole("row");
    this.shares = this.rows.filter({ has: app.page.locator(".share") });
    this.spans = this.rows.filter({ has: app.page.locator(".span .plot") });
  }

  /** The first row with all of these texts. */
  row(...texts: readonly string[]): Locator {
    return texts.reduce((rows, hasText) => rows.filter({ hasText }), this.rows).first();
  }

  async choose(label: string, choice: string): Promise<void> {
    await this.region.getByLabel(label).selectOption({ label: choice });
    await this.#app.whenIdle();
  }

  /** Names of routes, or durations of requests, as they stand below each other. */
  async texts(part: string): Promise<readonly string[]> {
    return (await this.rows.locator(part).allTextContents()).map((text) => text.trim());
  }
}
