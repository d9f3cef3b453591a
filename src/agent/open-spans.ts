// The spans that have begun and not ended, for when nobody will see their ends any more: the level was lowered, or Hindcast leaves the
// program. And those whose ends nobody saw, because they were in a pause.
import type { OpenSpan } from "./record-sink.js";

/** Of more than so many at one time, the rest stay open. */
const most = 10_000;

export class OpenSpans {
  readonly #spans = new Map<number, OpenSpan>();
  /** Those of them that went on when the pause began, which goes on. */
  #beforePause: Set<OpenSpan> | undefined;
  #endedInPause: OpenSpan[] = [];

  add(span: OpenSpan): void {
    if (this.#spans.size < most) this.#spans.set(span.number, span);
  }

  remove(span: OpenSpan): void {
    if (this.#spans.size > 0) this.#spans.delete(span.number);
    if (this.#beforePause?.delete(span) === true) this.#endedInPause.push(span);
  }

  /** `isRecorded`: whether it was recorded that one of them began. */
  pause(isRecorded: (span: OpenSpan) => boolean): void {
    this.#beforePause = new Set([...this.#spans.values()].filter(isRecorded));
  }

  /** The pause is over: those that were there when it began and are not any more, in the order of their ends. */
  goOn(): readonly OpenSpan[] {
    const ended = this.#endedInPause;
    this.#beforePause = undefined;
    this.#endedInPause = [];
    return ended;
  }

  /** The latest first: those inside before what they are in. */
  all(): readonly OpenSpan[] {
    return [...this.#spans.values()].reverse();
  }
}
