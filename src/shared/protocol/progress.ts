// How far a call is, as it crosses the boundary. Of what it tells that is sent which is worth it: not before it has lasted a
// while, not too often, nothing that goes back, and in the end that all of it is done.
import * as v from "valibot";
import { type CallProgress, type Progress, progressUnits, shareOf } from "../base/asker.js";

const progressEveryMs = 100;
const longestPhase = 120;
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));

export const callProgress = v.object({
  phase: v.optional(v.pipe(v.string(), v.maxLength(longestPhase))),
  done: amount,
  total: v.optional(amount),
  unit: v.picklist(progressUnits),
  bytes: v.optional(amount),
});

export class ThinnedProgress {
  readonly #send: Progress;
  readonly #now: () => number;
  #sentMs: number;
  #latest: CallProgress | undefined;
  #sent: CallProgress | undefined;

  constructor(send: Progress, now: () => number = Date.now) {
    this.#send = send;
    this.#now = now;
    this.#sentMs = now();
  }

  readonly tell: Progress = (told) => {
    const next = { ...told, phase: told.phase?.slice(0, longestPhase) };
    if (!isPlausible(next) || goesBack(this.#latest, next)) return;
    this.#latest = next;
    const nowMs = this.#now();
    if (nowMs - this.#sentMs >= progressEveryMs) this.#sendLatest(nowMs);
  };

  /** The work came to its end: whoever heard of it hears that, too. */
  end(): void {
    const { total } = this.#latest ?? {};
    if (this.#sent === undefined || this.#latest === undefined || total === undefined) return;
    if (this.#sent === this.#latest && this.#latest.done === total) return;
    this.#latest = { ...this.#latest, done: total };
    this.#sendLatest(this.#now());
  }

  #sendLatest(nowMs: number): void {
    if (this.#latest === undefined) return;
    this.#sentMs = nowMs;
    this.#sent = this.#latest;
    this.#send(this.#latest);
  }
}

const isPlausible = ({ done, total = done }: CallProgress): boolean =>
  Number.isFinite(done) && Number.isFinite(total) && done >= 0 && done <= total;

/** Within a phase: neither less is done than was, nor a smaller part of all. */
function goesBack(before: CallProgress | undefined, next: CallProgress): boolean {
  if (before === undefined || before.phase !== next.phase || before.unit !== next.unit) return false;
  return next.done < before.done || (shareOf(next) ?? 0) < (shareOf(before) ?? 0);
}
