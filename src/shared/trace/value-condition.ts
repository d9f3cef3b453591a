// What somebody types to find values by what they are: `balance < 0`, `status = failed`. The engine and the window read it alike.
import type { CapturedValue } from "./value.js";

export const comparisons = ["<", "<=", ">", ">=", "=", "!="] as const;
export type Comparison = (typeof comparisons)[number];

export interface ValueCondition {
  /** The name that holds the value, whole, without regard to case. */
  readonly key: string;
  readonly comparison: Comparison;
  /** A number where it reads like one; orders are of numbers only. */
  readonly value: number | string;
}

const written = /^([^<>=!]+?)\s*(<=|>=|!=|==|<|>|=)\s*([^<>=!]+)$/;
const numberLike = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Undefined for a text that is no condition. */
export function conditionFrom(text: string): ValueCondition | undefined {
  const [, key = "", operator, right = ""] = written.exec(text.trim()) ?? [];
  const comparison = comparisons.find((one) => one === (operator === "==" ? "=" : operator));
  if (comparison === undefined) return undefined;
  const word = right.trim().replace("−", "-");
  const value = numberLike.test(word) ? Number(word.replaceAll("_", "")) : unquoted(word);
  if (typeof value === "string" && comparison !== "=" && comparison !== "!=") return undefined;
  return { key: key.trim().toLowerCase(), comparison, value };
}

const unquoted = (word: string): string => /^(["'])(.*)\1$/.exec(word)?.[2] ?? word;

export function holds({ key, comparison, value: wanted }: ValueCondition, name: string, value: CapturedValue): boolean {
  if (value.kind !== "primitive" || name.toLowerCase() !== key) return false;
  const { value: own } = value;
  if (typeof wanted === "string") return (String(own) === wanted) === (comparison === "=");
  if (typeof own !== "number" && typeof own !== "bigint") return comparison === "!=";
  switch (comparison) {
    case "<":
      return own < wanted;
    case "<=":
      return own <= wanted;
    case ">":
      return own > wanted;
    case ">=":
      return own >= wanted;
    case "=":
      return Number(own) === wanted;
    case "!=":
      return Number(own) !== wanted;
  }
}
