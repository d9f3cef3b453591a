// One TimeRange per pane, by the pane's id, so that keys can zoom the focused pane without knowing it.
import { SvelteMap } from "svelte/reactivity";
import type { OpenRecording } from "./open-recording.svelte.js";
import type { Playhead } from "./playhead.svelte.js";
import { type KeptView, TimeRange } from "./time-range.svelte.js";
import type { NsRange } from "./time-scale.js";

export const rulerPane = "ruler";

export class Ranges {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #ranges = new SvelteMap<string, TimeRange>();
  #restored: ReadonlyMap<string, KeptView> = new Map();

  constructor(recording: OpenRecording, playhead: Playhead) {
    this.#recording = recording;
    this.#playhead = playhead;
  }

  /** The range of a pane, made at the first question; `spanNs` is how much it shows then (all, when not given). */
  of(pane: string, spanNs?: number): TimeRange {
    const known = this.#ranges.get(pane);
    if (known !== undefined) return known;
    const range = new TimeRange(this.#recording, this.#playhead, spanNs);
    const restored = this.#restored.get(pane);
    if (restored !== undefined) range.restore(restored);
    this.#ranges.set(pane, range);
    return range;
  }

  /** What every pane shows, as it outlives a reload. */
  get kept(): ReadonlyMap<string, KeptView> {
    return new Map(
      [...this.#ranges].flatMap(([pane, { kept }]) => (kept === undefined ? [] : [[pane, kept] as const])),
    );
  }

  /** Panes that are not there yet take theirs up when they come. */
  restore(views: ReadonlyMap<string, KeptView>): void {
    this.#restored = views;
    for (const [pane, view] of views) this.#ranges.get(pane)?.restore(view);
  }

  /** The range of a pane that has one: Logs and State have none. */
  existing(pane: string): TimeRange | undefined {
    return this.#ranges.get(pane);
  }

  /** Those of the panes, without the ruler's: the ruler is the overview and stays. */
  ofPanes(): readonly TimeRange[] {
    return [...this.#ranges].filter(([pane]) => pane !== rulerPane).map(([, range]) => range);
  }

  showInPanes(range: NsRange): void {
    for (const one of this.ofPanes()) one.show(range);
  }

  fitAll(): void {
    for (const range of this.#ranges.values()) range.fitAll();
  }

  dispose(): void {
    for (const range of this.#ranges.values()) range.dispose();
    this.#ranges.clear();
  }
}
