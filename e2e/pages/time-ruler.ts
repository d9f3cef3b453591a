// The ruler at the bottom: where the playhead is, and the ways to move it.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

const thinSpace = "\u2009";

/** An instant as the window writes it: `14:20:31.642 318 204` on this machine's clock, which the browser shares. */
export function clockTextOf(instant: bigint): string {
  const date = new Date(Number(instant / 1_000_000n));
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0"));
  const fraction = String(instant % 1_000_000_000n)
    .padStart(9, "0")
    .replace(/(\d{3})(?=\d)/g, `$1${thinSpace}`);
  return `${clock.join(":")}.${fraction}`;
}

/** Of the line that stands for the playhead in a region. */
export async function placeOfPlayhead(region: Locator): Promise<{ readonly x: number; readonly y: number }> {
  const plot = region.locator("[data-playhead]");
  const box = await plot.boundingBox();
  // Drawn in this order: its cap, the line, the veil over what comes later.
  const drawnAt = await plot.evaluate((element) => getComputedStyle(element).backgroundPositionX.split(", ")[1] ?? "");
  if (box === null) throw new Error("the playhead is not in view");
  return { x: box.x + Number.parseFloat(drawnAt), y: box.y };
}

export class TimeRuler {
  readonly #app: ShownWindow;
  readonly region: Locator;
  /** Where the playhead is, to the nanosecond. */
  readonly now: Locator;
  readonly fromStart: Locator;
  readonly slider: Locator;
  /** What the last step arrived at. */
  readonly outcome: Locator;

  /** The marks in view, for screen readers. */
  readonly marks: Locator;
  /** Marks of the ruler where records are missing; their names say how many and why. */
  readonly gaps: Locator;
  /** Those where the oldest made room. */
  readonly evicted: Locator;
  /** Stretches of which nothing is evicted, by their labels. */
  readonly kept: Locator;

  constructor(app: ShownWindow) {
    this.#app = app;
    this.region = app.page.getByRole("region", { name: "Time" });
    this.now = app.page.getByTestId("playhead-time");
    this.fromStart = this.region.getByText(/from start$/);
    this.slider = this.region.getByRole("slider", { name: "Playhead" });
    this.marks = this.region.getByRole("table", { name: "Marks on the time line" });
    this.gaps = this.region.getByRole("button", { name: /lost here|may be missing here/ });
    this.evicted = this.region.getByRole("button", { name: /evicted here/ });
    this.kept = this.region.getByRole("button", { name: /^Kept: / });
    this.outcome = this.region.getByRole("status");
  }

  /** `g`, the words, Enter. */
  async goTo(words: string): Promise<void> {
    await this.#app.page.keyboard.press("g");
    await this.#app.dialog.getByRole("textbox").fill(words);
    await this.#app.page.keyboard.press("Enter");
    await this.#app.dialog.waitFor({ state: "detached" });
    await this.#app.whenIdle();
  }

  async step(direction: "back" | "forward"): Promise<void> {
    await this.region.getByRole("button", { name: `Step ${direction}` }).click();
    await this.#app.whenIdle();
  }

  async stepBy(kind: "Event" | "Write"): Promise<void> {
    await this.region.getByRole("radio", { name: kind }).check({ force: true });
  }

  /** Drags the playhead over the track, from one share of its width to another. */
  async scrub(from: number, to: number): Promise<void> {
    const box = await this.slider.boundingBox();
    if (box === null) throw new Error("the track is not on screen");
    const { mouse } = this.#app.page;
    const y = box.y + 20;
    await mouse.move(box.x + box.width * from, y);
    await mouse.down();
    await mouse.move(box.x + box.width * to, y, { steps: 8 });
    await mouse.up();
    await this.#app.whenIdle();
  }
}
