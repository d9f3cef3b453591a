// How filters stand in an address: of Logs and Events, of Lanes, of Requests, and the one service that is shown. What was chosen by nobody
// does not stand there; what cannot be read is left out.
import {
  type ConditionField,
  type RowCondition,
  conditionFields,
  mostConditions,
  mostPattern,
} from "../../shared/protocol/row-filters.js";
import { requestOrders, requestOutcomes } from "../../shared/protocol/request-calls.js";
import { severities } from "../../shared/trace/attributes.js";
import {
  type RequestChoices,
  type Sorting,
  extents,
  firstChoices,
  leastDurationsNs,
  routeSorts,
} from "./request-filter.svelte.js";
import { type RowChoices, noChoices } from "./row-filter.svelte.js";
import type { SpanChoices } from "./span-filter.svelte.js";

export interface FilterPlace {
  readonly only: string | undefined;
  readonly logs: RowChoices;
  readonly events: RowChoices;
  readonly spans: SpanChoices;
  readonly requests: RequestChoices;
}

export const noFilters: FilterPlace = {
  only: undefined,
  logs: noChoices,
  events: noChoices,
  spans: { text: "", where: [], minNs: 0 },
  requests: firstChoices,
};

/** Of a name or a value; what is longer was written by nobody here. */
const mostText = 4000;

export function filtersFrom(kept: URLSearchParams): FilterPlace {
  return {
    only: textFrom(kept.get("only")),
    logs: rowsFrom(kept, "logs"),
    events: rowsFrom(kept, "events"),
    spans: spansFrom(kept),
    requests: requestsFrom(kept),
  };
}

export function keepFilters(kept: URLSearchParams, { only, logs, events, spans, requests }: FilterPlace): void {
  if (only !== undefined) kept.set("only", only);
  keepRows(kept, "logs", logs);
  keepRows(kept, "events", events);
  keepSpans(kept, spans);
  keepRequests(kept, requests);
}

type List = "logs" | "events";

const severityNumbers: readonly number[] = Object.values(severities);

function rowsFrom(kept: URLSearchParams, list: List): RowChoices {
  const pattern = kept.get(`${list}-pattern`);
  const level = Number(kept.get(`${list}-level`) ?? "0");
  return {
    text: (pattern ?? kept.get(list) ?? "").slice(0, mostPattern),
    isPattern: pattern !== null,
    minSeverity: severityNumbers.includes(level) ? level : 0,
    where: conditionsFrom(kept, list),
  };
}

const conditionsFrom = (kept: URLSearchParams, list: List | "lanes"): readonly RowCondition[] =>
  kept
    .getAll(`${list}-where`)
    .slice(0, mostConditions)
    .flatMap((text) => conditionFrom(text) ?? []);

function spansFrom(kept: URLSearchParams): SpanChoices {
  const least = /^\d{1,16}$/.test(kept.get("lanes-least") ?? "") ? Number(kept.get("lanes-least")) : 0;
  return {
    text: (kept.get("lanes") ?? "").trim().slice(0, mostPattern),
    where: conditionsFrom(kept, "lanes"),
    minNs: least,
  };
}

function keepSpans(kept: URLSearchParams, { text, where, minNs }: SpanChoices): void {
  if (text !== "") kept.set("lanes", text);
  for (const condition of where) kept.append("lanes-where", textOfCondition(condition));
  if (minNs > 0) kept.set("lanes-least", String(Math.ceil(minNs)));
}

function keepRows(kept: URLSearchParams, list: List, { text, isPattern, minSeverity, where }: RowChoices): void {
  if (isPattern) kept.set(`${list}-pattern`, text);
  else if (text !== "") kept.set(list, text);
  if (minSeverity > 0) kept.set(`${list}-level`, String(minSeverity));
  for (const condition of where) kept.append(`${list}-where`, textOfCondition(condition));
}

/** `service=web`, `-level=info` for what is left out, `attribute.order%20id=7`. */
const textOfCondition = ({ field, key, value, exclude }: RowCondition): string =>
  `${exclude ? "-" : ""}${field}${key === undefined ? "" : `.${encodeURIComponent(wellFormed(key))}`}=${value}`;

/** Half a character cannot stand in an address. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");

function conditionFrom(text: string): RowCondition | undefined {
  const [, minus, name, encoded, value] = /^(-?)([a-z]+)(?:\.([^=]*))?=(.*)$/s.exec(text.slice(0, mostText)) ?? [];
  const field = conditionFields.find((one): one is ConditionField => one === name);
  const key = encoded === undefined ? undefined : decoded(encoded);
  if (field === undefined || value === undefined) return undefined;
  // Only attributes have a key, and each has one.
  if ((field === "attribute") !== (key !== undefined)) return undefined;
  return { field, ...(key === undefined ? {} : { key }), value, exclude: minus === "-" };
}

function requestsFrom(kept: URLSearchParams): RequestChoices {
  const least = Number(kept.get("requests-least") ?? "0");
  return {
    extent: oneOf(extents, kept.get("routes-of")) ?? firstChoices.extent,
    words: (kept.get("routes-words") ?? "").slice(0, mostPattern),
    sorting: sortingFrom(kept.get("routes-sort") ?? "") ?? firstChoices.sorting,
    order: oneOf(requestOrders, kept.get("requests-order")) ?? firstChoices.order,
    outcome: oneOf(requestOutcomes, kept.get("requests-outcome")) ?? firstChoices.outcome,
    leastNs: leastDurationsNs.find((one) => one === least) ?? 0,
  };
}

function keepRequests(kept: URLSearchParams, chosen: RequestChoices): void {
  const { extent, words, sorting, order, outcome, leastNs } = chosen;
  if (extent !== firstChoices.extent) kept.set("routes-of", extent);
  if (words !== "") kept.set("routes-words", words);
  const sort = textOfSorting(sorting);
  if (sort !== textOfSorting(firstChoices.sorting)) kept.set("routes-sort", sort);
  if (order !== firstChoices.order) kept.set("requests-order", order);
  if (outcome !== "any") kept.set("requests-outcome", outcome);
  if (leastNs > 0) kept.set("requests-least", String(leastNs));
}

/** `p95Ns` from the least, `-p95Ns` from the most. */
const textOfSorting = ({ by, isDescending }: Sorting): string => `${isDescending ? "-" : ""}${by}`;

function sortingFrom(text: string): Sorting | undefined {
  const by = oneOf(routeSorts, text.replace(/^-/, ""));
  return by === undefined ? undefined : { by, isDescending: text.startsWith("-") };
}

const oneOf = <One extends string>(all: readonly One[], text: string | null): One | undefined =>
  all.find((one) => one === text);

const textFrom = (text: string | null): string | undefined =>
  text === null || text === "" ? undefined : text.slice(0, mostText);

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
