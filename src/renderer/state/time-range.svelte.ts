// The part of the recording one pane shows. Each pane has its own; the playhead is what they share.
// Following: when the playhead leaves the middle of the view by itself (step, play, live, jump), the view moves so
// that the playhead stands at 66 % of it. While a hand drags, views stay still and follow when it lets go.
import { unreachable } from "../../shared/base/unreachable.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { MoveCause, Playhead } from "./playhead.svelte.js";
import { type NsRange, spanOf, visible, within, zoomed } from "./time-scale.js";

/** What a view shows, as it outlives a reload: everything, a stretch, or so much around a playhead that moves on. */
export type KeptView =
  | { readonly kind: "all" }
  | ({ readonly kind: "range" } & NsRange)
  | { readonly kind: "span"; readonly spanNs: number };

export const playheadShare = 0.66;
/** Share of the view beyond which a following view moves along. */
const edgeShare = 0.97;

export class TimeRange implements NsRange {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  /** Undefined = the whole recording, also as it grows and as its beginning is evicted. */
  #shown = $state.raw<NsRange>();
  #follows = $state(true);
  /** What to show once the recording has grown longer than it; nobody has chosen a range yet. */
  #intendedSpanNs = $state<number>();
  /** It shows everything unless somebody chooses otherwise. */
  readonly #beginsWithAll: boolean;
  readonly #release: () => void;

  readonly #range: NsRange = $derived.by(() => this.#shown ?? this.#all);

  /** Shows `spanNs` around the playhead: everything while the recording is shorter than that, or when not given. */
  constructor(recording: OpenRecording, playhead: Playhead, spanNs?: number) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#intendedSpanNs = spanNs;
    this.#beginsWithAll = spanNs === undefined;
    this.#takeIntendedSpan();
    this.#release = playhead.onMoved((cause) => {
      this.#keepInView(cause);
    });
  }

  get #all(): NsRange {
    return { fromNs: this.#recording.shownFromNs, toNs: this.#recording.durationNs };
  }

  get fromNs(): number {
    return this.#range.fromNs;
  }

  get toNs(): number {
    return this.#range.toNs;
  }

  get spanNs(): number {
    return spanOf(this.#range);
  }

  /** The whole recording is in view and stays so while it grows. */
  get showsAll(): boolean {
    return this.#shown === undefined;
  }

  get follows(): boolean {
    return this.#follows;
  }

  /** Undefined where it is what the view would begin with. */
  get kept(): KeptView | undefined {
    if (this.#shown === undefined)
      return this.#beginsWithAll || this.#intendedSpanNs !== undefined ? undefined : { kind: "all" };
    return this.#follows && this.#playhead.followsLive
      ? { kind: "span", spanNs: this.spanNs }
      : { kind: "range", ...this.#shown };
  }

  restore(view: KeptView): void {
    switch (view.kind) {
      case "all":
        return this.fitAll();
      case "span":
        this.#shown = undefined;
        this.#intendedSpanNs = view.spanNs;
        return this.#takeIntendedSpan();
      case "range":
        return this.#show(within(visible(view), this.#limit(spanOf(view))));
      default:
        return unreachable(view);
    }
  }

  setFollows(follows: boolean): void {
    this.#follows = follows;
    if (follows) this.recentre();
  }

  /** Longer by `factor` (below 1: closer) with `aboutNs` staying where it is on screen. */
  zoomAbout(factor: number, aboutNs: number): void {
    this.#show(zoomed(this.#range, factor, aboutNs, this.#limit()));
  }

  /** Zooms and brings the playhead to 66 %: what the keys + and − do. */
  zoomAboutPlayhead(factor: number): void {
    this.zoomAbout(factor, this.#playhead.offsetNs);
    this.recentre();
  }

  pan(byNs: number): void {
    this.#follows = false;
    this.#show(within({ fromNs: this.fromNs + byNs, toNs: this.toNs + byNs }, this.#limit()));
  }

  show(range: NsRange): void {
    this.#show(within(visible(range), this.#limit()));
  }

  fitAll(): void {
    this.#intendedSpanNs = undefined;
    this.#shown = undefined;
  }

  /** Brings the playhead to 66 % of the view, without zooming. */
  recentre(): void {
    if (this.#shown === undefined) return;
    const span = this.spanNs;
    const fromNs = this.#playhead.offsetNs - span * playheadShare;
    this.#show(within({ fromNs, toNs: fromNs + span }, this.#limit()));
  }

  dispose(): void {
    this.#release();
  }

  /** A view may reach past both ends, so that the playhead can stand at 66 % near them. */
  #limit(span = this.#shown === undefined ? 0 : spanOf(this.#shown)): NsRange {
    const { fromNs, toNs } = this.#all;
    const beyond = Math.min(span * (1 - playheadShare), toNs - fromNs);
    return { fromNs: fromNs - beyond, toNs: toNs + beyond };
  }

  #show(range: NsRange): void {
    this.#intendedSpanNs = undefined;
    const isAll = range.fromNs <= this.#all.fromNs && range.toNs >= this.#all.toNs;
    this.#shown = isAll ? undefined : range;
  }

  #takeIntendedSpan(): void {
    const spanNs = this.#intendedSpanNs;
    const { fromNs, toNs } = this.#all;
    if (spanNs === undefined || spanNs >= toNs - fromNs) return;
    this.#intendedSpanNs = undefined;
    this.#shown = { fromNs, toNs: fromNs + spanNs };
    this.recentre();
  }

  #keepInView(cause: MoveCause): void {
    this.#takeIntendedSpan();
    if (this.#shown === undefined || cause === "scrub") return;
    const share = (this.#playhead.offsetNs - this.fromNs) / this.spanNs;
    const isOutside = share < 0 || share > 1;
    if (
      this.#follows ? share < 1 - edgeShare || share > edgeShare : isOutside && cause !== "play" && cause !== "live"
    ) {
      this.recentre();
    }
  }
}
