// A change in words and numbers.
import { scaleOf, valueText } from "../shared/base/units.js";
import { unreachable } from "../shared/base/unreachable.js";
import type { ChangeKind } from "../shared/protocol/correlation-calls.js";
import type { Explained } from "./correlation/explained.js";

export interface Subject {
  readonly kind: ChangeKind;
  readonly service: string;
  readonly subject: string;
  readonly unit: string;
}

export interface Found extends Explained<Subject> {
  readonly shape: Float64Array;
}

export function whyOf(found: Found): string {
  const { of, before, after, effect } = found;
  const { kind, unit } = of;
  const apart = `${Math.round(effect * 100)} % of the distribution is elsewhere`;
  switch (kind) {
    case "rate":
    case "log":
    case "event":
    case "state":
      return countWords(before, after) + besides(found);
    case "errors":
      return `${percent(before)} of them failed, now ${percent(after)}`;
    case "attribute":
      return `${percent(before)} of them said so, now ${percent(after)}`;
    case "latency":
      return `${medians(before, after, { name: "", unit: "ns" })}; ${apart}`;
    case "metric":
    case "value":
      return `${medians(before, after, { name: of.subject, unit })}; ${apart}`;
    default:
      return unreachable(kind);
  }
}

function countWords(before: number, after: number): string {
  if (before === 0) return `new: ${number(after)} a second`;
  if (after === 0) return `no more: ${number(before)} a second before`;
  const times = after > before ? `${number(after / before)} times as many` : `${number(before / after)} times fewer`;
  return `${number(before)} a second, now ${number(after)}: ${times}`;
}

/** What requests do not explain. */
function besides({ by, before, beforeEach, afterEach }: Found): string {
  if (by === undefined || beforeEach === undefined || afterEach === undefined || before === 0) return "";
  return `; for each ${by}, ${number(beforeEach)} before and ${number(afterEach)} now`;
}

const number = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (share: number): string => `${number(share * 100)} %`;

/** Both in the unit that the larger one is read in. */
function medians(before: number, after: number, series: { readonly name: string; readonly unit: string }): string {
  const scale = scaleOf(series, Math.max(Math.abs(before), Math.abs(after)));
  const amount = (value: number): string =>
    `${valueText(value, scale)}${scale.suffix === "" ? "" : ` ${scale.suffix}`}`;
  return `median ${amount(before)}, now ${amount(after)}`;
}
