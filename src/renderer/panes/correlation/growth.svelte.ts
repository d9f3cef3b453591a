// Which collections of captured state grow in the selected stretch, or the whole recording, and do not stop.
import { shapePoints } from "../../../shared/protocol/correlation-calls.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import { type AskedRange, askedRange } from "./asked-range.js";

type Answer = CallResult<"state.growth">;

export type GrowthRow = Answer["collections"][number] & {
  /** `shapePoints` sizes, NaN where there is none. */
  readonly shape: Float64Array;
  readonly perSecond: number;
};

const mostRows = 200;

export class Growth {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly #playhead: Playhead;
  readonly found = new Query<Answer>();
  readonly #due: Repeats;

  readonly rows: readonly GrowthRow[] = $derived.by(() => {
    const { value } = this.found;
    if (value === undefined) return [];
    const stepNs = Number(this.range.to - this.range.from) / (shapePoints - 1);
    return value.collections.map((one, at) => {
      const shape = value.shapes.subarray(at * shapePoints, (at + 1) * shapePoints);
      const known = shape.reduce((count, size) => count + (Number.isNaN(size) ? 0 : 1), 0);
      return { ...one, shape, perSecond: (one.last - one.first) / ((stepNs * Math.max(1, known - 1)) / 1e9) };
    });
  });

  constructor(recording: OpenRecording, selection: Selection, playhead: Playhead) {
    this.#recording = recording;
    this.#selection = selection;
    this.#playhead = playhead;
    this.#due = new Repeats(recording, this.found, "second");
  }

  get range(): AskedRange {
    return askedRange(this.#recording, this.#selection);
  }

  /** Call from an effect. */
  load(): void {
    const { from, to, key } = this.range;
    if (!this.#due.isDue(key, 0)) return;
    this.found.load((signal, tell) =>
      this.#recording.call("state.growth", { from, to, limit: mostRows }, signal, tell),
    );
  }

  again(): void {
    this.#due.retry();
  }

  /** It is selected in State, with who writes to it, as it was when it was looked at last. */
  show({ process, scope, path, at }: GrowthRow): void {
    this.#playhead.moveTo(this.#recording.offsetFromInstant(at));
    this.#selection.showValue({ process, scope, path });
  }
}
