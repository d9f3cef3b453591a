// By what a list of records is filtered: a text or a regular expression, values of fields that were clicked, and for log lines how
// severe they are.
import type { ConditionField, RowCondition, RowFilter } from "../../shared/protocol/row-filters.js";
import { mostConditions } from "../../shared/protocol/row-filters.js";

export class RowFiltering {
  #text = $state("");
  #isPattern = $state(false);
  #minSeverity = $state(0);
  #where = $state.raw<readonly RowCondition[]>([]);

  /** As the engine is asked. */
  readonly wanted: RowFilter = $derived.by(() => {
    const text = this.#text.trim();
    return {
      ...(text === "" ? {} : this.#isPattern ? { pattern: text } : { text }),
      ...(this.#minSeverity === 0 ? {} : { minSeverity: this.#minSeverity }),
      ...(this.#where.length === 0 ? {} : { where: [...this.#where] }),
    };
  });
  /** The same for the same rows. */
  readonly key: string = $derived.by(() => JSON.stringify(this.wanted));
  readonly isOn: boolean = $derived.by(() => this.key !== "{}");

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
  remove(condition: RowCondition): void {
    this.#where = this.#where.filter((one) => one !== condition);
  }
  clear(): void {
    this.#text = "";
    this.#minSeverity = 0;
    this.#where = [];
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
