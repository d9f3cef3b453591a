// The window as a whole: what a person sees before any recording is open, and how a spec waits for it to be done.
import type { Locator, Page } from "@playwright/test";

export class App {
  readonly welcome: Locator;
  readonly recordDemo: Locator;
  readonly samples: Locator;

  constructor(readonly page: Page) {
    this.welcome = page.getByRole("main", { name: "Welcome" });
    this.recordDemo = page.getByRole("button", { name: "Record the demo" });
    this.samples = page.getByRole("button", { name: /^Open the sample / });
  }

  /** Resolves once the window waits for no answer of the engine and has drawn what it got. */
  async whenIdle(): Promise<void> {
    await this.page.waitForFunction(() => "hindcastIdle" in window);
    await this.page.evaluate(async () => {
      if ("hindcastIdle" in window && typeof window.hindcastIdle === "function") await window.hindcastIdle();
    });
  }
}
