// What a page object needs of the window it is part of.
import type { Locator, Page } from "@playwright/test";

export interface ShownWindow {
  readonly page: Page;
  readonly dialog: Locator;
  /** Resolves once the window waits for no answer of the engine and has drawn what it got. */
  whenIdle(): Promise<void>;
}
