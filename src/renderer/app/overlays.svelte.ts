// Which dialog is in front of everything; one at a time.
export type Overlay =
  | "palette"
  | "help"
  | "go-to-time"
  | "open-file"
  | "save-copy"
  | "export"
  | "kept-stretches"
  | "capture"
  | "attach"
  | "run"
  | "layouts"
  | "settings";

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
