// Every field of a place, with values that nobody would think of, is what it was once it stood in an address.
import { describe, expect, it } from "vitest";
import { requestOrders, requestOutcomes } from "../../shared/protocol/request-calls.js";
import { type RowCondition, conditionFields } from "../../shared/protocol/row-filters.js";
import { severities } from "../../shared/trace/attributes.js";
import type { CallsPlace } from "./calls-place.js";
import { correlationQuestions } from "./correlation-place.js";
import { hashFromPlace, type KeptPlace, placeFromAddress } from "./place.js";
import { randomTexts } from "./random-text.test-support.js";
import { extents, leastDurationsNs, routeSorts } from "./request-filter.svelte.js";
import type { KeptView } from "./time-range.svelte.js";

type Random = ReturnType<typeof randomTexts>;

function randomPlace(random: Random): KeptPlace {
  const { below, isTrue, oneOf } = random;
  const any = <Value>(all: readonly Value[]): Value | undefined => all[below(all.length)];
  // Half a character cannot stand in an address.
  const text = (): string => random.text(12).replace(/\p{Surrogate}/gu, "");
  const named = (): string => `a${text()}`;
  const maybe = <Value>(make: () => Value): Value | undefined => (isTrue() ? make() : undefined);
  const hex = (length: number): string => Array.from({ length }, () => below(16).toString(16)).join("");
  const ns = (): number => below(1e15);
  const process = (): number => 1 + below(999_999);
  const value = () => ({ process: process(), scope: named(), path: text() });
  const route = () => ({ service: text(), route: text(), kind: oneOf<"server" | "consumer">(["server", "consumer"]) });
  const condition = (): RowCondition => {
    const field = any(conditionFields) ?? "service";
    return { field, ...(field === "attribute" ? { key: text() } : {}), value: text(), exclude: isTrue() };
  };
  const conditions = () => Array.from({ length: below(4) }, condition);
  const rows = () => ({
    text: text(),
    isPattern: isTrue(),
    minSeverity: any([0, ...Object.values(severities)]) ?? 0,
    where: conditions(),
  });
  const view = (): KeptView =>
    oneOf<KeptView>([
      { kind: "all" },
      { kind: "span", spanNs: 1 + ns() },
      { kind: "range", fromNs: -ns(), toNs: 1 + ns() },
    ]);
  return {
    path: named(),
    isWhole: true,
    instant: maybe(() => BigInt(random.digits().slice(0, 20))),
    record: maybe(() => ({ process: process(), seq: below(1e15) })),
    views: new Map(["lanes", "ruler", named()].filter(isTrue).map((pane) => [pane, view()])),
    value: maybe(value),
    range: maybe(() => ({ fromNs: below(1e6), toNs: 1e6 + ns() })),
    span: maybe(() => ({ process: process(), spanId: hex(16), traceId: oneOf(["", hex(32)]) })),
    filters: {
      only: maybe(named),
      logs: rows(),
      events: rows(),
      spans: { text: text().trim(), where: conditions(), minNs: ns() },
      requests: {
        extent: any(extents) ?? "all",
        words: text(),
        sorting: { by: any(routeSorts) ?? "service", isDescending: isTrue() },
        order: any(requestOrders) ?? "latest",
        outcome: any(requestOutcomes) ?? "any",
        leastNs: any(leastDurationsNs) ?? 0,
      },
    },
    metrics: maybe(() => ({
      rows: oneOf(["5", "5,rate(5) log,5/7", ""]),
      comparesBefore: isTrue(),
      ...oneOf([{}, { hidesUnusual: true }]),
    })),
    request: maybe(() =>
      oneOf<NonNullable<KeptPlace["request"]>>([
        { kind: "route", of: route() },
        { kind: "one", process: process(), spanId: hex(16), outermost: isTrue(), of: maybe(route) },
      ]),
    ),
    calls: maybe(() => ({
      question: "tree" as const,
      ...oneOf<Pick<CallsPlace, "scope" | "of">>([
        { scope: "all" },
        { scope: "range" },
        { scope: "span", of: { process: process(), spanId: hex(16), name: text() } },
      ]),
    })),
    source: maybe(() => ({
      file: named(),
      line: below(1e6),
      ...oneOf([{}, { call: { process: process(), spanId: hex(16), startNs: ns() } }]),
    })),
    correlation: maybe(() => ({
      question: any(correlationQuestions) ?? "series",
      series: maybe(() => below(1e9)),
      id: maybe(named),
    })),
    state: maybe(() => ({
      tab: "diff" as const,
      find: text().trim(),
      against: oneOf<NonNullable<KeptPlace["state"]>["against"]>([
        { kind: "itself" },
        { kind: "start" },
        { kind: "end" },
        { kind: "note", id: text() },
        { kind: "time", text: text() },
      ]),
    })),
    watches: maybe(() => Array.from({ length: 1 + below(3) }, value)),
  };
}

describe("a place in an address", () => {
  it.each([11, 12, 13])("holds every field, whatever its value (seed %i)", (seed) => {
    const random = randomTexts(seed);
    for (let n = 0; n < 400; n++) {
      const place = randomPlace(random);
      expect([seed, n, placeFromAddress(hashFromPlace(place), "")]).toEqual([seed, n, place]);
    }
  });
});
