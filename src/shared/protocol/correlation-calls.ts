// Calls about what belongs together: series that go with a series, what changed against a baseline, which service calls which.
import * as v from "valibot";
import { count, f64, ns, recording, text, texts, u16, u32, u8, whole } from "./schemas.js";

const range = { ...recording, from: ns, to: ns };

/** Append only. */
export const correlationMeasures = ["pearson", "spearman"] as const;

/** What may have changed. `state`: how often a path is written; `value`: which numbers; `attribute`: what spans say. */
export const changeKinds = [
  "metric",
  "rate",
  "errors",
  "latency",
  "log",
  "event",
  "state",
  "value",
  "attribute",
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Where the baseline of a comparison lies: what had not begun yet, or what was over. */
export const comparedSides = ["before", "after"] as const;
export type ComparedSide = (typeof comparedSides)[number];

export const callPeers = ["service", "outside", "external", "database"] as const;

/** Of what others are compared with: a metric, or a value of captured state that is a number, as it is held between writes. */
const subject = {
  series: v.optional(whole),
  value: v.optional(v.object({ process: whole, scope: text, path: text })),
  /** How much earlier or later another may be; a tenth of the range without. */
  lagNs: v.optional(ns),
  cells: v.optional(v.pipe(whole, v.minValue(12), v.maxValue(4096))),
};

/** Points of a small line beside a row. */
export const shapePoints = 32;
/** Bars of a small distribution, before and after. */
export const changeBars = 12;

export const correlationCalls = {
  /**
   * All other series against one, the surest first: docs/correlation.md. Compared are averages of `cells` equal cells of
   * [from, to]; without, as many as the series has samples, at most 600; of a value, one a second.
   */
  "metrics.correlate": {
    args: v.object({
      ...range,
      ...subject,
      limit: v.pipe(whole, v.minValue(1), v.maxValue(20_000)),
    }),
    result: v.object({
      cells: count,
      cellNs: count,
      /** How many series were compared, and how many cells a lag may have. */
      tried: count,
      mostLag: count,
      series: u32,
      /** Index in `correlationMeasures`: which of the two `lagNs`, `pairs`, `effective` and `chance` are of. */
      measure: u8,
      pearson: f64,
      spearman: f64,
      /** How much later than the series asked for; below zero, earlier. */
      lagNs: f64,
      pairs: u32,
      /** How many independent pairs those are worth. */
      effective: f64,
      /** 1 where steps from cell to cell were compared instead of values. */
      byDifferences: u8,
      /** How likely chance does as much, after as many tries. */
      chance: f64,
      /** `shapePoints` averages of each row, one row after the other, NaN where there is none; `own`: of the series asked for. */
      shapes: f64,
      own: f64,
    }),
  },
  /** Two of them, cell by cell and lag by lag: what the plots of a row of `metrics.correlate` are drawn from. */
  "metrics.pair": {
    args: v.object({ ...range, ...subject, other: whole }),
    result: v.object({
      cells: count,
      cellNs: count,
      /** Averages by cell, NaN where there is none. */
      one: f64,
      another: f64,
      byDifferences: v.boolean(),
      /** By lag, from the most earlier to the most later; NaN where it cannot be told. */
      lagsNs: f64,
      pearson: f64,
      spearman: f64,
      pairs: u32,
    }),
  },
  /** What is different in [from, to) from what it was in a baseline; without one, in up to four times as long before, or after. */
  "range.changes": {
    args: v.object({
      ...range,
      against: v.optional(v.picklist(comparedSides)),
      baseline: v.optional(v.object({ from: ns, to: ns })),
      /** Also what may well be chance, looking at so much. */
      unsure: v.optional(v.boolean()),
      limit: v.pipe(whole, v.minValue(1), v.maxValue(2000)),
    }),
    result: v.object({
      /** Absent where nothing was recorded there that could be compared with. */
      baseline: v.optional(v.object({ from: ns, to: ns })),
      /** How many things were looked at, and of how many of them chance is no explanation. */
      tried: count,
      named: count,
      /** Index in `changeKinds`. */
      kind: u8,
      services: texts,
      subjects: texts,
      /** 1 where chance is no explanation, although so much was looked at. */
      sure: u8,
      /** 0 to 1, the same for all kinds: how much it differs, times how sure that is; half of it for what became better. */
      score: f64,
      chance: f64,
      /** In `units`: a median, a rate or a share. */
      before: f64,
      after: f64,
      units: texts,
      /** The same in words and numbers. */
      why: texts,
      /** `changeBars` before and as many after of each row: over time, or where `byValue` is 1, shares by value. NaN where nothing is. */
      shapes: f64,
      byValue: u8,
    }),
  },
  /** What belongs to a trace (32 hexadecimal digits) or a span (16; also its children) by its id, in the order of time. */
  "ids.rows": {
    args: v.object({
      ...recording,
      id: v.pipe(text, v.maxLength(100)),
      limit: v.pipe(whole, v.minValue(1), v.maxValue(5000)),
    }),
    result: v.object({
      truncated: v.boolean(),
      /** Index in `searchKinds`. */
      kind: u8,
      process: u16,
      seq: f64,
      timeNs: f64,
      /** Name of a span or event, source of a log line, key of a write. */
      titles: texts,
      /** Attributes, line or value; cut short. */
      texts,
      spanIds: texts,
      traceIds: texts,
    }),
  },
  /** Services and what they call, of spans that begin in [from, to). */
  "services.graph": {
    args: v.object(range),
    result: v.object({
      nodes: v.array(v.object({ name: text, kind: v.picklist(callPeers) })),
      /** Indices of nodes. */
      from: u32,
      to: u32,
      calls: u32,
      errors: u32,
      perSecond: f64,
      /** Of calls that ended, in nanoseconds, as the caller saw them; NaN where none did. */
      p50Ns: f64,
      p95Ns: f64,
      p99Ns: f64,
    }),
  },
} as const;
