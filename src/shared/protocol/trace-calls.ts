// Calls about spans by what they belong together for: the traces of a stretch, and what of a span was its own.
import * as v from "valibot";
import { spanColumns } from "./engine-rows.js";
import { spanFilter } from "./row-filters.js";
import { count, f64, ns, recording, texts, u16, u32, whole } from "./schemas.js";

const range = { ...recording, from: ns, to: ns };

export const traceOrders = ["newest", "longest"] as const;
export type TraceOrder = (typeof traceOrders)[number];

/** Of one answer. */
export const mostTraces = 500;
/** Whose own time is asked for at once. */
export const mostOwnSpans = 5000;

export const traceCalls = {
  /** Traces with a span in [from, to], and with one there that the filter shows; whole, also what of them lies outside. */
  "traces.range": {
    args: v.object({
      ...range,
      order: v.picklist(traceOrders),
      limit: v.pipe(whole, v.minValue(1), v.maxValue(mostTraces)),
      /** Of one that is there, too, wherever it would come: the last then. */
      include: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))),
      filter: v.optional(v.object(spanFilter)),
    }),
    result: v.object({
      /** How many there are; those that are here are the first of them. */
      total: count,
      traceIds: texts,
      /** By trace: how many spans it has, of which not all need be here. */
      allSpans: u32,
      failed: u32,
      /** From its first beginning to its last end; NaN while something of it is open. */
      startNs: f64,
      endNs: f64,
      /** `lane`: row within the trace. Trace by trace, children below their parents, at the times that their processes told. */
      spans: spanColumns,
      /** By span: index of its trace. */
      trace: u16,
      depth: u16,
      /** Time in which none of its children was under way; NaN where not all spans of the trace are here. */
      ownNs: f64,
      /** How much later its process's clock would have to be so that it does not begin before what caused it. */
      movedNs: f64,
    }),
  },
  /** Time in which spans did something themselves, in the order in which they are named; NaN where that is not known. */
  "spans.own": {
    args: v.object({
      /** They begin in [from, to]. */
      ...range,
      process: v.pipe(v.array(whole), v.maxLength(mostOwnSpans)),
      spanIds: v.pipe(texts, v.maxLength(mostOwnSpans)),
    }),
    result: v.object({ ownNs: f64, children: u32 }),
  },
} as const;
