// Dark, light or as the system says; and the tokens' values as plain strings for canvases, which cannot read var().
// `color` and `font` are reactive: a canvas that reads them in an $effect redraws when the theme changes.

import type { Settings, ThemeChoice } from "./settings.svelte.js";

/** Names of colour tokens without the dashes in front, as a canvas may ask for them. */
export type ColorToken =
  | `surface-${"app" | "sunken" | "pane" | "control" | "raised" | "hover" | "active" | "selected"}`
  | `text-${"1" | "2" | "3" | "off" | "on-solid"}`
  | `line-${1 | 2 | 3}`
  | "density"
  | "future"
  | `accent${"" | "-text" | "-tint" | "-wash"}`
  | `playhead${"" | "-text" | "-tint"}`
  | "on-playhead"
  | `${"ok" | "warn" | "degraded" | "critical"}${"" | "-text" | "-tint"}`
  | `cat-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}${"" | "-fill"}`;
export type FontToken = "tick" | "small" | "body" | "title" | "code" | "code-small";

export class Theme {
  readonly #settings: Pick<Settings, "choices" | "change">;
  #systemIsDark = $state(true);
  readonly effective: "dark" | "light" = $derived.by(() => {
    if (this.choice !== "system") return this.choice;
    return this.#systemIsDark ? "dark" : "light";
  });
  readonly #page: Window;
  #cache = new Map<string, string>();
  #cachedFor: string | undefined;

  constructor(page: Window, settings: Pick<Settings, "choices" | "change">) {
    this.#page = page;
    this.#settings = settings;
    const system = page.matchMedia("(prefers-color-scheme: dark)");
    this.#systemIsDark = system.matches;
    system.addEventListener("change", (event) => {
      this.#systemIsDark = event.matches;
    });
    this.#apply();
    $effect.root(() => {
      $effect(() => this.#apply());
    });
  }

  get choice(): ThemeChoice {
    return this.#settings.choices.theme;
  }

  choose(choice: ThemeChoice): void {
    this.#settings.change({ theme: choice });
  }

  toggle(): void {
    this.choose(this.effective === "dark" ? "light" : "dark");
  }

  color(token: ColorToken): string {
    return this.#read(`--${token}`);
  }

  /** A process's or series' own colour; categories repeat after eight. */
  category(category: number, fill = false): string {
    return this.#read(`--cat-${((category - 1 + 8) % 8) + 1}${fill ? "-fill" : ""}`);
  }

  /** As `CanvasRenderingContext2D.font` takes it. */
  font(token: FontToken): string {
    return this.#read(`--type-${token}`);
  }

  #apply(): void {
    this.#page.document.documentElement.dataset["theme"] = this.effective;
  }

  #read(property: string): string {
    const { effective } = this;
    if (this.#cachedFor !== effective) {
      // Whoever draws may come before the effect.
      this.#apply();
      this.#cachedFor = effective;
      this.#cache = new Map();
    }
    const known = this.#cache.get(property);
    if (known !== undefined) return known;
    const value = this.#page.getComputedStyle(this.#page.document.documentElement).getPropertyValue(property).trim();
    this.#cache.set(property, value);
    return value;
  }
}
