// The recording in front of the person: its summary, kept fresh by notices, and calls bound to it.
// Panes count time as nanoseconds since the recording's start (a plain number); this is where that meets Instants.
import { type Result, failed } from "../../shared/base/result.js";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { ProcessSummary, RecordingSummary } from "../../shared/protocol/recording-summary.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { Progress } from "../../shared/base/asker.js";
import { type RecordingArgs, type RecordingCallName, callAbout } from "../../shared/protocol/rpc.js";
import { type Instant, instant } from "../../shared/trace/time.js";
import { RunningCall } from "./running-call.svelte.js";
import type { EngineLink } from "./engine-link.svelte.js";

/** Records of an instant have all arrived, and every awaited value is known, this long after it. */
const settlingNs = 12e9;
const secondMs = 1000;
/** Who recorded it may be started anew, or may still be closing the file. */
const [mostReopenings, betweenReopeningsMs] = [20, 500];
/** Of the length of what is kept. */
const evictedShownPart = 0.04;

export class OpenRecording {
  readonly #link: EngineLink;
  #summary: RecordingSummary;
  #failure = $state.raw<HindcastError>();
  #growth = $state(0);
  #seconds = $state(0);
  #notesChanges = $state(0);
  #alertsChanges = $state(0);
  #secondMs = -Infinity;
  #secondTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #growListeners = new Set<() => void>();
  readonly #consoleListeners = new Set<() => void>();
  readonly #releases: (() => void)[] = [];
  /** While it is being brought to its end. */
  readonly stopping = new RunningCall();

