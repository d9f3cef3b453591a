// What the engine answers about what is in a recording, as rows and columns.
// Columns are typed arrays of one length; times in them are nanoseconds since the recording's `start` as float64 (exact for 104
// days), so that panes need no bigint.
import * as v from "valibot";
import { count, f64, ns, text, texts, u16, u32, u8, whole } from "./schemas.js";

/**
 * How a process's state at an instant was cut, where several processes are recorded: no effect of a message is shown
 * without its cause. `movedNs`: how far before the instant (below zero) or after it the process is shown, by its own clock.
 * `uncertaintyNs`: all processes are shown as they were within so much real time; absent where clocks were not measured.
 */
export const stateCut = v.object({
  movedNs: ns,
  uncertaintyNs: v.optional(ns),
  /** Of all processes those that are not simply shown up to the instant: up to which Seq, and how far that is from there. */
  moved: v.array(v.object({ process: count, seq: count, movedNs: ns })),
});
export type StateCut = v.InferOutput<typeof stateCut>;

/** One row of a state tree as shown: already flattened, indented by `depth`. */
export const stateRows = v.object({
  total: count,
  depth: u8,
  /** Own key of the row: property name, index, or printed map key. */
  keys: texts,
  /** Path from the scope's root, as `history` takes it. */
  paths: texts,
  /** The value on one line: a primitive as JavaScript prints it, or a preview such as `Map(3)`. */
  values: texts,
  /** Constructor name of objects, else the type of the primitive; colours the value. */
  types: texts,
  /** Bit 1 expandable, 2 expanded, 4 changed by the write at the playhead, 8 not captured, 16 cut, 32 known only
   *  between two instants, 64 reference to an object already shown above (cycle or alias), 128 "… n more" row. */
  flags: u8,
  /** Value before the change where bit 4 is set, "" elsewhere; `undefined` prints as "undefined", absence as "". */
  previous: texts,
  /** Absent in a recording of one process. */
  cut: v.optional(stateCut),
});
export type StateRows = v.InferOutput<typeof stateRows>;

export const writeEntry = v.object({
  process: count,
  seq: count,
  instant: ns,
  /** Set when the change was found by comparing: it happened after this instant and not after `instant`. */
  after: v.optional(ns),
  scope: text,
  path: text,
  operation: text,
  /** Tagged JSON (docs/protocol.md); absent = there was or is no such property. */
  old: v.optional(v.unknown()),
  new: v.optional(v.unknown()),
  oldText: text,
  newText: text,
  location: v.optional(v.object({ file: text, line: count, column: count, functionName: v.optional(text) })),
  span: v.optional(v.object({ spanId: text, traceId: text, name: text })),
});
export type WriteEntry = v.InferOutput<typeof writeEntry>;

/** Attribute bags are JSON text per row: parsed only for the row somebody opens. */
export const spanColumns = v.object({
  truncated: v.boolean(),
  /**
   * How many spans each row stands for; absent where that is one. A row of several is of spans of one lane, too short to be
   * told apart: from the first beginning to the last end, without name and ids, failed when one of them did.
   */
  counts: v.optional(u32),
  process: u16,
  startNs: f64,
  /** NaN while the span is open (or was never ended). */
  endNs: f64,
  /** Row within its process such that no two bars of a row overlap; children below parents. */
  lane: u16,
  kind: u8,
  status: u8,
  names: texts,
  spanIds: texts,
  traceIds: texts,
  parentSpanIds: texts,
  attributes: texts,
});
export type SpanColumns = v.InferOutput<typeof spanColumns>;

export const logColumns = v.object({
  /** Index of the first row within all rows of the recording that match the filter, and how many match. */
  first: count,
  total: count,
  process: u16,
  seq: f64,
  timeNs: f64,
  severity: u8,
  bodies: texts,
  attributes: texts,
  sources: texts,
  spanIds: texts,
  traceIds: texts,
});
export type LogColumns = v.InferOutput<typeof logColumns>;

export const eventColumns = v.object({
  truncated: v.boolean(),
  process: u16,
  seq: f64,
  timeNs: f64,
  names: texts,
  attributes: texts,
  spanIds: texts,
});
export type EventColumns = v.InferOutput<typeof eventColumns>;

/** Append only. `stop`: a span that is about a whole thread: its event loop blocked, or garbage collected. */
export const eventRowKinds = ["event", "mark", "stop"] as const;
export const eventRows = v.object({
  /** Index of the first row within all rows of the recording that match the filter, and how many match. */
  first: count,
  total: count,
  /** Index in `eventRowKinds`. */
  kind: u8,
  process: u16,
  /** 0 where no record of a program stands behind it. */
  seq: f64,
  timeNs: f64,
  /** How long a stop took; NaN elsewhere, and where it had not ended. */
  tookNs: f64,
  names: texts,
  attributes: texts,
  spanIds: texts,
  traceIds: texts,
});
export type EventRows = v.InferOutput<typeof eventRows>;

export const metricSeries = v.object({
  series: count,
  process: count,
  name: text,
  /** Short name for people ("heap used"); equals `name` when there is none. */
  alias: text,
  unit: text,
  attributes: text,
  samples: count,
  min: count,
  max: count,
});
export type MetricSeries = v.InferOutput<typeof metricSeries>;

/** Kinds of rows that are searched: `write` is a change of captured state, `keyframe` an object written down whole. Append
 *  only: recordings store the index. */
export const searchKinds = ["event", "span", "log", "write", "keyframe"] as const;
export type SearchKind = (typeof searchKinds)[number];
/** What a search finds: those rows, and series of metrics. Append only. */
export const foundKinds = [...searchKinds, "metric"] as const;
export type FoundKind = (typeof foundKinds)[number];
/** In UTF-16 units. */
export const mostSearchText = 1000;

/** Behind this row of a table in the order of instant, process, seq. */
export const cursor = v.object({ instant: ns, process: whole, seq: whole });
export const searchColumns = v.object({
  /** Index in `foundKinds`. */
  kind: u8,
  process: u16,
  /** Of a metric: those of its first sample in the range. */
  seq: f64,
  timeNs: f64,
  /** Of a metric: which it is; 0 elsewhere. */
  series: u32,
  /** Name of an event, span or metric, source of a log line, operation of a write, scope of a keyframe. */
  titles: texts,
  /** Where the first word was found: name, body, attributes, key, value, contents or scope; of a metric also alias or service. */
  fields: texts,
  /** What stands before it there, how it is written, and what comes after it; cut short. */
  before: texts,
  matched: texts,
  after: texts,
  next: v.optional(cursor),
});
export type SearchColumns = v.InferOutput<typeof searchColumns>;

export const position = v.object({ process: count, seq: count, instant: ns, what: text });
export type Position = v.InferOutput<typeof position>;
