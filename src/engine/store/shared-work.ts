// Work that several may wait for: each hears how far it is, and it is told to stop when none of them wants it any more.
import { CancelSource, Cancelled } from "../../shared/base/cancel.js";
import { type Asker, type Progress, askerWith } from "../../shared/base/asker.js";

export class SharedWork<Value> {
  /** How it ends, whoever waits. */
  readonly outcome: Promise<Value>;
  readonly #source = new CancelSource();
  readonly #waiting = new Set<Progress>();
  #hasFailed = false;

  constructor(work: (asker: Asker) => Promise<Value>) {
    this.outcome = work(
      askerWith(this.#source, (progress) => {
        for (const tell of this.#waiting) tell(progress);
      }),
    );
    // Who waits hears of it.
    this.outcome.catch(() => (this.#hasFailed = true));
  }

  /** Not when it was told to stop, or has failed. */
  get canBeJoined(): boolean {
    return !this.#source.aborted && !this.#hasFailed;
  }

  /** Rejects with `Cancelled` as soon as who asks gives up, whether the work goes on for others or not. */
  wait({ signal, tell }: Asker): Promise<Value> {
    // Two may listen with one and the same function.
    const listener: Progress = (progress) => tell(progress);
    this.#waiting.add(listener);
    return new Promise((resolve, reject) => {
      const forget = signal.onAbort(() => {
        reject(new Cancelled());
        this.#waiting.delete(listener);
        if (this.#waiting.size === 0) this.#source.abort();
      });
      const settled =
        <Result>(settle: (result: Result) => void) =>
        (result: Result): void => {
          forget();
          this.#waiting.delete(listener);
          settle(result);
        };
      this.outcome.then(settled(resolve), settled(reject));
    });
  }
}
