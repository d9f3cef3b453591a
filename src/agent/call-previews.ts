// What is told of the values of a call, the plain way: as objects.
import type { AttributeValue, Attributes } from "../shared/trace/attributes.js";
import { attributeFrom, emptyAttributes } from "./attributes.js";

/** Properties and items of what was given or returned, and of what is in these only what it is. */
export const previewBudget = { depth: 1, units: 512, breadth: 8 } as const;

export const argumentsAttribute = "hindcast.call.arguments";
export const resultAttribute = "hindcast.call.result";

/** By the names of parameters; one that has none is left out, and so is what was not given. */
export function argumentsFrom(parameters: readonly string[], given: readonly unknown[]): Attributes {
  const previews = emptyAttributes();
  for (let at = 0; at < parameters.length; at++) {
    const name = parameters[at];
    if (name === undefined || name === "") continue;
    const preview = previewOf(given[at]);
    if (preview !== undefined) previews[name] = preview;
  }
  return previews;
}

export function resultFrom(result: unknown): Attributes {
  const preview = previewOf(result);
  return preview === undefined ? {} : { [resultAttribute]: preview };
}

const previewOf = (value: unknown): AttributeValue | undefined =>
  typeof value === "function" ? "[Function]" : attributeFrom(value, previewBudget);
