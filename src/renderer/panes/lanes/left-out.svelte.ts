// How many spans of the view the filter leaves out: counted by the engine, as what is here is only what the filter shows.
import { type Result, ok } from "../../../shared/base/result.js";
import type { HindcastError } from "../../../shared/protocol/errors.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { SpanFiltering } from "../../state/span-filter.svelte.js";
import type { NsRange } from "../../state/time-scale.js";

interface Counted {
  readonly key: string;
  readonly others: number;
}

export class LeftOut {
  readonly #recording: OpenRecording;
  readonly #filter: SpanFiltering;
  readonly query = new Query<Counted>();
  readonly #repeats: Repeats;
  /** Undefined where nothing filters, and until it is known of this filter. */
  readonly others: number | undefined = $derived.by(() => {
    const counted = this.query.value;
    return this.#filter.isOn && counted?.key === this.#filter.key ? counted.others : undefined;
  });

  constructor(recording: OpenRecording, filter: SpanFiltering) {
    this.#recording = recording;
    this.#filter = filter;
    this.#repeats = new Repeats(recording, this.query, "second");
  }

  /** Call from an effect. */
  load(view: NsRange): void {
    const { key, wanted, isOn } = this.#filter;
    if (!isOn || !this.#repeats.isDue([view, key], view.toNs)) return;
    const from = this.#recording.instantFromOffset(Math.floor(view.fromNs));
    const to = this.#recording.instantFromOffset(Math.ceil(view.toNs));
    this.query.load(async (signal, tell): Promise<Result<Counted, HindcastError>> => {
      const answer = await this.#recording.call("spans.count", { from, to, ...wanted }, signal, tell);
      return answer.ok ? ok({ key, others: answer.value.all - answer.value.shown }) : answer;
    });
  }
}
