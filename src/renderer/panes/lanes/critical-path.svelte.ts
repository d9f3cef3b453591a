// The critical path of the request that the selected span is a part of: asked once for all of its spans.
import { untrack } from "svelte";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { SelectedSpan, Selection } from "../../state/selection.svelte.js";
import { type OneRequest, type PathStep, pathSteps } from "./path-steps.js";

export class CriticalPath {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly query = new Query<OneRequest>();
  readonly #repeats: Repeats;
  /** Shown with a selected span. */
  isOn = $state(true);
  #asked: SelectedSpan | undefined;

  /** Of the selected span's request; undefined until it is known. */
  readonly request: OneRequest | undefined = $derived.by(() => {
    const one = this.query.value;
    return this.isOn && one !== undefined && isPartOf(one, this.#selection.span) ? one : undefined;
  });
  readonly steps: readonly PathStep[] = $derived.by(() => (this.request === undefined ? [] : pathSteps(this.request)));

  constructor(recording: OpenRecording, selection: Selection) {
    this.#recording = recording;
    this.#selection = selection;
    this.#repeats = new Repeats(recording, this.query, "second");
  }

  /** Call from an effect. */
  load(): void {
    const selected = this.#selection.span;
    if (selected === undefined || !this.isOn) return;
    const known = untrack(() => this.query.value);
    const asked = known !== undefined && isPartOf(known, selected) ? (this.#asked ?? selected) : selected;
    const { process, spanId } = asked;
    // A request that has ended does not change any more.
    const untilNs = known !== undefined && asked === this.#asked ? endOf(known) : Infinity;
    if (!this.#repeats.isDue([process, spanId], untilNs)) return;
    this.#asked = asked;
    const args = { process, spanId, outermost: true };
    this.query.load((signal, tell) => this.#recording.call("requests.one", args, signal, tell));
  }
}

const isPartOf = ({ spans }: OneRequest, span: SelectedSpan | undefined): boolean =>
  span !== undefined && spans.spanIds.some((id, row) => id === span.spanId && spans.process[row] === span.process);

/** Infinity while something of it is open. */
const endOf = ({ spans }: OneRequest): number =>
  spans.endNs.reduce((last, end) => Math.max(last, Number.isNaN(end) ? Infinity : end), 0);
