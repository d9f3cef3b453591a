// By what spans are filtered: values of fields that were clicked, a text, how long they last at least.
import type { RowCondition, SpanFilter } from "../../shared/protocol/row-filters.js";
import { type RowChoices, RowFiltering, conditionText } from "./row-filter.svelte.js";
import type { ServiceFilter } from "./service-filter.svelte.js";
import { durationText } from "./text.js";

/** What somebody filters by, as it outlives a reload. */
export interface SpanChoices extends Pick<RowChoices, "text" | "where"> {
  readonly minNs: number;
}

type SpanChip =
  { readonly kind: "where"; readonly condition: RowCondition } | { readonly kind: "text" } | { readonly kind: "least" };

export class SpanFiltering {
  readonly #rows: RowFiltering;
  #minNs = $state(0);

  /** As the engine is asked. */
  readonly wanted: SpanFilter = $derived.by(() => {
    const { text, where } = this.#rows.wanted;
    return {
      ...(text === undefined ? {} : { text }),
      ...(where === undefined ? {} : { where }),
      ...(this.#minNs === 0 ? {} : { minNs: this.#minNs }),
    };
  });
  /** The same for the same spans. */
  readonly key: string = $derived.by(() => JSON.stringify(this.wanted));
  readonly isOn: boolean = $derived.by(() => this.key !== "{}");
  readonly chips: readonly { readonly of: SpanChip; readonly text: string }[] = $derived.by(() => [
    ...this.#rows.where.map((condition) => ({
      of: { kind: "where", condition } as const,
      text: conditionText(condition),
    })),
    ...(this.#rows.text === "" ? [] : [{ of: { kind: "text" } as const, text: `has “${this.#rows.text}”` }]),
    ...(this.#minNs === 0 ? [] : [{ of: { kind: "least" } as const, text: `lasts ≥ ${durationText(this.#minNs)}` }]),
  ]);

  /** `service`: the one service that is shown here and in other panes. */
  constructor(service?: ServiceFilter) {
    this.#rows = new RowFiltering(service);
  }

  add(condition: RowCondition): void {
    this.#rows.add(condition);
  }
  lookFor(text: string): void {
    this.#rows.lookFor(text.trim());
  }
  leastNs(minNs: number): void {
    this.#minNs = Number.isFinite(minNs) ? Math.max(0, minNs) : 0;
  }

  remove(chip: SpanChip): void {
    if (chip.kind === "where") this.#rows.remove(chip.condition);
    else if (chip.kind === "text") this.lookFor("");
    else this.leastNs(0);
  }
  /** Also the one service that is shown: what is shown then is everything. */
  clear(): void {
    this.#rows.clear();
    this.leastNs(0);
  }

  get chosen(): SpanChoices {
    const { text, where } = this.#rows.chosen;
    return { text, where, minNs: this.#minNs };
  }
  choose({ text, where, minNs }: SpanChoices): void {
    this.#rows.choose({ text, where, isPattern: false, minSeverity: 0 });
    this.leastNs(minNs);
  }
}
