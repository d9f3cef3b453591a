// Which rows of a list are shown: log lines, events and spans are filtered alike. Everything that is said has to hold; of wanted values
// of one field, one of them.
import * as v from "valibot";
import { text, whole } from "./schemas.js";

/** In UTF-16 units. */
export const mostPattern = 1000;
export const mostConditions = 32;

/**
 * `name`: of an event or span, or the source of a log line. `level`: its name. `kind`, `status`: of a span, their names. `attribute`:
 * of the key `key`, as text; what has no such attribute has no such value.
 */
export const conditionFields = ["service", "process", "name", "level", "kind", "status", "attribute"] as const;
export type ConditionField = (typeof conditionFields)[number];

export const rowCondition = v.object({
  field: v.picklist(conditionFields),
  key: v.optional(text),
  value: text,
  /** Rows that have it are left out. */
  exclude: v.boolean(),
});
export type RowCondition = v.InferOutput<typeof rowCondition>;

export const rowFilter = {
  /** A part of a text of the row, without regard to case. */
  text: v.optional(text),
  /** A regular expression (RE2) that is found in a text of the row, without regard to case unless it says (?-i). */
  pattern: v.optional(v.pipe(text, v.maxLength(mostPattern))),
  where: v.optional(v.pipe(v.array(rowCondition), v.maxLength(mostConditions))),
  /** Of log lines. */
  minSeverity: v.optional(whole),
};
export type RowFilter = v.InferOutput<v.ObjectSchema<typeof rowFilter, undefined>>;

/** Of spans. One that is open lasts long enough: how long it will is not known. */
export const spanFilter = {
  text: rowFilter.text,
  where: rowFilter.where,
  /** At least so long. */
  minNs: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
};
export type SpanFilter = v.InferOutput<v.ObjectSchema<typeof spanFilter, undefined>>;
