// The traces of the view with their spans below each other, some at first and more on demand.
import { untrack } from "svelte";
import { ok } from "../../../shared/base/result.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { type TraceOrder, mostTraces } from "../../../shared/protocol/trace-calls.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import type { NsRange } from "../../state/time-scale.js";

export type TraceColumns = CallResult<"traces.range">;

export interface FetchedTraces {
  readonly range: NsRange;
  readonly found: TraceColumns;
  readonly order: TraceOrder;
  /** How far the recording went when they were asked for. */
  readonly untilNs: number;
}

const tracesAtFirst = 30;
const tracesMore = 60;

export class TraceGroups {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly query = new Query<FetchedTraces>();
  readonly #repeats: Repeats;
  #limit = $state(tracesAtFirst);
  #include: string | undefined;

  /** How many there are in the view that are not here. */
  readonly more: number = $derived.by(() => {
    const found = this.query.value?.found;
    return found === undefined ? 0 : Math.max(0, found.total - found.traceIds.length);
  });
  readonly canShowMore: boolean = $derived.by(() => this.more > 0 && this.#limit < mostTraces);

  constructor(recording: OpenRecording, selection: Selection) {
    this.#recording = recording;
    this.#selection = selection;
    this.#repeats = new Repeats(recording, this.query, "second");
  }

  showMore(): void {
    this.#limit = Math.min(mostTraces, this.#limit + tracesMore);
  }

  /** Call from an effect. */
  load(view: NsRange, order: TraceOrder): void {
    const range = { fromNs: Math.max(0, Math.floor(view.fromNs)), toNs: Math.max(1, Math.ceil(view.toNs)) };
    const { key, wanted: filter } = this.#selection.spans;
    const include = this.#toInclude(this.#selection.span?.traceId);
    const limit = this.#limit;
    if (!this.#repeats.isDue([range, order, key, limit, include], range.toNs)) return;
    const untilNs = untrack(() => this.#recording.durationNs);
    this.query.load(async (signal, tell) => {
      const from = this.#recording.instantFromOffset(range.fromNs);
      const to = this.#recording.instantFromOffset(range.toNs);
      const args = { from, to, order, limit, filter, include };
      const answer = await this.#recording.call("traces.range", args, signal, tell);
      return answer.ok ? ok({ range, found: answer.value, order, untilNs }) : answer;
    });
  }

  retry(): void {
    this.#repeats.retry();
  }

  /** The trace of the selected span, where it would not be here: that it is clicked here asks for nothing. */
  #toInclude(traceId: string | undefined): string | undefined {
    if (traceId === undefined || !/^[0-9a-f]{32}$/.test(traceId)) this.#include = undefined;
    else if (this.#include === undefined || !this.#isHere(traceId)) this.#include = traceId;
    return this.#include;
  }

  #isHere(traceId: string): boolean {
    return untrack(() => this.query.value?.found.traceIds.includes(traceId) === true);
  }
}
