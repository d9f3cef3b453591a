// The contract between the engine and whoever asks it: the window (over a MessagePort or WebSocket) and the hosts.
// Every call is a row: the schema of its arguments and of its result. Handlers and callers derive from this table.
// Instants are bigint nanoseconds since the epoch.
import * as v from "valibot";
import { captureSettings } from "./agent-wire.js";
import { alertCalls } from "./alert-calls.js";
import { attachCalls } from "./attach-calls.js";
import { callCalls } from "./call-calls.js";
import { correlationCalls } from "./correlation-calls.js";
import { ruleCalls } from "./rule-calls.js";
import { exportCalls } from "./export-calls.js";
import {
  cursor,
  eventColumns,
  eventRows,
  logColumns,
  metricSeries,
  mostSearchText,
  position,
  searchColumns,
  foundKinds,
  spanColumns,
} from "./engine-rows.js";
import type { HindcastError } from "./errors.js";
import { noteCalls } from "./note-calls.js";
import { pipelineStages } from "./pipeline-stages.js";
import { recentsCalls } from "./recents-calls.js";
import { mostPinLabel, pin, recordingFile, recordingLimits, recordingSummary } from "./recording-summary.js";
import { at, count, f64, howEnded, isHindcastError, ns, nothing, recording, text, u32, whole } from "./schemas.js";
import { rowFilter, spanFilter } from "./row-filters.js";
import { requestCalls } from "./request-calls.js";
import { launchCalls } from "./launch-calls.js";
import { windowCalls } from "./window-calls.js";
import { sourceCalls } from "./source-calls.js";
import { stateCalls } from "./state-calls.js";
import { traceCalls } from "./trace-calls.js";

const range = { ...recording, from: ns, to: ns };

const capture = v.partial(captureSettings);

/** Rows behind `after`, without the first `skip` of them; `next` is where to go on, absent at the end. */
const pageArgs = { ...range, after: v.optional(cursor), skip: v.optional(whole), limit: whole };
const pageResult = { total: count, next: v.optional(cursor) };

