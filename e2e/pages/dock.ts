// The layout of the window: groups of tabs, and what a pointer does with them.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class Dock {
  readonly #app: ShownWindow;
  readonly tabs: Locator;
  readonly layoutMenu: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.tabs = app.page.getByRole("tab");
    this.layoutMenu = app.page.getByRole("banner").getByRole("button", { name: "Layout" });
  }

  tab(title: string): Locator {
    return this.#app.page.getByRole("tab", { name: title, exact: true });
  }

  pane(id: string): Locator {
    return this.#app.page.locator(`[data-pane=${id}]`);
  }

  /** `Lanes* Events | State*`: the groups in the order of reading, the tab in front of each with a star. */
  text(): Promise<string> {
    return this.#app.page.evaluate(() =>
      [...document.querySelectorAll("[role=tablist]")]
        .map((list) =>
          [...list.querySelectorAll("[role=tab]")]
            .map((tab) => `${tab.textContent.trim()}${tab.getAttribute("aria-selected") === "true" ? "*" : ""}`)
            .join(" "),
        )
        .join(" | "),
    );
  }

  /** To a point of another pane, as shares of its width and height: [0.5, 0.5] is its middle. */
  async drag(title: string, pane: string, [across, down]: readonly [number, number]): Promise<void> {
    const { mouse } = this.#app.page;
    const from = await this.tab(title).boundingBox();
    const to = await this.pane(pane).boundingBox();
    if (from === null || to === null) throw new Error(`${title} or ${pane} is not on screen`);
    await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await mouse.down();
    await mouse.move(to.x + to.width * across, to.y + to.height * down, { steps: 4 });
    await mouse.up();
    await this.#app.whenIdle();
  }

  /** From the menu at the right end of a group's bar. */
  async choose(inFront: string, item: string): Promise<void> {
    await this.#app.page.getByRole("button", { name: `Menu of ${inFront}` }).click();
    await this.#app.page.getByRole("menuitem", { name: item }).click();
    await this.#app.whenIdle();
  }
}
