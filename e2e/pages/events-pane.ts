// The Events pane: events of programs, marks, stops of threads.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class EventsPane {
  readonly tab: Locator;
  readonly region: Locator;
  readonly list: Locator;
  readonly lines: Locator;
  readonly filter: Locator;
  readonly chips: Locator;

  constructor(app: ShownWindow) {
    this.tab = app.page.getByRole("tab", { name: "Events" });
    this.region = app.page.getByRole("region", { name: "Events" });
    this.list = this.region.getByRole("grid");
    this.lines = this.list.getByRole("row").filter({ has: app.page.locator(".line .time") });
    this.filter = this.region.getByRole("searchbox", { name: "Filter events by text" });
    this.chips = this.region.getByRole("group", { name: "Filters" });
  }
}
