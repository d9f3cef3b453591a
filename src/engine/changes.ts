// What changed in a selected range against a baseline: rows come from the store a kind at a time, the pure core says how
// much each changed and how likely that is chance, and all are ranked together.
import { type Asker, tellPart } from "../shared/base/asker.js";
import { type ChangeKind, changeKinds } from "../shared/protocol/correlation-calls.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import {
  changeOfCount,
  changeOfSeries,
  changeOfShare,
  changeOfValues,
  ranked,
  type Scored,
} from "./correlation/changed.js";
import { type Stream, explained } from "./correlation/explained.js";
import { shapeByValue, shapeOverTime } from "./correlation/shapes.js";
import { looksLikeCounter } from "./correlation/stationary.js";
import { type Found, type Subject, whyOf } from "./change-words.js";
import { metricChanges } from "./metric-changes.js";
import {
  type Compared,
  type Counted,
  type CountedAttribute,
  type CountedSpans,
  type Distributed,
  countedAttributes,
  countedEvents,
  countedLogs,
  countedSpans,
  spanDurations,
} from "./store/changed-rows.js";
import { changedState } from "./store/changed-state.js";
import type { Query } from "./store/readers.js";

type Changes = CallResult<"range.changes">;
type Looked = Found;

/** Of the selection: enough to see what comes in bursts. */
const cellsOfSelection = 16;
const timesAsLong = 4n;

type Asked = CallArgs<"range.changes"> & {
  /** When the recording begins and ends. */
  readonly since: bigint;
  readonly until: bigint;
};

/** With less before it nothing is usual. */
const leastCells = 6;

export async function changes(query: Query, args: Asked, asker: Asker): Promise<Changes> {
  const compared = comparedOf(args);
  if (compared === undefined) return answerOf(undefined, 0, [], 0);
  const looks = [metricLook, spanLook, durationLook, logLook, eventLook, stateLook, attributeLook];
  const looked: Looked[] = [];
  const traffic = trafficOf(await countedSpans(query, compared));
  for (const [at, look] of looks.entries()) {
    tellPart(asker, { done: at, total: looks.length, unit: "share" });
    looked.push(...(await look(query, compared, traffic)));
  }
  const found = ranked(looked, isBetter);
  return answerOf(
    compared,
    looked.length,
    args.unsure === true ? found : found.filter(({ isSure }) => isSure),
    args.limit,
  );
}

/** Programs get faster after their start: that is seldom what somebody looks for. */
const isBetter = ({ of, before, after }: Looked): boolean =>
  after < before &&
  (of.kind === "latency" || of.kind === "errors" || (of.kind === "metric" && /^(n|u|µ|m)?s$|^By$/.test(of.unit)));

function comparedOf({ from, to, baseline, against, since, until }: Asked): Compared | undefined {
  const cellNs = (to - from) / BigInt(cellsOfSelection);
  if (cellNs <= 0n) return undefined;
  const length = timesAsLong * (to - from);
  const isAfter = baseline === undefined && against === "after";
  const usual = isAfter
    ? { from: to, to: to + length < until ? to + length : until }
    : { from: from - length > since ? from - length : since, to: from };
  const { from: begin, to: end } = baseline ?? usual;
  const before = Math.min(10_000, Number((end - begin) / cellNs));
  if (before < leastCells) return undefined;
  // Whole cells, those that are nearest to the selection.
  const whole = BigInt(before) * cellNs;
  return {
    baseline: isAfter ? { from: begin, to: begin + whole } : { from: end - whole, to: end },
    selection: { from, to: from + BigInt(cellsOfSelection) * cellNs },
    cellNs,
    before,
    after: cellsOfSelection,
  };
}

type Look = (query: Query, compared: Compared, traffic: Traffic) => Promise<readonly Looked[]>;

