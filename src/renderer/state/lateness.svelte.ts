// Whether what a pane shows belongs to a place the playhead has left for longer than a blink. While answers keep up with
// a drag the pane is behind by a few frames: that is no lie worth a mark, and one that comes and goes several times a second only flickers.
import { Alarm } from "./alarm.js";

const blinkMs = 200;

export class Lateness {
  #isLate = $state(false);
  /** When the place that is shown was left; undefined while it is the playhead's. */
  #leftMs: number | undefined;
  readonly #blink = new Alarm(() => (this.#isLate = true));

  get isLate(): boolean {
    return this.#isLate;
  }

  /** Call from an effect and give it what is returned: `askedMs` is when the answer on screen was asked for. */
  watch(isCurrent: boolean, askedMs: number): (() => void) | undefined {
    if (isCurrent) {
      this.#leftMs = undefined;
      this.#isLate = false;
      return undefined;
    }
    const nowMs = performance.now();
    this.#leftMs = Math.max(this.#leftMs ?? nowMs, askedMs);
    const inMs = this.#leftMs + blinkMs - nowMs;
    this.#isLate = inMs <= 0;
    if (inMs <= 0) return undefined;
    this.#blink.ringAt(this.#leftMs + blinkMs);
    return () => this.#blink.stop();
  }
}
