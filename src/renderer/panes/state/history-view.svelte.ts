// Every write of the selected value, wherever the playhead is; asked for again each second while the recording grows.
import type { Progress } from "../../../shared/base/asker.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";

/** The newest so many are listed; the header says how many there are. */
const mostWrites = 1000;

export class HistoryView {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly query = new Query<CallResult<"state.history">>();
  readonly #repeats: Repeats;
  #shown: string | undefined;

  constructor(recording: OpenRecording, selection: Selection) {
    this.#recording = recording;
    this.#selection = selection;
    this.#repeats = new Repeats(recording, this.query, "second");
  }

  /** Call from an effect. */
  load(): void {
    const { value } = this.#selection;
    if (value === undefined || !this.#repeats.isDue(value, this.#recording.durationNs)) return;
    const shown = JSON.stringify(value);
    const ask = (signal: AbortSignal, tell: Progress) =>
      this.#recording.call("state.history", { ...value, limit: mostWrites }, signal, tell);
    if (shown === this.#shown) this.query.load(ask);
    else this.query.restart(ask);
    this.#shown = shown;
  }

  retry(): void {
    this.#repeats.retry();
  }
}
