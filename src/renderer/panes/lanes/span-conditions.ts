// What spans can be filtered by: what somebody typed, read as a condition where it is like one, and what a span says of itself.
import { spanKinds, spanStatuses } from "../../../shared/trace/attributes.js";
import type { RowCondition } from "../../../shared/protocol/row-filters.js";
import { type FieldValue, conditionText } from "../../state/row-filter.svelte.js";
import { durationText } from "../../state/text.js";
import type { Attribute } from "../../widgets/attributes.js";
import type { SpanFacts } from "./span-text.js";

export type TypedFilter =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "least"; readonly minNs: number }
  | { readonly kind: "where"; readonly condition: RowCondition };

const nsOfUnit: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, min: 60e9 };
const fields = ["service", "name", "kind", "status"] as const;

/** `≥ 5 ms`, `kind = client`, `http.route != /a`; else it is a text. Undefined for nothing. */
export function typedFilter(typed: string): TypedFilter | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  const [, number, unit = ""] = /^(?:>=?|≥)\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|μs|ms|s|min)$/.exec(text) ?? [];
  if (number !== undefined) return { kind: "least", minNs: Number(number) * (nsOfUnit[unit] ?? 1) };
  const [, key, sign, value] = /^([^\s=≠!]+)\s*(=|!=|≠)\s*(\S.*)$/.exec(text) ?? [];
  if (key === undefined || value === undefined) return { kind: "text", text };
  const exclude = sign !== "=";
  const field = fields.find((one) => one === key);
  // What no span can be is looked for as a text.
  if (field === "kind" && !isOneOf(spanKinds, value)) return { kind: "text", text };
  if (field === "status" && !isOneOf(spanStatuses, value)) return { kind: "text", text };
  const condition =
    field === undefined ? { field: "attribute" as const, key, value, exclude } : { field, value, exclude };
  return { kind: "where", condition };
}

const isOneOf = (names: readonly string[], name: string): boolean => names.includes(name);

/** As a menu offers it. */
export function typedText(typed: TypedFilter): string {
  if (typed.kind === "least") return `At least ${durationText(typed.minNs)}`;
  return typed.kind === "text" ? `Only with “${typed.text}”` : `Only ${conditionText(typed.condition)}`;
}

/** Longer values say little as a filter. */
const longest = 200;

export function fieldOf({ key, value }: Attribute): FieldValue | undefined {
  const isWhole = !/^[[{]/.test(value) && value !== "null" && value.length <= longest;
  return isWhole ? { field: "attribute", key, value } : undefined;
}

/** What a span can be told by, the most telling first. */
export function fieldsOf(facts: SpanFacts, service: string): readonly FieldValue[] {
  return [
    { field: "name", value: facts.name },
    ...(service === "" ? [] : [{ field: "service", value: service } as const]),
    { field: "kind", value: facts.kind },
    { field: "status", value: facts.recordedStatus },
    ...facts.attributes.flatMap((attribute) => fieldOf(attribute) ?? []),
  ];
}