export const engineCalls = {
  "engine.versions": { args: nothing, result: v.object({ version: text, formatVersion: count }) },
  /** Sample and recent recordings for the welcome page, newest first. */
  "recordings.list": { args: nothing, result: v.array(recordingFile) },
  "recording.open": { args: v.object({ path: text }), result: recordingSummary },
  /** Starts a recording and listens for agents; `environment` is what a program needs to be recorded into it. */
  "recording.create": {
    args: v.object({ path: v.optional(text), capture, limits: v.optional(recordingLimits) }),
    result: v.object({ summary: recordingSummary, environment: v.record(text, text) }),
  },
  /** The bundled demo service and its load, recorded live. */
  "recording.demo": { args: v.object({ limits: v.optional(recordingLimits) }), result: recordingSummary },
  /** Of a live recording: nothing between the two instants is evicted from now on; what was evicted does not come back. */
  "recording.pin": {
    args: v.object({ ...range, label: v.pipe(text, v.maxLength(mostPinLabel)) }),
    result: pin,
  },
  /** Of a live recording: what records of all its programs go through from now on. They are told within a second or so. */
  "recording.configure": { args: v.object({ ...recording, pipeline: pipelineStages }), result: nothing },
  "recording.unpin": { args: v.object({ ...recording, pin: whole }), result: nothing },
  /**
   * Ends a live recording: launched programs are asked to stop, everything received is committed. `ended` is what only
   * the parent of a recorded program knows.
   */
  "recording.stop": {
    args: v.object({ ...recording, ended: v.optional(v.object({ pid: count, ...howEnded })) }),
    result: recordingSummary,
  },
  /** Ends a live recording and removes its file, unless a program was recorded into it. */
  "recording.discard": { args: v.object(recording), result: nothing },
  /**
   * Writes a copy as of now, live or saved; recording goes on. Relative paths start at the folder for recordings nobody
   * named. Notices tell how far it is; aborting the call gives it up and leaves nothing behind.
   */
  "recording.copy": {
    args: v.object({ ...recording, path: v.pipe(text, v.minLength(1)), overwrite: v.optional(v.boolean()) }),
    result: v.object({ path: text, sizeBytes: count }),
  },
  /** A path for a copy that nothing has yet: the folder for recordings nobody named, the recording's name, the time. */
  "recording.copyPath": { args: v.object(recording), result: v.object({ path: text }) },
  "recording.close": { args: v.object(recording), result: nothing },
  "recording.summary": { args: v.object(recording), result: recordingSummary },
  /** How many records are missing, by the reason that its gaps give; none where nothing is. */
  "recording.missing": { args: v.object(recording), result: v.array(v.object({ reason: text, lost: count })) },

  /**
   * Records per equal slice of [from, to): all, and those that are errors. Over long ranges a record counts in the slice in
   * which its bucket of `bucketNs` begins, which is at most an eighth of a slice earlier; else `bucketNs` is 0. `byKind` asks
   * for each kind by itself, too; of log lines and spans, also for those that are errors.
   */
  "timeline.density": {
    args: v.object({
      ...range,
      buckets: v.pipe(whole, v.minValue(1), v.maxValue(8192)),
      byKind: v.optional(v.boolean()),
    }),
    result: v.object({
      bucketNs: count,
      records: u32,
      errors: u32,
      writes: u32,
      byKind: v.optional(
        v.object({ events: u32, logs: u32, logErrors: u32, spans: u32, spanErrors: u32, writes: u32 }),
      ),
    }),
  },
  /** The nearest record strictly before or after a position; absent at the ends. */
  "timeline.step": {
    args: v.object({
      ...recording,
      from: at,
      direction: v.picklist(["previous", "next"]),
      /** event: any event, log, span start or span end. write: a change of captured state, of one scope if named. */
      kind: v.picklist(["event", "write"]),
      scope: v.optional(text),
      process: v.optional(whole),
    }),
    result: v.object({ position: v.optional(position) }),
  },
  /** Gaps, process starts and ends, uncaught errors. */
  "timeline.marks": {
    args: v.object(recording),
    result: v.array(
      v.object({
        /** `resized`: the recorder's buffer in the program was. */
        kind: v.picklist(["gap", "start", "end", "error", "resized"]),
        process: whole,
        instant: ns,
        label: text,
        lost: count,
        /** Of a gap: why. `suspended`: the program stood still, and nothing is missing. */
        reason: v.optional(text),
        /** Of a gap: the last record kept before it, as far as that is known; else the instant itself. */
        since: ns,
      }),
    ),
  },

  ...attachCalls,
  ...launchCalls,
  ...exportCalls,
  ...noteCalls,
  ...recentsCalls,
  ...stateCalls,
  ...correlationCalls,
  ...ruleCalls,
  ...alertCalls,
  ...requestCalls,
  ...traceCalls,
  ...sourceCalls,
  ...callCalls,
  ...windowCalls,

  /**
   * Spans that overlap [from, to]. Where there are more than `limit`, the longest; with `slices` besides all others, merged
   * where they begin in the same of so many slices of the range, and at most as many of such rows. Only with `slices` they are
   * filtered.
   */
  "spans.range": {
    args: v.object({
      ...range,
      limit: whole,
      slices: v.optional(v.pipe(count, v.integer(), v.minValue(1), v.maxValue(8192))),
      filter: v.optional(v.object(spanFilter)),
    }),
    result: spanColumns,
  },
  /** How many spans overlap [from, to], and how many of them the filter shows. */
  "spans.count": {
    args: v.object({ ...range, ...spanFilter }),
    result: v.object({ all: count, shown: count }),
  },
  /** Spans begun and not ended at an instant. */
  "spans.openAt": { args: v.object({ ...recording, instant: ns, limit: whole }), result: spanColumns },
  /** Those that overlap the range in order of their beginnings; `openOnly`: those begun and not ended at its end. */
  "spans.page": {
    args: v.object({ ...pageArgs, openOnly: v.optional(v.boolean()) }),
    result: v.object({ ...pageResult, page: spanColumns }),
  },
  "events.page": { args: v.object(pageArgs), result: v.object({ ...pageResult, page: eventColumns }) },
  /** A page of events, marks and stops of whole threads by row number. */
  "events.rows": {
    args: v.object({ ...recording, ...rowFilter, first: whole, limit: v.pipe(whole, v.maxValue(2000)) }),
    result: eventRows,
  },
  /** Row number of the last of them at or before an instant (-1 when all are later), and how many there are. */
  "events.rowAt": {
    args: v.object({ ...recording, ...rowFilter, instant: ns }),
    result: v.object({ row: count, total: count }),
  },
  "events.range": { args: v.object({ ...range, limit: whole }), result: eventColumns },
  /** The records of every kind nearest to an instant, as (name, time) rows. */
  "events.around": { args: v.object({ ...recording, instant: ns, before: whole, after: whole }), result: eventColumns },
  /**
   * A page of the log by row number. `text` is a part of the line, or of its attributes as JSON whose escapes stand for their
   * characters, without regard to case.
   */
  "logs.page": {
    args: v.object({ ...recording, ...rowFilter, first: whole, limit: v.pipe(whole, v.maxValue(2000)) }),
    result: logColumns,
  },
  /** Row number of the last line at or before an instant (-1 when all are later), and the page around it. */
  "logs.around": {
    args: v.object({ ...recording, ...rowFilter, instant: ns, before: whole, after: whole }),
    result: v.object({ row: count, page: logColumns }),
  },
  /**
   * Rows in which every word of `text` occurs, without regard to case, also as a part of a longer word; a "phrase in quotes"
   * occurs as it stands, \" and \\ in it stand for a quotation mark and a backslash. Looked at are names, log lines and their
   * sources, attributes as JSON whose escapes stand for their characters, keys, values and contents of state, names of scopes.
   * A text without words is in every row. From the newest row or the oldest on, those behind `after`.
   * A metric is one row, its first sample in the range: looked at are its name, its alias and its attributes, and the name of its
   * service for words beside one that is of the metric itself.
   * A page may be short, even empty, because its time was up: as long as there is `next`, there may be more behind it.
   */
  "search.page": {
    args: v.object({
      ...recording,
      text: v.pipe(text, v.maxLength(mostSearchText)),
      kinds: v.optional(v.array(v.picklist(foundKinds))),
      process: v.optional(whole),
      from: v.optional(ns),
      to: v.optional(ns),
      order: v.picklist(["newest", "oldest"]),
      after: v.optional(cursor),
      limit: v.pipe(whole, v.integer(), v.minValue(1), v.maxValue(2000)),
    }),
    result: searchColumns,
  },
  "metrics.list": { args: v.object(recording), result: v.array(metricSeries) },
  /**
   * At most `points` samples: all of them, or the minimum and maximum of each slice in time order. Slices of long ranges end
   * where buckets of time do. Values that are no finite numbers are left out where samples are reduced.
   */
  "metrics.range": {
    args: v.object({ ...range, series: v.array(whole), points: v.pipe(whole, v.maxValue(20_000)) }),
    result: v.array(v.object({ series: whole, timeNs: f64, values: f64, reduced: v.boolean() })),
  },
  /**
   * Of each of equal slices of [from, to], how many samples it has, and average, extremes and quantiles of those that are
   * finite numbers (NaN where there is none). A sample belongs to the slice in which its bucket of `bucketNs` begins (0: to
   * its own); for quantiles buckets may be of another width. Quantiles are within 1 % of the sample they stand for.
   */
  "metrics.slices": {
    args: v.object({
      ...range,
      series: v.array(whole),
      slices: v.pipe(whole, v.integer(), v.minValue(1), v.maxValue(4096)),
      quantiles: v.optional(v.pipe(v.array(v.pipe(count, v.minValue(0), v.maxValue(1))), v.maxLength(16))),
    }),
    result: v.array(
      v.object({
        series: whole,
        startNs: f64,
        bucketNs: count,
        samples: f64,
        average: f64,
        least: f64,
        most: f64,
        quantiles: v.array(v.object({ quantile: count, values: f64 })),
      }),
    ),
  },
} as const;

