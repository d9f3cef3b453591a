// Spans that are recorded only if they take long enough. Their beginning is held back until that is known, or something refers to
// them: what is recorded inside, another process, a stage that holds no more. So nothing hangs on a span that is not there.
import type { OpenSpan } from "../record-sink.js";
import type { SpanStatus } from "../../shared/trace/attributes.js";
import { type Hold, codeOf } from "./account.js";

interface Held {
  readonly hold: Hold;
  readonly startMs: number;
  readonly record: () => void;
}

/** Beyond them the oldest is recorded. */
const mostHeld = 4096;
const span = codeOf("span");

export class HeldSpans {
  /** Oldest first. */
  readonly #held = new Map<OpenSpan, Held>();

  /** `record` writes down that it began, then. */
  hold(of: OpenSpan, hold: Hold, startMs: number, record: () => void): void {
    if (this.#held.size >= mostHeld) for (const [oldest] of this.#held) if (this.release(oldest)) break;
    this.#held.set(of, { hold, startMs, record });
  }

  /** It is not recorded, so far, that it began. */
  has(of: OpenSpan): boolean {
    return this.#held.has(of);
  }

  /** Something refers to it, or to what is left out below it: it is recorded. */
  release(of: OpenSpan): boolean {
    const { handling } = of;
    if (handling?.kind === "left-out") return handling.hangsOn.kind === "local" && this.release(handling.hangsOn.span);
    const held = this.#held.get(of);
    if (held === undefined) return false;
    this.#held.delete(of);
    held.record();
    return true;
  }

  /** It has ended: whether that was too soon to be recorded. One that failed, or that others were told of, is recorded. */
  leavesOut(of: OpenSpan, status: SpanStatus, endMs: number): boolean {
    const held = this.#held.get(of);
    if (held === undefined) return false;
    const isShort = endMs - held.startMs < held.hold.leastMs;
    if (!isShort || status === "error" || of.isTold === true) {
      this.release(of);
      return false;
    }
    this.#held.delete(of);
    held.hold.account.count(span);
    return true;
  }

  /** Asked from time to time: those that are long enough already are there while they go on. */
  look(nowMs: number, all: boolean): void {
    for (const [of, { startMs, hold }] of this.#held) if (all || nowMs - startMs >= hold.leastMs) this.release(of);
  }
}