interface Traffic {
  readonly spans: readonly CountedSpans[];
  /** All that came from outside, by service. */
  readonly entries: readonly Counted[];
  /** What may have caused what a service does: what came from outside, and what it was asked to do itself. */
  streamsFor(service: string): readonly Stream[];
}

function trafficOf(spans: readonly CountedSpans[]): Traffic {
  const sum = (columns: readonly Float64Array[]): Float64Array =>
    Float64Array.from({ length: columns[0]?.length ?? 0 }, (_, at) =>
      columns.reduce((all, column) => all + (column[at] ?? 0), 0),
    );
  const inward = spans.filter(({ entries }) => entries.some((count) => count > 0));
  const services = [...new Set(inward.map(({ service }) => service))];
  const entries = services.map((service) => ({
    service,
    subject: fromOutside,
    counts: sum(inward.filter((one) => one.service === service).map((one) => one.entries)),
  }));
  const outside: Stream[] = [
    ...entries.map(({ service, counts }) => ({ name: `request to ${service}`, counts })),
    ...inward.map((one) => ({ name: `${one.subject} of ${one.service}`, counts: one.entries })),
  ];
  return {
    spans,
    entries,
    streamsFor: (service) => [
      ...outside,
      ...spans
        .filter((one) => one.service === service && one.requests.some((count) => count > 0))
        .map((one) => ({ name: `${one.subject} of ${service}`, counts: one.requests })),
    ],
  };
}

const fromOutside = "all requests from outside";

const there = <Value>(values: readonly (Value | undefined)[]): Value[] =>
  values.flatMap((value) => (value === undefined ? [] : [value]));
const secondsOf = ({ cellNs }: Compared): number => Number(cellNs) / 1e9;

function countsOf(
  kind: ChangeKind,
  counted: readonly Counted[],
  compared: Compared,
  streamsOf: (one: Counted) => readonly Stream[],
): Looked[] {
  const perSecond = 1 / secondsOf(compared);
  return there(
    counted.map((one) => {
      const { service, subject, counts } = one;
      const change = changeOfCount<Subject>({ kind, service, subject, unit: "/s" }, counts, compared);
      if (change === undefined) return undefined;
      const { before, after } = change;
      return {
        ...explained(change, counts, streamsOf(one), compared),
        before: before * perSecond,
        after: after * perSecond,
        shape: shapeOverTime(counts, compared.before),
      };
    }),
  );
}

const byService = (traffic: Traffic) => {
  const streams = new Map<string, readonly Stream[]>();
  return ({ service }: Counted): readonly Stream[] => {
    const known = streams.get(service) ?? traffic.streamsFor(service);
    streams.set(service, known);
    return known;
  };
};

/** Of those that happen within a third of a cell hardly more is known than of one. */
const perCell = 3;

function valuesOf(kind: ChangeKind, unit: string, found: readonly Distributed[], compared: Compared): Looked[] {
  const worth = { before: perCell * compared.before, after: perCell * compared.after };
  return there(
    found.map(({ service, subject, newer, ...histogram }) => {
      const change = changeOfValues<Subject>({ kind, service, subject, unit }, histogram, worth, newer);
      return change && { ...change, shape: shapeByValue(histogram) };
    }),
  );
}

const metricLook: Look = metricChanges;

function shareOf(of: Subject, some: Float64Array, all: Float64Array, compared: Compared): Looked | undefined {
  const change = changeOfShare(of, some, all, compared);
  const shares = some.map((count, at) => count / (all[at] ?? 0));
  return change && { ...change, shape: shapeOverTime(shares, compared.before) };
}