export type EngineCallName = keyof typeof engineCalls;
export type CallArgs<Call extends EngineCallName> = v.InferOutput<(typeof engineCalls)[Call]["args"]>;
export type CallResult<Call extends EngineCallName> = v.InferOutput<(typeof engineCalls)[Call]["result"]>;

/** What the engine tells without being asked. */
export const engineNotice = v.variant("kind", [
  /** A live recording grew or changed state; at most four times a second. */
  v.object({ kind: v.literal("recording-changed"), summary: recordingSummary }),
  /** Somebody wrote, changed or removed a note, or where notes are kept is not where they were. */
  v.object({ kind: v.literal("notes-changed"), recordingId: text }),
  /** Files of rules were changed, by whomever. */
  v.object({ kind: v.literal("rules-changed") }),
  /** A rule fired or recovered, somebody did something about an alert, or the rules that are evaluated are others. */
  v.object({ kind: v.literal("alerts-changed"), recordingId: text }),
  /** The program that was started into it printed something, was told something, or has ended; at most ten times a second. */
  v.object({ kind: v.literal("console-changed"), recordingId: text }),
  /** It cannot be written: see `failure` of its summary, which tells when that is over. */
  v.object({ kind: v.literal("recording-failed"), recordingId: text, error: v.custom<HindcastError>(isHindcastError) }),
]);
export type EngineNotice = v.InferOutput<typeof engineNotice>;
