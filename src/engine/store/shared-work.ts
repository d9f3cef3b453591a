// Work that several may wait for: it is told to stop when none of them wants it any more.
import { type CancelSignal, CancelSource, Cancelled } from "../../shared/base/cancel.js";

export class SharedWork<Value> {
  /** How it ends, whoever waits. */
  readonly outcome: Promise<Value>;
  readonly #source = new CancelSource();
  #waiting = 0;
  #hasFailed = false;

  constructor(work: (signal: CancelSignal) => Promise<Value>) {
    this.outcome = work(this.#source);
    // Who waits hears of it.
    this.outcome.catch(() => (this.#hasFailed = true));
  }

  /** Not when it was told to stop, or has failed. */
  get canBeJoined(): boolean {
    return !this.#source.aborted && !this.#hasFailed;
  }

  /** Rejects with `Cancelled` as soon as the signal says so, whether the work goes on for others or not. */
  wait(signal: CancelSignal): Promise<Value> {
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const forget = signal.onAbort(() => {
        reject(new Cancelled());
        if (--this.#waiting === 0) this.#source.abort();
      });
      const settled =
        <Result>(settle: (result: Result) => void) =>
        (result: Result): void => {
          forget();
          settle(result);
        };
      this.outcome.then(settled(resolve), settled(reject));
    });
  }
}
