// What a stage is about, taken apart: the part that kind and name decide once and for all, and the part that has to be looked
// at in each record. Attributes of a record that are still the program's are read without running any of its code.
import { type FilteredKind, type Where, kindsOf, listOf } from "../../shared/protocol/pipeline-stages.js";
import { type Attributes, severities } from "../../shared/trace/attributes.js";
import { matcherOf } from "./text-pattern.js";

type Scalar = string | number | boolean;

interface AttributeTest {
  readonly key: string;
  readonly equals: readonly Scalar[];
  readonly matchers: readonly ((text: string) => boolean)[];
}

/** What is left to be looked at when kind and name fit. */
export interface Rest {
  readonly tests: readonly AttributeTest[];
  /** Log lines of this severity number and above do not fit. */
  readonly below: number;
}

const { getOwnPropertyDescriptor } = Object;

export const isAboutKind = (condition: Where | undefined, kind: FilteredKind): boolean =>
  kindsOf(condition).includes(kind);

export const isAboutName = (condition: Where | undefined, name: string): boolean =>
  condition?.name === undefined || listOf(condition.name).some((pattern) => matcherOf(pattern)(name));

/** Undefined where nothing is left: kind and name say it all. */
export function restOf(condition: Where | undefined): Rest | undefined {
  const tests = Object.entries(condition?.attributes ?? {}).map(([key, values]) => testOf(key, listOf(values)));
  const below = condition?.below === undefined ? Infinity : severities[condition.below];
  return tests.length === 0 && below === Infinity ? undefined : { tests, below };
}

function testOf(key: string, values: readonly Scalar[]): AttributeTest {
  const patterns = values.filter((value) => typeof value === "string").filter((text) => text.includes("*"));
  return {
    key,
    equals: values.filter((value) => typeof value !== "string" || !value.includes("*")),
    matchers: patterns.map(matcherOf),
  };
}

/** `own`: the same attributes where they are ours already, and can simply be read. */
export function fits(
  { tests, below }: Rest,
  attributes: unknown,
  own: Attributes | undefined,
  severity: number,
): boolean {
  if (severity >= below) return false;
  for (let at = 0; at < tests.length; at++) {
    const test = tests[at];
    if (test === undefined) continue;
    // What objects inherit is no text, number or boolean.
    if (!holds(test, own === undefined ? ownData(attributes, test.key) : own[test.key])) return false;
  }
  return true;
}

const ownData = (attributes: unknown, key: string): unknown =>
  typeof attributes === "object" && attributes !== null ? getOwnPropertyDescriptor(attributes, key)?.value : undefined;

function holds({ equals, matchers }: AttributeTest, value: unknown): boolean {
  for (let at = 0; at < equals.length; at++) if (equals[at] === value) return true;
  if (matchers.length === 0 || typeof value !== "string") return false;
  for (let at = 0; at < matchers.length; at++) if (matchers[at]?.(value) === true) return true;
  return false;
}
