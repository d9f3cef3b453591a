// Cases of rules: records that are made up or those of a recording, and what is expected to fire over them.
import type { RuleRecord } from "../evaluate/record.js";

/** Each of what is written in one carries the line it stands in. */
interface Written {
  readonly line: number;
}

export interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

/** What some of a group's fields are. */
export type GroupPart = Readonly<Record<string, string>>;

export type Expectation = Written & { readonly rule: string; readonly group: GroupPart } & (
    | { readonly kind: "fired" | "recovered"; readonly at: Span; readonly says: string | undefined }
    /** Whether it fires at an instant, as of the evaluations up to it. */
    | { readonly kind: "firing" | "quiet"; readonly atNs: number }
    | { readonly kind: "never" }
  );

/** Of what the records are; those that are made up begin at 0 and are in order. */
export type CaseInput =
  | { readonly kind: "series"; readonly records: readonly RuleRecord[]; readonly endNs: number }
  | (Written & { readonly kind: "recording"; readonly path: string });

export interface RuleCase extends Written {
  readonly name: string;
  readonly input: CaseInput;
  readonly expectations: readonly Expectation[];
}

export interface CaseProblem extends Written {
  readonly column: number;
  readonly message: string;
}

export interface CaseFile {
  /** Files of rules, as they are named in it; empty: the one beside it that has its name. */
  readonly rules: readonly string[];
  readonly cases: readonly RuleCase[];
  readonly problems: readonly CaseProblem[];
}
