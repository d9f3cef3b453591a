// What rules ask of a recording's records, so that who reads them leaves out the rest.
import type { RecordFilter, RulePlan, SourcePlan } from "../plan.js";
import { type RuleRecord, isOwnField } from "./record.js";

type Kind = RuleRecord["kind"];

export interface RecordNeeds {
  /** Names of metrics; samples of others are not asked for. */
  readonly metrics: readonly string[];
  readonly kinds: ReadonlySet<Kind>;
  /** Kinds whose attributes are looked at. */
  readonly attributes: ReadonlySet<Kind>;
  /** Whether log lines are asked for what they say. */
  readonly messages: boolean;
}

export function needsOf(plans: readonly RulePlan[]): RecordNeeds {
  const metrics = new Set<string>();
  const [kinds, attributes] = [new Set<Kind>(), new Set<Kind>()];
  let messages = false;
  for (const { sources, by } of plans)
    for (const source of sources) {
      const kind = kindOf(source);
      kinds.add(kind);
      if (source.kind === "metric") metrics.add(source.name);
      if (source.kind === "derived" && source.derivation.how === "total") metrics.add(source.derivation.metric);
      for (const field of [...by, ...fieldsOf(source)]) {
        if (!isOwnField(field, kind)) attributes.add(kind);
        if (kind === "log" && (field === "message" || field === "body")) messages = true;
      }
    }
  return { metrics: [...metrics], kinds, attributes, messages };
}

function kindOf(source: SourcePlan): Kind {
  if (source.kind !== "derived") return source.kind;
  return source.derivation.how === "total" ? "metric" : "span";
}

function fieldsOf(source: SourcePlan): readonly string[] {
  const own = filterFields(source.filter);
  if (source.kind !== "derived" || source.derivation.how === "total") return own;
  const { derivation } = source;
  return ["http.request.method", ...own, ...("where" in derivation ? filterFields(derivation.where) : [])];
}

function filterFields(filter: RecordFilter | undefined): readonly string[] {
  if (filter === undefined) return [];
  switch (filter.op) {
    case "and":
    case "or":
      return [...filterFields(filter.left), ...filterFields(filter.right)];
    case "not":
      return filterFields(filter.of);
    default:
      return [filter.field];
  }
}
