// One watched value: what it is at the playhead, and every write of it.
import { ok } from "../../../shared/base/result.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { At } from "../../../shared/trace/time.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { SelectedValue } from "../../state/selection.svelte.js";
import { lastWriterAt } from "./history-rows.js";
import { isOnWrite, isSamePlace, type ReadAt, type ReadPlace } from "./read-place.js";

/** The newest so many are in the lane. */
const mostWrites = 2000;

export class WatchedValue {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #value: SelectedValue;
  readonly now = new Query<ReadAt<CallResult<"state.value">>>();
  readonly history = new Query<CallResult<"state.history">>();
  readonly #nowRepeats: Repeats;
  readonly #historyRepeats: Repeats;

  /** A record of another process is only an instant here. */
  readonly #place: ReadPlace = $derived.by(() => {
    const { position, instant, at } = this.#playhead;
    const own: At =
      position === undefined || position.process === this.#value.process ? at : { kind: "instant", instant };
    return { subject: "", at: own, instant };
  });
  /** The playhead stands right on the write that changed it. */
  readonly isChangedNow: boolean = $derived.by(() => {
    const shown = this.now.value;
    if (shown === undefined || !shown.value.isChanged) return false;
    return isOnWrite(shown.place, { process: this.#value.process, ...shown.value });
  });
  /** The playhead stands right on a write inside it; not known of writes older than those that were read. */
  readonly isChangedInside: boolean = $derived.by(() => {
    const shown = this.now.value;
    const writes = this.history.value?.writes ?? [];
    if (shown === undefined || this.isChangedNow) return false;
    const { at, instant } = shown.place;
    const seq = at.kind === "seq" ? at.seq : undefined;
    const write = writes[lastWriterAt(writes, { process: this.#value.process, seq, instant })];
    return write !== undefined && isOnWrite(shown.place, write);
  });
  /** What is known is of a place that the playhead has left. */
  readonly isLate: boolean = $derived.by(
    () => this.now.value !== undefined && !isSamePlace(this.now.value.place, this.#place),
  );

  constructor(recording: OpenRecording, playhead: Playhead, value: SelectedValue) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#value = value;
    this.#nowRepeats = new Repeats(recording, this.now);
    this.#historyRepeats = new Repeats(recording, this.history, "second");
  }

  /** Call from an effect. */
  loadNow(): void {
    const place = this.#place;
    const args = { ...this.#value, at: place.at, json: false };
    if (!this.#nowRepeats.isDue(args, this.#playhead.offsetNs)) return;
    const askedMs = performance.now();
    this.now.load(async (signal, tell) => {
      const answer = await this.#recording.call("state.value", args, signal, tell);
      return answer.ok ? ok({ place, askedMs, value: answer.value }) : answer;
    });
  }

  /** Call from an effect. */
  loadHistory(): void {
    if (!this.#historyRepeats.isDue(this.#value, this.#recording.durationNs)) return;
    this.history.load((signal, tell) =>
      this.#recording.call("state.history", { ...this.#value, limit: mostWrites }, signal, tell),
    );
  }

  /** Nobody watches any more. */
  stop(): void {
    this.now.cancel();
    this.history.cancel();
  }
}
