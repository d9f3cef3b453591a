// The one instant everything shows. Offsets are nanoseconds since the recording's start.
// Invariant: 0 <= offsetNs <= the recording's length. After a step `at` names the very record the step went to, since
// several records may share an instant; any other move makes it an instant again.
import { type At, type Instant, instant, processId, seq } from "../../shared/trace/time.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import { type Frames, pageFrames } from "./play-frames.js";
import { RunningCall } from "./running-call.svelte.js";
import { stepText } from "./process-text.js";

export type MoveCause = "jump" | "scrub" | "scrub-end" | "step" | "play" | "live";
export type StepDirection = "previous" | "next";
export type StepKind = "event" | "write";
export const playSpeeds = [0.1, 0.25, 0.5, 1, 2, 5, 10] as const;

/** One record of one process: where a step or a row leads. */
export interface RecordPosition {
  readonly process: number;
  readonly seq: number;
  readonly instant: bigint;
}

interface Place {
  readonly offsetNs: number;
  readonly position: RecordPosition | undefined;
}

const longestHistory = 100;

export class Playhead {
  readonly #recording: OpenRecording;
  readonly #frames: Frames;
  #place = $state.raw<Place>({ offsetNs: 0, position: undefined });
  #followsLive = $state(false);
  #isPlaying = $state(false);
  #speed = $state(1);
  #stepKind = $state<StepKind>("write");
  #stepScope = $state<string>();
  #lastStep = $state<string>();
  #stepFailure = $state.raw<HindcastError>();
  #past: Place[] = [];
  #undone: Place[] = [];
  #frame = 0;
  #lastFrameMs: number | undefined;
  #steps: Promise<void> = Promise.resolve();
  /** The step under way. Cancelling it takes back those that wait for it. */
  readonly stepping = new RunningCall();
  /** How often one was cancelled. */
  #stops = 0;
  readonly #listeners = new Set<(cause: MoveCause) => void>();
  readonly #release: () => void;

  /** The exact position, as engine calls take it. */
  readonly at: At = $derived.by(() => {
    const { position } = this.#place;
    if (position === undefined) return { kind: "instant", instant: this.instant };
    return { kind: "seq", process: processId(position.process), seq: seq(position.seq) };
  });
  readonly instant: Instant = $derived.by(() => {
    const { offsetNs, position } = this.#place;
    return position === undefined ? this.#recording.instantFromOffset(offsetNs) : instant(position.instant);
  });