const spanLook: Look = (_, compared, traffic) => {
  const { spans, entries } = traffic;
  const errors = spans.map(({ service, subject, counts, errors: failed }) =>
    shareOf({ kind: "errors", service, subject, unit: "share" }, failed, counts, compared),
  );
  const streamsOf = byService(traffic);
  const isEntry = ({ service, subject }: Counted): boolean =>
    spans.some((one) => one.service === service && one.subject === subject && one.entries.some((count) => count > 0));
  const rates = countsOf("rate", spans, compared, (one) => {
    const own = streamsOf(one).filter(({ counts }) => counts.some((count, at) => count !== one.counts[at]));
    // A route from outside is explained by all that came from there, not by another route.
    return isEntry(one) ? own.filter(({ name }) => name === `request to ${one.service}`) : own;
  });
  return Promise.resolve([...countsOf("rate", entries, compared, () => []), ...rates, ...there(errors)]);
};

const durationLook: Look = async (query, compared) =>
  valuesOf("latency", "ns", await spanDurations(query, compared), compared);

const logLook: Look = async (query, compared, traffic) =>
  countsOf("log", await countedLogs(query, compared), compared, byService(traffic));

const eventLook: Look = async (query, compared, traffic) =>
  countsOf("event", await countedEvents(query, compared), compared, byService(traffic));

const stateLook: Look = async (query, compared, traffic) => {
  const { counts, averages } = await changedState(query, compared);
  const values = averages.map(({ service, subject, counts: cells }) => {
    // What is counted up is seen by how often it is written.
    if (looksLikeCounter(cells)) return undefined;
    const [was, is] = [cells.subarray(0, compared.before), cells.subarray(compared.before)];
    const change = changeOfSeries<Subject>({ kind: "value", service, subject, unit: "" }, was, is);
    return change && { ...change, shape: shapeOverTime(cells, compared.before) };
  });
  return [...countsOf("state", counts, compared, byService(traffic)), ...there(values)];
};

/** Which share of the spans of one name says so: over-represented in the selection, or the other way round. */
const attributeLook: Look = async (query, compared, { spans: counted }) => {
  const attributes = alike(await countedAttributes(query, compared));
  const spans = new Map(counted.map(({ service, subject, counts }) => [JSON.stringify([service, subject]), counts]));
  return there(
    attributes.map(({ service, of, subject, counts }) => {
      const all = spans.get(JSON.stringify([service, of]));
      const subjectOf: Subject = { kind: "attribute", service, subject: `${subject} of ${of}`, unit: "share" };
      return all && shareOf(subjectOf, counts, all, compared);
    }),
  );
};

/** Attributes of the same spans in every cell are one thing that is said in several ways. */
function alike(attributes: readonly CountedAttribute[]): readonly CountedAttribute[] {
  const found = new Map<string, CountedAttribute>();
  for (const one of attributes) {
    const key = JSON.stringify([one.service, one.of, ...one.counts]);
    const other = found.get(key);
    found.set(key, other === undefined ? one : { ...other, subject: `${other.subject}, ${one.subject}` });
  }
  return [...found.values()];
}

function answerOf(
  compared: Compared | undefined,
  tried: number,
  found: readonly (Found & Scored)[],
  limit: number,
): Changes {
  const rows = found.slice(0, limit);
  return {
    baseline: compared?.baseline,
    tried,
    named: found.filter(({ isSure }) => isSure).length,
    kind: Uint8Array.from(rows, ({ of }) => changeKinds.indexOf(of.kind)),
    services: rows.map(({ of }) => of.service),
    subjects: rows.map(({ of }) => of.subject),
    sure: Uint8Array.from(rows, ({ isSure }) => (isSure ? 1 : 0)),
    score: Float64Array.from(rows, ({ score }) => score),
    chance: Float64Array.from(rows, ({ chance }) => chance),
    before: Float64Array.from(rows, ({ before }) => before),
    after: Float64Array.from(rows, ({ after }) => after),
    units: rows.map(({ of }) => of.unit),
    why: rows.map(whyOf),
    shapes: Float64Array.from(rows.flatMap(({ shape }) => [...shape])),
    byValue: Uint8Array.from(rows, ({ of }) => (of.kind === "latency" ? 1 : 0)),
  };
}
