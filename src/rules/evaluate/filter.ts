// Conditions behind `where`, as functions.
import { unreachable } from "../../shared/base/unreachable.js";
import type { Comparison, RecordFilter } from "../plan.js";
import { type RuleRecord, fieldReader } from "./record.js";

export type RecordTest = (record: RuleRecord) => boolean;

export function recordTest(filter: RecordFilter | undefined): RecordTest {
  if (filter === undefined) return () => true;
  switch (filter.op) {
    case "and": {
      const [left, right] = [recordTest(filter.left), recordTest(filter.right)];
      return (record) => left(record) && right(record);
    }
    case "or": {
      const [left, right] = [recordTest(filter.left), recordTest(filter.right)];
      return (record) => left(record) || right(record);
    }
    case "not": {
      const of = recordTest(filter.of);
      return (record) => !of(record);
    }
    case "field": {
      const { how, value } = filter;
      const read = fieldReader(filter.field);
      return (record) => {
        const found = read(record);
        return found !== undefined && holds(found, how, value);
      };
    }
    case "text": {
      const { how, text } = filter;
      const read = fieldReader(filter.field);
      return (record) => {
        const found = read(record);
        if (typeof found !== "string") return false;
        return how === "contains"
          ? found.includes(text)
          : how === "startsWith"
            ? found.startsWith(text)
            : found.endsWith(text);
      };
    }
    default:
      return unreachable(filter);
  }
}

/** Numbers that were recorded as texts are compared as numbers: many attributes are. */
function holds(found: string | number | boolean, how: Comparison, value: string | number | boolean): boolean {
  const left = typeof value === "number" && typeof found === "string" ? Number(found) : found;
  if (typeof left !== typeof value) return false;
  switch (how) {
    case "==":
      return left === value;
    case "!=":
      return left !== value && !Number.isNaN(left);
    case "<":
      return left < value;
    case "<=":
      return left <= value;
    case ">":
      return left > value;
    case ">=":
      return left >= value;
  }
}
