// A tab on its way: which pane, and where it would go if it were let go now. A press becomes a drag after a few pixels.
import type { Drop } from "../state/dock-places.js";
import type { Dock } from "../state/dock.svelte.js";

const startsAfterPx = 5;

export class DockDrag {
  readonly #dock: Dock;
  readonly #dropAt: (x: number, y: number) => Drop | undefined;
  #pressed: { readonly pane: string; readonly x: number; readonly y: number } | undefined;
  #drop = $state.raw<Drop>();
  #pane = $state<string>();

  constructor(dock: Dock, dropAt: (x: number, y: number) => Drop | undefined) {
    this.#dock = dock;
    this.#dropAt = dropAt;
  }

  /** While it is being dragged. */
  get pane(): string | undefined {
    return this.#pane;
  }

  get drop(): Drop | undefined {
    return this.#drop;
  }

  press(pane: string, x: number, y: number): void {
    this.#pressed = { pane, x, y };
  }

  move(x: number, y: number): void {
    const pressed = this.#pressed;
    if (pressed === undefined) return;
    if (this.#pane === undefined && Math.hypot(x - pressed.x, y - pressed.y) < startsAfterPx) return;
    this.#pane = pressed.pane;
    this.#drop = this.#dropAt(x, y);
  }

  release(): void {
    const [pane, drop] = [this.#pane, this.#drop];
    this.cancel();
    if (pane !== undefined && drop !== undefined) this.#dock.drop(pane, drop);
  }

  cancel(): void {
    this.#pressed = undefined;
    this.#pane = undefined;
    this.#drop = undefined;
  }
}
