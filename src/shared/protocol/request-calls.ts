// Calls about requests. A request is what a service was asked to do: a span of kind server, or consumer for messages of a
// queue. Requests of one route are those of one service whose spans have one name; where a name says only the method
// ("POST"), the path says the rest, and parts of it with digits are shown as *.
import * as v from "valibot";
import { logColumns, spanColumns } from "./engine-rows.js";
import { count, f64, ns, recording, text, texts, u16, u32, u8, whole } from "./schemas.js";

const range = { ...recording, from: ns, to: ns };

/** Upper ends of the bins of a histogram of durations, four to a tenfold; the last bin has none. */
export const durationEdgesNs: readonly number[] = Array.from({ length: 28 }, (_, at) => 1e4 * 10 ** ((at + 1) / 4));
export const durationBins = durationEdgesNs.length + 1;

export const requestOrders = ["slowest", "latest"] as const;
export type RequestOrder = (typeof requestOrders)[number];
/** `failed`: its span is an error, as with 5xx or when who asked went away. `unfinished`: no end was recorded. */
export const requestOutcomes = ["failed", "unfinished", "2xx", "3xx", "4xx", "5xx"] as const;
export type RequestOutcome = (typeof requestOutcomes)[number];

const route = { service: text, route: text, kind: v.picklist(["server", "consumer"]) };

export const requestCalls = {
  /** Routes of requests that begin in [from, to], those that took most time together first. */
  "requests.routes": {
    args: v.object(range),
    result: v.object({
      truncated: v.boolean(),
      services: texts,
      routes: texts,
      /** Index in `spanKinds`. */
      kind: u8,
      requests: u32,
      failed: u32,
      unfinished: u32,
      perSecond: f64,
      /** Of requests that ended, in nanoseconds; quantiles within 1 % of the request they stand for, NaN where none ended. */
      totalNs: f64,
      p50Ns: f64,
      p95Ns: f64,
      p99Ns: f64,
      maxNs: f64,
      /** `durationBins` of each route, one route after the other. */
      histogram: u32,
    }),
  },
  /** Requests of a route that begin in [from, to], from the row `first` on. */
  "requests.list": {
    args: v.object({
      ...range,
      ...route,
      order: v.picklist(requestOrders),
      outcome: v.optional(v.picklist(requestOutcomes)),
      /** Of those that ended. */
      leastNs: v.optional(whole),
      mostNs: v.optional(whole),
      first: whole,
      limit: v.pipe(whole, v.minValue(0), v.maxValue(2000)),
    }),
    result: v.object({
      first: count,
      total: count,
      process: u16,
      seq: f64,
      timeNs: f64,
      /** NaN where no end was recorded. */
      tookNs: f64,
      /** Index in `spanStatuses`. */
      status: u8,
      /** Of HTTP; 0 where there is none. */
      code: u16,
      /** Path and query, or the name where there is no path. */
      targets: texts,
      errorTypes: texts,
      spanIds: texts,
      traceIds: texts,
    }),
  },
  /** Everything that was recorded of one request: the span that is named and all below it, in every service. */
  "requests.one": {
    args: v.object({
      ...recording,
      process: whole,
      spanId: text,
      /** The whole request that the span is a part of, from where it entered the first recorded service. */
      outermost: v.optional(v.boolean()),
    }),
    result: v.object({
      /** Row of the span that was asked for; absent where no such span was recorded. */
      asked: v.optional(count),
      /** There is more in its trace than is looked through. */
      truncated: v.boolean(),
      /** Row 0 is the request; children are below parents, in the order of their beginnings. */
      spans: spanColumns,
      depth: u16,
      /** Row of the parent; NaN for row 0. */
      parent: f64,
      /** How much later it is shown than its process's clock said, where that was before what caused it. */
      movedNs: f64,
      /** Of which spans it is a part, the outermost first. */
      callers: v.array(v.object({ process: count, spanId: text, traceId: text, name: text, kind: count })),
      /** Spans of the trace that are neither part of the request nor its callers. */
      others: count,
      /** Stretches of the request in time order, together all of it, and the row of the span that it waited for in each. */
      criticalRow: u32,
      criticalFromNs: f64,
      criticalToNs: f64,
      /** What was logged within its spans: the first of them, and how many there are. */
      logs: logColumns,
      /** Rows of `spans` whose logs, events and writes they are. */
      logSpan: u32,
      /** Writes to captured state within its spans, in the order of time. */
      writesTotal: count,
      writes: v.object({
        process: u16,
        seq: f64,
        timeNs: f64,
        span: u32,
        /** As `hindcast history` calls it. */
        operations: texts,
        keys: texts,
        values: texts,
        /** file:line, "" where it is not known. */
        locations: texts,
      }),
    }),
  },
} as const;
