// How Lanes shows spans, as it was chosen: of this recording by its address, else as somebody chose last, in any recording.
import type { Kept } from "../../state/kept-texts.js";
import { type LanesPlace, firstLanes, keepLanes, lanesFrom } from "../../state/lanes-place.js";
import type { Selection } from "../../state/selection.svelte.js";

const storageKey = "hindcast.lanes";

export class LanesChoice {
  readonly #selection: Selection;
  readonly #kept: Kept;

  constructor(selection: Selection, kept: Kept) {
    this.#selection = selection;
    this.#kept = kept;
    const stored = lanesFrom(new URLSearchParams(kept.getItem(storageKey) ?? ""));
    // An address says what it was made of, whatever was chosen here before.
    if (stored !== undefined && selection.lanes === undefined) selection.showLanes(stored);
  }

  get place(): LanesPlace {
    return this.#selection.lanes ?? firstLanes;
  }

  choose(chosen: Partial<LanesPlace>): void {
    const place = { ...this.place, ...chosen };
    this.#selection.showLanes(place);
    const text = new URLSearchParams();
    keepLanes(text, place);
    this.#kept.setItem(storageKey, text.toString());
  }
}