  constructor(recording: OpenRecording, frames: Frames = pageFrames) {
    this.#recording = recording;
    this.#frames = frames;
    this.#followsLive = recording.isLive;
    // Where all of it has happened, there is something to see in every pane; at the start there is nothing yet.
    this.#place = { offsetNs: recording.durationNs, position: undefined };
    this.#release = recording.onGrown(() => {
      if (this.#followsLive) this.#put({ offsetNs: recording.durationNs, position: undefined }, "live");
      if (!recording.isLive) this.#followsLive = false;
    });
  }

  get offsetNs(): number {
    return this.#place.offsetNs;
  }

  /** The record the playhead stands right after; undefined when it is merely at an instant. */
  get position(): RecordPosition | undefined {
    return this.#place.position;
  }

  get followsLive(): boolean {
    return this.#followsLive;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  get speed(): number {
    return this.#speed;
  }

  get stepKind(): StepKind {
    return this.#stepKind;
  }

  /** What the last step arrived at, in words; undefined after any other move. */
  get lastStep(): string | undefined {
    return this.#lastStep;
  }

  get stepFailure(): HindcastError | undefined {
    return this.#stepFailure;
  }

  /** Told after every move; panes use it to keep the playhead in view. Returns the release. */
  onMoved(listener: (cause: MoveCause) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A jump: goes into the history that Alt+arrows walk. */
  moveTo(offsetNs: number): void {
    this.rememberPlace();
    this.#leaveLive();
    this.#put({ offsetNs, position: undefined }, "jump");
  }

  /** A jump to right after one record. */
  moveToPosition(position: RecordPosition): void {
    this.rememberPlace();
    this.#leaveLive();
    this.#put({ offsetNs: this.#recording.offsetFromInstant(position.instant), position }, "jump");
  }

  /** Follows a drag. Call `rememberPlace` when it begins and `endScrub` when it ends. */
  scrubTo(offsetNs: number): void {
    this.#leaveLive();
    this.#put({ offsetNs, position: undefined }, "scrub");
  }

  endScrub(): void {
    this.#tell("scrub-end");
  }

  rememberPlace(): void {
    this.#past.push(this.#place);
    if (this.#past.length > longestHistory) this.#past.shift();
    this.#undone = [];
  }

  goBack(): void {
    const place = this.#past.pop();
    if (place === undefined) return;
    this.#undone.push(this.#place);
    this.#leaveLive();
    this.#put(place, "jump");
  }

  goForward(): void {
    const place = this.#undone.pop();
    if (place === undefined) return;
    this.#past.push(this.#place);
    this.#leaveLive();
    this.#put(place, "jump");
  }

  chooseStepKind(kind: StepKind): void {
    this.#stepKind = kind;
  }

  /** Steps of kind "write" stay within this scope; undefined = any. */
  stepWithin(scope: string | undefined): void {
    this.#stepScope = scope;
  }

  /** Steps run one after the other, so that holding an arrow key never skips or doubles one. */
  step(direction: StepDirection, kind: StepKind = this.#stepKind, process?: number): Promise<void> {
    const stops = this.#stops;
    this.#steps = this.#steps.then(() =>
      stops === this.#stops ? this.#stepOnce(direction, kind, process) : undefined,
    );
    return this.#steps;
  }

  goLive(): void {
    this.pause();
    if (!this.#recording.isLive) {
      this.moveTo(this.#recording.durationNs);
      return;
    }
    this.rememberPlace();
    this.#followsLive = true;
    this.#put({ offsetNs: this.#recording.durationNs, position: undefined }, "live");
  }

  play(): void {
    if (this.#isPlaying) return;
    if (this.#followsLive) return;
    if (this.#place.offsetNs >= this.#recording.durationNs && !this.#recording.isLive)
      this.moveTo(this.#recording.keptFromNs);
    this.#isPlaying = true;
    this.#lastFrameMs = undefined;
    this.#frame = this.#frames.request((nowMs) => this.#playFrame(nowMs));
  }

  pause(): void {
    this.#isPlaying = false;
    this.#frames.cancel(this.#frame);
  }

  togglePlay(): void {
    if (this.#isPlaying) this.pause();
    else if (this.#followsLive) this.#followsLive = false;
    else this.play();
  }

  setSpeed(speed: number): void {
    this.#speed = Math.min(10, Math.max(0.1, speed));
  }

  /** The next faster or slower of `playSpeeds`. */
  changeSpeed(by: 1 | -1): void {
    const faster = playSpeeds.find((speed) => speed > this.#speed);
    const slower = playSpeeds.findLast((speed) => speed < this.#speed);
    this.#speed = (by === 1 ? faster : slower) ?? this.#speed;
  }

  dispose(): void {
    this.pause();
    this.#release();
    this.#listeners.clear();
  }

  #playFrame(nowMs: number): void {
    if (!this.#isPlaying) return;
    const elapsedNs = Math.max(0, nowMs - (this.#lastFrameMs ?? nowMs)) * 1e6 * this.#speed;
    this.#lastFrameMs = nowMs;
    const next = this.#place.offsetNs + elapsedNs;
    const isAtEnd = next >= this.#recording.durationNs;
    this.#put({ offsetNs: next, position: undefined }, "play");
    if (!isAtEnd) {
      this.#frame = this.#frames.request((ms) => this.#playFrame(ms));
      return;
    }
    this.#isPlaying = false;
    this.#followsLive = this.#recording.isLive;
  }

  async #stepOnce(direction: StepDirection, kind: StepKind, process: number | undefined): Promise<void> {
    this.pause();
    const scope = kind === "write" ? this.#stepScope : undefined;
    const from = this.at;
    const found = await this.stepping.run((signal, tell) =>
      this.#recording.call("timeline.step", { from, direction, kind, scope, process }, signal, tell),
    );
    const isStopped = !found.ok && found.error.code === "cancelled";
    if (isStopped) this.#stops++;
    this.#stepFailure = found.ok || isStopped ? undefined : found.error;
    if (!found.ok) return;
    const { position } = found.value;
    if (position === undefined) {
      this.#lastStep = direction === "next" ? `No later ${kind}` : `No earlier ${kind}`;
      return;
    }
    this.#leaveLive();
    this.#put({ offsetNs: this.#recording.offsetFromInstant(position.instant), position }, "step");
    this.#lastStep = stepText(this.#recording.summary.processes, position);
  }

  #leaveLive(): void {
    this.#followsLive = false;
  }

  #put(place: Place, cause: MoveCause): void {
    const offsetNs = Math.min(Math.max(0, place.offsetNs), this.#recording.durationNs);
    this.#lastStep = undefined;
    this.#place = { offsetNs, position: place.position };
    this.#tell(cause);
  }

  #tell(cause: MoveCause): void {
    for (const listener of this.#listeners) listener(cause);
  }
}
