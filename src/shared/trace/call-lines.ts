// The statements of a call as its span has them: `[line, ns since the first of them, variables that are others than before]`, each as it
// was right before the statement ran.
import type { AttributeValue, Attributes } from "./attributes.js";

export const linesAttribute = "hindcast.call.lines";
/** How many more of its statements ran, of which nothing was told. */
export const linesLeftOutAttribute = "hindcast.call.lines.left_out";

export interface CallStep {
  /** From 1; 0 = not known. */
  readonly line: number;
  readonly sinceFirstNs: number;
  readonly changed: Attributes;
}

export const toldStep = (
  line: number,
  sinceFirstNs: number,
  changed: Attributes | undefined,
): readonly AttributeValue[] => (changed === undefined ? [line, sinceFirstNs] : [line, sinceFirstNs, changed]);

/** Whatever else stands there is passed over. */
export function stepsFrom(attributes: Readonly<Record<string, unknown>>): readonly CallStep[] {
  const told = attributes[linesAttribute];
  if (!isList(told)) return [];
  return told.flatMap((step) => {
    if (!isList(step)) return [];
    const [line, sinceFirstNs, changed] = step;
    if (typeof line !== "number" || typeof sinceFirstNs !== "number") return [];
    return [{ line, sinceFirstNs, changed: isAttributes(changed) ? changed : {} }];
  });
}

export function stepsLeftOut(attributes: Readonly<Record<string, unknown>>): number {
  const count = attributes[linesLeftOutAttribute];
  return typeof count === "number" ? count : 0;
}

/** The variables right before one of them ran, in the order in which they came up. */
export function localsAt(steps: readonly CallStep[], index: number): Attributes {
  const locals: Record<string, AttributeValue> = {};
  for (const { changed } of steps.slice(0, index + 1))
    for (const [name, value] of Object.entries(changed))
      Object.defineProperty(locals, name, { value, enumerable: true, configurable: true, writable: true });
  return locals;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isAttributes = (value: unknown): value is Attributes =>
  typeof value === "object" && value !== null && !Array.isArray(value);
