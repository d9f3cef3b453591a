// By what a list of records is filtered: a text or a regular expression, values of fields that were clicked, and for log lines how
// severe they are.
import type { ConditionField, RowCondition, RowFilter } from "../../shared/protocol/row-filters.js";
import { mostConditions } from "../../shared/protocol/row-filters.js";
import type { ServiceFilter } from "./service-filter.svelte.js";

/** What somebody filters by in one list, as it outlives a reload. */
export interface RowChoices {
  readonly text: string;
  readonly isPattern: boolean;
  readonly minSeverity: number;
  readonly where: readonly RowCondition[];
}

export const noChoices: RowChoices = { text: "", isPattern: false, minSeverity: 0, where: [] };

export class RowFiltering {
  readonly #service: ServiceFilter | undefined;
  #text = $state("");
  #isPattern = $state(false);
  #minSeverity = $state(0);
  #where = $state.raw<readonly RowCondition[]>([]);

  /** With the one service that is shown: others that are wanted here would be shown beside it. */
  readonly #conditions: readonly RowCondition[] = $derived.by(() => {
    const only = this.#service?.condition;
    if (only === undefined) return this.#where;
    const others = this.#where.filter(({ field, exclude }) => field !== "service" || exclude);
    return [...others.slice(1 - mostConditions), only];
  });
  /** As the engine is asked. */
  readonly wanted: RowFilter = $derived.by(() => {
    const text = this.#text.trim();
    return {
      ...(text === "" ? {} : this.#isPattern ? { pattern: text } : { text }),
      ...(this.#minSeverity === 0 ? {} : { minSeverity: this.#minSeverity }),
      ...(this.#conditions.length === 0 ? {} : { where: [...this.#conditions] }),
    };
  });
  /** The same for the same rows. */
  readonly key: string = $derived.by(() => JSON.stringify(this.wanted));
  readonly isOn: boolean = $derived.by(() => this.key !== "{}");

  /** `service`: the one service that this list and others show alone. */
  constructor(service?: ServiceFilter) {
    this.#service = service;
  }

  get text(): string {
    return this.#text;
  }
  get isPattern(): boolean {
    return this.#isPattern;
  }
  get minSeverity(): number {
    return this.#minSeverity;
  }
  get where(): readonly RowCondition[] {
    return this.#where;
  }

  /** What to mark in rows: of a regular expression nothing. */
  get markedText(): string {
    return this.#isPattern ? "" : this.#text.trim();
  }

  lookFor(text: string): void {
    this.#text = text;
  }
  setPattern(isPattern: boolean): void {
    this.#isPattern = isPattern;
  }
  leastSeverity(severity: number): void {
    this.#minSeverity = severity;
  }

  /** Wanting what was left out takes the place of that, and the other way round. */
  add(condition: RowCondition): void {
    const others = this.#where.filter((one) => keyOf(one) !== keyOf(condition));
    this.#where = [...others, condition].slice(-mostConditions);
  }
  /** Here and in every other pane that shows services. */
  showOnly(service: string): void {
    this.#service?.show(service);
  }
  remove(condition: RowCondition): void {
    this.#where = this.#where.filter((one) => one !== condition);
  }
  /** Also the one service that is shown: what is shown then is everything. */
  clear(): void {
    this.#text = "";
    this.#minSeverity = 0;
    this.#where = [];
    this.#service?.clear();
  }

  get chosen(): RowChoices {
    return { text: this.#text, isPattern: this.#isPattern, minSeverity: this.#minSeverity, where: this.#where };
  }
  choose({ text, isPattern, minSeverity, where }: RowChoices): void {
    this.#text = text;
    this.#isPattern = isPattern;
    this.#minSeverity = minSeverity;
    this.#where = where.slice(0, mostConditions);
  }
}

const keyOf = ({ field, key, value }: RowCondition): string => JSON.stringify([field, key ?? "", value]);

/** `service = gateway`, `level ≠ info`. */
export const conditionText = ({ field, key, value, exclude }: RowCondition): string =>
  `${field === "attribute" ? (key ?? "") : field} ${exclude ? "≠" : "="} ${value}`;

/** A field of a row, and its value. */
export interface FieldValue {
  readonly field: ConditionField;
  readonly key?: string;
  readonly value: string;
}
