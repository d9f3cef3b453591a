// Which dialog is in front of everything; one at a time.
export const overlays = [
  "palette",
  "help",
  "go-to-time",
  "open-file",
  "save-copy",
  "export",
  "kept-stretches",
  "capture",
  "attach",
  "run",
  "layouts",
  "settings",
] as const;
export type Overlay = (typeof overlays)[number];

export class Overlays {
  #shown = $state<Overlay>();

  get shown(): Overlay | undefined {
    return this.#shown;
  }

  show(overlay: Overlay): void {
    this.#shown = overlay;
  }

  close(): void {
    this.#shown = undefined;
  }
}
