// The window as a whole: what a person sees before any recording is open, and how a spec waits for it to be done.
import type { Locator, Page } from "@playwright/test";

export class App {
  readonly openSample: Locator;
  readonly recordDemo: Locator;

  constructor(readonly page: Page) {
    this.openSample = page.getByRole("button", { name: /sample/i });
    this.recordDemo = page.getByRole("button", { name: /demo/i });
  }

  /** Resolves once the window has shown everything it asked the engine for. */
  async whenIdle(): Promise<void> {
    await this.page.locator("[data-idle='true']").waitFor({ state: "attached" });
  }
}
