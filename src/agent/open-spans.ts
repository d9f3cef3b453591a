// The spans that have begun and not ended, for when nobody will see their ends any more: the level was lowered, or Hindcast leaves the
// program.
import type { OpenSpan } from "./record-sink.js";

/** Of more than so many at one time, the rest stay open. */
const most = 10_000;

export class OpenSpans {
  readonly #spans = new Map<number, OpenSpan>();

  add(span: OpenSpan): void {
    if (this.#spans.size < most) this.#spans.set(span.number, span);
  }

  remove(span: OpenSpan): void {
    if (this.#spans.size > 0) this.#spans.delete(span.number);
  }

  /** The latest first: those inside before what they are in. */
  all(): readonly OpenSpan[] {
    return [...this.#spans.values()].reverse();
  }
}