  #isReopening = $state(false);
  #isDisposed = false;
  /** Length so far; grows while live. */
  readonly durationNs: number = $derived.by(() => Math.max(1, Number(this.#summary.end - this.#summary.start)));
  readonly isLive: boolean = $derived.by(() => this.#summary.state === "live");
  /** It can be stopped, paused and changed here: it is being made, and by the engine that is asked. */
  readonly isSteered: boolean = $derived.by(() => this.isLive && this.#summary.elsewhere !== true);
  /** The program that ran already when this began; undefined where it was started for it. */
  readonly attachedTo: ProcessSummary | undefined = $derived.by(() =>
    this.#summary.processes.find(({ attached }) => attached === true),
  );
  /** Where what is kept begins: what is before was evicted. */
  readonly keptFromNs: number = $derived.by(() => {
    const { evicted } = this.#summary;
    return evicted === undefined ? 0 : Math.min(Math.max(0, this.offsetFromInstant(evicted.until)), this.durationNs);
  });
  /** Where a view of everything begins: with a little of what was evicted, so that it is seen. */
  readonly shownFromNs: number = $derived.by(() =>
    Math.max(0, this.keptFromNs - evictedShownPart * (this.durationNs - this.keptFromNs)),
  );
  /** What lies before this offset stays as it is: everything, once the recording is saved. */
  readonly settledNs: number = $derived.by(() => (this.isLive ? this.durationNs - settlingNs : Infinity));

  constructor(link: EngineLink, summary: RecordingSummary) {
    this.#link = link;
    this.#summary = $state.raw(summary);
    this.#releases.push(
      link.onNotice((notice) => {
        if (notice.kind === "recording-changed") {
          if (notice.summary.recordingId === this.#summary.recordingId) this.#take(notice.summary);
          return;
        }
        if (notice.kind === "rules-changed" || notice.recordingId !== this.#summary.recordingId) return;
        if (notice.kind === "notes-changed") this.#notesChanges += 1;
        else if (notice.kind === "alerts-changed") this.#alertsChanges += 1;
        else if (notice.kind === "console-changed") for (const listener of this.#consoleListeners) listener();
        else if (notice.error.code === "recorder-gone") void this.#followOn(notice.error);
        else this.#failure = notice.error;
      }),
      link.onReconnected(() => void this.#reopenAfterLoss()),
    );
  }

  get summary(): RecordingSummary {
    return this.#summary;
  }

  get start(): Instant {
    return instant(this.#summary.start);
  }

  /** Set when the recording stopped working: the disk is full, the file went away, the engine lost it. */
  get failure(): HindcastError | undefined {
    return this.#failure;
  }

  /** Changes with every notice of growth. */
  get growth(): number {
    return this.#growth;
  }

  /** Changes with growth too, but at most once a second, and at once when the recording has ended. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Changes when notes did, and when the engine is another one. */
  get notesChanges(): number {
    return this.#notesChanges;
  }

  /** Changes when alerts did, or rules that are evaluated, and when the engine is another one. */
  get alertsChanges(): number {
    return this.#alertsChanges;
  }

  offsetFromInstant(at: bigint): number {
    return Number(at - this.#summary.start);
  }

  instantFromOffset(offsetNs: number): Instant {
    return instant(this.#summary.start + BigInt(Math.round(offsetNs)));
  }

  process(id: number): ProcessSummary | undefined {
    return this.#summary.processes.find((one) => one.process === id);
  }

  /** Calls the engine about this recording: `recording.call("logs.page", { first, limit })`. */
  async call<Name extends RecordingCallName>(
    name: Name,
    args: RecordingArgs<Name>,
    signal?: AbortSignal,
    onProgress?: Progress,
  ): Promise<Result<CallResult<Name>, HindcastError>> {
    const { recordingId, elsewhere } = this.#summary;
    const answer = await callAbout(this.#link.call, recordingId, name, args, signal, onProgress);
    // Whoever recorded it is gone, and it is being opened again: who asked asks again then.
    const isGone = elsewhere === true && !answer.ok && answer.error.code === "recording-closed";
    return isGone ? failed(hindcastError("engine-lost")) : answer;
  }

  /** Ends a live recording; what was received is committed and stays open, also when ending it did not go well. */
  async stop(): Promise<Result<RecordingSummary, HindcastError>> {
    const stopped = await this.stopping.run((signal, tell) => this.call("recording.stop", {}, signal, tell));
    if (stopped.ok) this.#take(stopped.value);
    // Who does not wait any more hears of its end by a notice.
    else if (stopped.error.code !== "cancelled") await this.#reopen();
    return stopped;
  }

  /** After something was changed that does not make it grow. */
  async refresh(): Promise<void> {
    const summary = await this.call("recording.summary", {});
    if (summary.ok) this.#take(summary.value);
  }

  /** Told whenever the live recording has grown, at most four times a second. Returns the release. */
  onGrown(listener: () => void): () => void {
    this.#growListeners.add(listener);
    return () => void this.#growListeners.delete(listener);
  }

  /** Told whenever there is more on the console of its program, or that has ended. Returns the release. */
  onConsole(listener: () => void): () => void {
    this.#consoleListeners.add(listener);
    return () => void this.#consoleListeners.delete(listener);
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#secondTimer);
    for (const release of this.#releases) release();
    this.#growListeners.clear();
  }

  #take(summary: RecordingSummary): void {
    this.#summary = summary;
    this.#failure = summary.failure;
    this.#growth += 1;
    const leftMs = summary.state === "live" ? this.#secondMs + secondMs - performance.now() : 0;
    if (leftMs <= 0) this.#passSecond();
    else
      this.#secondTimer ??= setTimeout(() => {
        this.#passSecond();
      }, leftMs);
    for (const listener of this.#growListeners) listener();
  }

  #passSecond(): void {
    clearTimeout(this.#secondTimer);
    this.#secondTimer = undefined;
    this.#secondMs = performance.now();
    this.#seconds += 1;
  }

  /** There is a connection again, but not yet an engine that knows this recording. */
  get isReopening(): boolean {
    return this.#isReopening;
  }

  async #reopenAfterLoss(): Promise<void> {
    this.#isReopening = true;
    await this.#reopen();
    this.#isReopening = false;
  }

  /** Of one that another engine made and is gone: the file that it left, or the engine that took over. */
  async #followOn(gone: HindcastError): Promise<void> {
    // Brought to its end it is as it was; killed, nobody knows yet.
    if (this.isLive) this.#failure = gone;
    for (let left = mostReopenings; left > 0; left--) {
      const opened = await this.#link.call("recording.open", { path: this.#summary.path });
      if (this.#isDisposed) {
        if (opened.ok) void this.#link.call("recording.close", { recordingId: opened.value.recordingId });
        return;
      }
      if (opened.ok) return this.#takeAgain(opened.value);
      if (left === 1) this.#failure = opened.error;
      else await new Promise((resolve) => setTimeout(resolve, betweenReopeningsMs));
    }
  }

  async #reopen(): Promise<void> {
    const opened = await this.#link.call("recording.open", { path: this.#summary.path });
    if (opened.ok) this.#takeAgain(opened.value);
    else this.#failure = opened.error;
  }

  #takeAgain(summary: RecordingSummary): void {
    this.#failure = undefined;
    this.#notesChanges += 1;
    this.#alertsChanges += 1;
    this.#take(summary);
  }
}
