// The words that a text of rules may use here: those of the language, and what the open recording has. What is offered while one
// types, and what is said of a word that is pointed at.
import {
  actions,
  aliases,
  clauseForms,
  clauseMeanings,
  functionMeanings,
  logLevels,
  recordedMetrics,
  severities,
  windowFunctions,
} from "../../../rules/index.js";

export interface Vocabulary {
  /** Of the recording. */
  readonly metrics: readonly { readonly name: string; readonly unit: string }[];
  readonly services: readonly string[];
}

/** Where in a text somebody types. */
export type Spot =
  "file" | "head" | "body" | "expression" | "filter" | "action" | "severity" | { readonly valueOf: string };

export interface Offer {
  readonly label: string;
  readonly kind: "keyword" | "function" | "metric" | "field" | "clause" | "action" | "value";
  readonly detail?: string;
  readonly says?: string;
  /** What is written; `${}` is where one goes on. */
  readonly writes?: string;
}

const fields: readonly Offer[] = [
  { label: "name", kind: "field", detail: "spans, events" },
  { label: "level", kind: "field", detail: "logs", says: 'level == "error", level >= "warn"' },
  { label: "message", kind: "field", detail: "logs", says: 'contains(message, "timeout")' },
  { label: "kind", kind: "field", detail: "spans", says: 'kind == "server"' },
  { label: "status", kind: "field", detail: "spans", says: 'status == "error"' },
  { label: "duration", kind: "field", detail: "spans", says: "duration > 600ms" },
  { label: "service", kind: "field", detail: "of any record" },
  { label: "process", kind: "field", detail: "of any record" },
  { label: "http.route", kind: "field", detail: "an attribute" },
  { label: "http.response.status_code", kind: "field", detail: "an attribute" },
  ...["contains", "startsWith", "endsWith"].map((name): Offer => ({
    label: name,
    kind: "function",
    detail: "of a text",
    writes: `${name}(\${field}, "\${text}")`,
  })),
];

const keywords: readonly Offer[] = [
  { label: "when", kind: "keyword", says: "a rule in short", writes: 'when ${condition} {\n  alert("${message}")\n}' },
  {
    label: "rule",
    kind: "keyword",
    says: "a rule with a name",
    writes: 'rule "${name}" severity ${high} for ${30s} {\n  when ${condition}\n  then { alert("${message}") }\n}',
  },
];
const parts: readonly Offer[] = [
  { label: "when", kind: "keyword", says: "what must not happen" },
  { label: "recover when", kind: "keyword", says: "what ends it" },
  { label: "then", kind: "keyword", says: "what is done when it fires", writes: "then { ${} }" },
];

const functions: readonly Offer[] = windowFunctions.map((name) => ({
  label: name,
  kind: "function",
  says: functionMeanings[name],
  writes: `${name}(\${series}, \${1m})`,
}));
const selections: readonly Offer[] = ["span", "log", "event"].map((label) => ({
  label,
  kind: "keyword",
  detail: `${label}s, chosen by where`,
}));
const clauses: readonly Offer[] = Object.entries(clauseForms).map(([label, detail]) => ({
  label,
  kind: "clause",
  detail,
  says: clauseMeanings[label] ?? "",
}));
const does: readonly Offer[] = actions.map(({ name, form, does: says }) => ({
  label: name,
  kind: "action",
  detail: form,
  says,
  writes: form.includes('"message"') ? `${name}("\${message}")` : form,
}));

const valuesOf = (field: string, { services }: Vocabulary): readonly string[] => {
  switch (field) {
    case "level":
      return logLevels;
    case "service":
      return services;
    case "kind":
      return ["server", "client", "internal", "producer", "consumer"];
    case "status":
      return ["unset", "ok", "error"];
    default:
      return [];
  }
};

/** A metric of the recording is offered before those that any program has. */
function metricsOf({ metrics }: Vocabulary): readonly Offer[] {
  const recorded = new Map(metrics.map(({ name, unit }) => [name, unit]));
  const others = recordedMetrics.filter(({ name }) => !recorded.has(name));
  return [
    ...aliases.map(({ name, means, unit }): Offer => ({
      label: name,
      kind: "metric",
      detail: unit,
      says: means.replaceAll("`", ""),
    })),
    ...[...recorded].map(([label, detail]): Offer => ({ label, kind: "metric", detail, says: "in this recording" })),
    ...others.map(({ name, unit }): Offer => ({ label: name, kind: "metric", detail: unit })),
  ];
}

export function offersAt(spot: Spot, vocabulary: Vocabulary): readonly Offer[] {
  if (typeof spot === "object")
    return valuesOf(spot.valueOf, vocabulary).map((label): Offer => ({ label, kind: "value" }));
  switch (spot) {
    case "file":
      return keywords;
    case "head":
      return clauses;
    case "body":
      return parts;
    case "severity":
      return severities.map((label): Offer => ({ label, kind: "value" }));
    case "filter":
      return fields;
    case "action":
      return does;
    case "expression":
      return [...metricsOf(vocabulary), ...functions, ...selections];
  }
}

/** What a word means, whichever it is: a heading and a sentence. */
export function meaningOf(
  word: string,
  vocabulary: Vocabulary,
): { readonly head: string; readonly says: string } | undefined {
  const offers = [
    ...offersAt("expression", vocabulary),
    ...does,
    ...clauses,
    ...fields.filter(({ says }) => says !== undefined),
  ];
  const found = offers.find(({ label, says }) => label === word && says !== undefined && says !== "");
  if (found === undefined) return undefined;
  const unit =
    found.kind === "metric" && found.detail !== undefined && found.detail !== "" ? ` in ${found.detail}` : "";
  const head = found.kind === "action" || found.kind === "clause" ? (found.detail ?? word) : `${word}${unit}`;
  return { head, says: found.says ?? "" };
}
