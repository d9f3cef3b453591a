// Somebody at the window, whose actions count: each click, each key and each text that is typed is one.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export class Person {
  readonly #app: ShownWindow;
  #actions: string[] = [];

  constructor(app: ShownWindow) {
    this.#app = app;
  }

  /** What was done so far, in order. */
  get actions(): readonly string[] {
    return this.#actions;
  }

  async #did(what: string): Promise<void> {
    this.#actions.push(what);
    await this.#app.whenIdle();
  }

  async click(target: Locator): Promise<void> {
    await target.click();
    await this.#did(`click ${String(target)}`);
  }

  async press(key: string): Promise<void> {
    await this.#app.page.keyboard.press(key);
    await this.#did(`press ${key}`);
  }

  /** Into what has the focus. What is typed counts once typing pauses: `until` says when it has. */
  async type(text: string, until: Locator): Promise<void> {
    await this.#app.page.keyboard.type(text);
    await until.waitFor();
    await this.#did(`type ${text}`);
  }
}
