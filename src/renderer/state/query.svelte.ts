// One thing a pane asks the engine for, again and again as the playhead moves. The latest request wins.
// Invariant: at most one request runs and at most one waits. A request is not aborted by every newer one (while
// scrubbing, or beside a live recording that asks anew four times a second, nothing would ever finish when the engine
// is busy) but only once it has run for `patienceMs`; `restart` aborts at once.
// The last value stays visible while a newer one is under way, so panes do not blink; also when the engine went away
// before it answered: the window says that once for all panes, and whoever asked asks again when the engine is back.
import { untrack } from "svelte";
import type { CallProgress, Progress } from "../../shared/base/asker.js";
import type { Result } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { Alarm } from "./alarm.js";
import type { Loaded } from "./loaded.js";

export type Ask<Value> = (signal: AbortSignal, tell: Progress) => Promise<Result<Value, HindcastError>>;

/** Less than a person is told after. */
const slowMs = 300;

export class Query<Value> {
  #loaded = $state.raw<Loaded<Value>>({ status: "loading" });
  #runningSinceMs = $state.raw<number>();
  #slowSinceMs = $state.raw<number>();
  #progress = $state.raw<CallProgress>();
  #wasStopped = $state(false);
  #latest: Ask<Value> | undefined;
  #running: AbortController | undefined;
  #startedMs = 0;
  #waiting: Ask<Value> | undefined;
  #wasInterrupted = false;
  #giveUpMs: number | undefined;
  readonly #giveUp = new Alarm(() => this.#abandon());
  readonly #slow = new Alarm(() => (this.#slowSinceMs = this.#startedMs));
  readonly #patienceMs: number;

  constructor(patienceMs = 3000) {
    this.#patienceMs = patienceMs;
  }

  get loaded(): Loaded<Value> {
    return this.#loaded;
  }

  /** The newest value there is, also while a newer one is loading. */
  get value(): Value | undefined {
    return this.#loaded.status === "ready" ? this.#loaded.value : undefined;
  }

  /** The newest question was not answered because the engine went away; the value is of an older one. */
  get wasInterrupted(): boolean {
    return this.#wasInterrupted;
  }

  /** `performance.now()` at which the request under way began; undefined when none is. */
  get runningSinceMs(): number | undefined {
    return this.#runningSinceMs;
  }

  /** The same, once it takes long: nothing on screen depends on questions that are answered at once. */
  get slowSinceMs(): number | undefined {
    return this.#slowSinceMs;
  }

  /** How far that is, once it takes long. */
  get progress(): CallProgress | undefined {
    return this.#progress;
  }

  /** Somebody stopped the newest question; the value is of an older one. */
  get isStopped(): boolean {
    return this.#wasStopped && this.#loaded.status === "ready";
  }

  /**
   * Asks; while another request runs this one waits for it, replacing whichever waited before. It waits as long as the other
   * has run for less than `patienceMs`.
   */
  load(ask: Ask<Value>, patienceMs = this.#patienceMs): void {
    if (this.#running === undefined) {
      void this.#run(ask);
      return;
    }
    this.#waiting = ask;
    const endMs = this.#startedMs + patienceMs;
    if (this.#giveUpMs !== undefined && this.#giveUpMs <= endMs) return;
    this.#giveUpMs = endMs;
    this.#giveUp.ringAt(endMs);
  }

  /** Forgets the value and whatever runs, and asks anew: for another recording, scope or filter. */
  restart(ask: Ask<Value>): void {
    this.#stop();
    this.#loaded = { status: "loading" };
    void this.#run(ask);
  }

  /** Stops what runs and waits; the last value stays, and where there is none a pane can say so. */
  cancel(): void {
    const isUnderWay = this.#running !== undefined;
    this.#latest = this.#waiting ?? this.#latest;
    this.#stop();
    this.#wasStopped = isUnderWay;
    if (this.#loaded.status === "loading") this.#loaded = { status: "failed", error: hindcastError("cancelled") };
  }

  /** Asks once more what was asked last. */
  retry(): void {
    if (this.#latest !== undefined) this.load(this.#latest);
  }

  #stop(): void {
    this.#waiting = undefined;
    this.#abandon();
  }

  #abandon(): void {
    this.#running?.abort();
    this.#forgetRunning();
    this.#runWaiting();
  }

  #forgetRunning(): void {
    this.#giveUp.stop();
    this.#giveUpMs = undefined;
    this.#slow.stop();
    this.#running = undefined;
    this.#runningSinceMs = undefined;
    this.#slowSinceMs = undefined;
    this.#progress = undefined;
  }

  #runWaiting(): void {
    const next = this.#waiting;
    this.#waiting = undefined;
    if (next !== undefined) void this.#run(next);
  }

  async #run(ask: Ask<Value>): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#startedMs = performance.now();
    this.#runningSinceMs = this.#startedMs;
    this.#slow.ringAt(this.#startedMs + slowMs);
    this.#latest = ask;
    this.#wasStopped = false;
    // What a request reads on its way is no dependency of the effect that asked.
    const outcome = await untrack(() =>
      ask(running.signal, (progress) => {
        if (this.#running === running) this.#progress = progress;
      }),
    );
    if (this.#running !== running) return;
    this.#forgetRunning();
    this.#wasInterrupted = !outcome.ok && outcome.error.code === "engine-lost";
    if (outcome.ok) this.#loaded = { status: "ready", value: outcome.value };
    else if (!this.#wasInterrupted || this.#loaded.status !== "ready")
      this.#loaded = { status: "failed", error: outcome.error };
    this.#runWaiting();
  }
}
