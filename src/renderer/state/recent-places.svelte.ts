// Where the person was lately in the open recording: instants that the playhead jumped to, and spans that were looked at, the last ones
// first. Steps and playing pass by more than anybody would go back to.
import type { Playhead, RecordPosition } from "./playhead.svelte.js";
import type { SelectedSpan } from "./selection.svelte.js";

export interface RecentInstant {
  readonly offsetNs: number;
  readonly position: RecordPosition | undefined;
}

export const mostRecentPlaces = 5;
/** What is nearer to each other is one place. */
const nearNs = 1e6;

export class RecentPlaces {
  #instants = $state.raw<readonly RecentInstant[]>([]);
  #spans = $state.raw<readonly SelectedSpan[]>([]);

  constructor(playhead: Pick<Playhead, "onMoved" | "offsetNs" | "position">) {
    playhead.onMoved((cause) => {
      if (cause === "jump" || cause === "scrub-end") this.#wentTo(playhead);
    });
  }

  get instants(): readonly RecentInstant[] {
    return this.#instants;
  }

  get spans(): readonly SelectedSpan[] {
    return this.#spans;
  }

  lookedAt(span: SelectedSpan): void {
    const others = this.#spans.filter(({ process, spanId }) => process !== span.process || spanId !== span.spanId);
    this.#spans = [span, ...others].slice(0, mostRecentPlaces);
  }

  #wentTo({ offsetNs, position }: RecentInstant): void {
    const others = this.#instants.filter((one) => Math.abs(one.offsetNs - offsetNs) >= nearNs);
    this.#instants = [{ offsetNs, position }, ...others].slice(0, mostRecentPlaces + 1);
  }
}
