// What rules are compiled to: plain data that one loop evaluates, live and over the past. Truth is 1, untruth 0, and what has
// no value NaN, which no comparison holds for.
import type { Kind } from "./quantity.js";
import type { Place } from "./problem.js";

export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";
export type WindowFunction = (typeof windowFunctions)[number];
export const windowFunctions = [
  ...["avg", "max", "min", "sum", "count", "rate", "trend", "delta", "stddev"],
  ...["p50", "p90", "p95", "p99", "absent"],
] as const;

/** What is asked of a record before it counts. A field that it does not have fails every comparison. */
export type RecordFilter =
  | { readonly op: "and" | "or"; readonly left: RecordFilter; readonly right: RecordFilter }
  | { readonly op: "not"; readonly of: RecordFilter }
  | {
      readonly op: "field";
      readonly field: string;
      readonly how: Comparison;
      readonly value: string | number | boolean;
    }
  | {
      readonly op: "text";
      readonly field: string;
      readonly how: "contains" | "startsWith" | "endsWith";
      readonly text: string;
    };

/** How a series is made of spans or of another series, a sample at each record of it. */
export type Derivation =
  /** How long each took. */
  | { readonly how: "duration" }
  | { readonly how: "longest" }
  /** So many since the beginning. */
  | { readonly how: "count"; readonly where: RecordFilter | undefined }
  /** Of those in the minute up to it, the share for which it holds. */
  | { readonly how: "share"; readonly where: RecordFilter }
  /** So many a second in the minute up to it. */
  | { readonly how: "rate" }
  /** The sum of all samples of a metric. */
  | { readonly how: "total"; readonly metric: string };

/** Where values are from. */
export type SourcePlan =
  | {
      readonly kind: "metric";
      readonly name: string;
      readonly filter: RecordFilter | undefined;
      /** Values in the series' own unit instead of the evaluator's. */
      readonly isAsStored: boolean;
    }
  | { readonly kind: "derived"; readonly derivation: Derivation; readonly filter: RecordFilter | undefined }
  | { readonly kind: "span" | "log" | "event"; readonly filter: RecordFilter | undefined }
  /** By the name of a scope, or by class: then the value at a path of each instance. */
  | {
      readonly kind: "state";
      readonly scope: string | undefined;
      readonly className: string | undefined;
      readonly path: readonly (string | undefined)[];
      readonly filter: RecordFilter | undefined;
    };

export type Extent =
  | { readonly by: "time"; readonly ns: number; readonly isTumbling: boolean }
  | { readonly by: "samples"; readonly count: number };

export interface WindowPlan {
  readonly source: number;
  readonly extent: Extent;
  /** What is read of it; decides what it has to keep. */
  readonly reads: readonly WindowFunction[];
}

export type ExpressionPlan =
  | { readonly op: "constant"; readonly value: number }
  /** The last value of a source. */
  | { readonly op: "latest"; readonly source: number }
  | { readonly op: "window"; readonly window: number; readonly read: WindowFunction }
  | { readonly op: "not" | "minus"; readonly of: ExpressionPlan }
  | {
      readonly op: "and" | "or" | "+" | "-" | "*" | "/" | Comparison;
      readonly left: ExpressionPlan;
      readonly right: ExpressionPlan;
    }
  | { readonly op: "text"; readonly source: number; readonly isNot: boolean; readonly text: string };

/** A text with values in it. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly value: ExpressionPlan; readonly as: Kind }
  /** Of the group that fires: `${service}`, `${path}`, `${id}`, `${value}`. */
  | { readonly kind: "group"; readonly name: string };

export type ActionArgument =
  | { readonly kind: "text"; readonly parts: readonly TextPart[] }
  | { readonly kind: "value"; readonly value: ExpressionPlan; readonly as: Kind }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, ActionArgument])[] };

export interface ActionPlan {
  readonly name: string;
  readonly args: readonly ActionArgument[];
}

/** A part of a condition that && joins to the others, for "why not?". */
export interface ClausePlan {
  readonly place: Place;
  readonly condition: ExpressionPlan;
  /** Of one that compares numbers: what is compared, and what with. */
  readonly compared: Compared | undefined;
}

export interface Compared {
  readonly value: ExpressionPlan;
  readonly how: Comparison;
  readonly limit: ExpressionPlan;
  /** Where the limit is written. */
  readonly limitPlace: Place;
  readonly kind: Kind;
  /** It is so much for each minute, and not a value. */
  readonly isPerMinute: boolean;
}

export const severities = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

export interface RulePlan {
  readonly name: string;
  readonly place: Place;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  /** What makes groups: names of fields. Empty: everything is one. */
  readonly by: readonly string[];
  readonly forNs: number;
  readonly cooldownNs: number;
  /** Between evaluations. */
  readonly tickNs: number;
  /** Evaluated at records, too, that change a value named directly. */
  readonly isAtRecords: boolean;
  readonly condition: ExpressionPlan;
  readonly clauses: readonly ClausePlan[];
  readonly recover: { readonly condition: ExpressionPlan; readonly forNs: number } | undefined;
  readonly actions: readonly ActionPlan[];
  readonly sources: readonly SourcePlan[];
  readonly windows: readonly WindowPlan[];
}
