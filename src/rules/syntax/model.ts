// Rules as they are written: the syntax tree without its punctuation, each part with its place. Nothing is judged here;
// what does not parse is missing, and a problem says so.
import type { Place } from "../problem.js";

export type Expression =
  | { readonly kind: "quantity"; readonly value: number; readonly unit: string | undefined; readonly place: Place }
  | { readonly kind: "text"; readonly text: string; readonly place: Place }
  | { readonly kind: "boolean"; readonly value: boolean; readonly place: Place }
  /** `heap.used`; also the beginning of anything else that is named. */
  | { readonly kind: "name"; readonly parts: readonly string[]; readonly place: Place }
  /** What stands behind a call: `state(Cart).total`, `.*`, `["x-id"]`. */
  | { readonly kind: "member"; readonly of: Expression; readonly steps: readonly Step[]; readonly place: Place }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly namePlace: Place;
      readonly args: readonly Argument[];
      readonly place: Place;
    }
  | { readonly kind: "unary"; readonly operator: "!" | "-"; readonly of: Expression; readonly place: Place }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly place: Place;
    }
  /** `100/s`: so much per unit of time. */
  | { readonly kind: "per"; readonly of: Expression; readonly unit: string; readonly place: Place };

/** A step into a value; undefined is any: `*`. */
export type Step = string | number | undefined;

export const binaryOperators = ["*", "/", "+", "-", "<", "<=", ">", ">=", "==", "!=", "&&", "||"] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

export type Argument =
  | Expression
  | { readonly kind: "selection"; readonly of: Expression; readonly where: Expression; readonly place: Place }
  /** `5m tumbling`, `100 samples`. */
  | {
      readonly kind: "window";
      readonly value: number;
      readonly unit: string | undefined;
      readonly word: string;
      readonly wordPlace: Place;
      readonly place: Place;
    }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, Expression])[]; readonly place: Place };

export interface Clause {
  readonly name: string;
  readonly namePlace: Place;
  readonly args: readonly ClauseArgument[];
  readonly place: Place;
}

export type ClauseArgument =
  | { readonly kind: "quantity"; readonly value: number; readonly unit: string | undefined; readonly place: Place }
  | { readonly kind: "word"; readonly text: string; readonly place: Place }
  | { readonly kind: "text"; readonly text: string; readonly place: Place }
  | { readonly kind: "label"; readonly name: string; readonly text: string; readonly place: Place };

export interface ActionCall {
  readonly name: string;
  readonly namePlace: Place;
  readonly args: readonly Argument[];
  readonly place: Place;
}

export interface WrittenRule {
  readonly name: string | undefined;
  readonly clauses: readonly Clause[];
  readonly condition: Expression;
  readonly recover: { readonly condition: Expression; readonly clauses: readonly Clause[] } | undefined;
  readonly actions: readonly ActionCall[];
  readonly place: Place;
  /** Where the rule begins that a person reads: its name or its condition. */
  readonly headPlace: Place;
}
