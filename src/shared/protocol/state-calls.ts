// The calls about captured state: a part of the table of engine-calls.ts.
import * as v from "valibot";
import { stateCut, stateRows, writeEntry } from "./engine-rows.js";
import { at, count, f64, ns, recording, text, texts, u32, whole } from "./schemas.js";

export const stateCalls = {
  /**
   * The visible part of a scope's tree. The first row is the root, path "", open when `expanded` has ""; the path of a
   * "… n more" row shows what it hides. Rows outside [offset, offset + limit) are not sent.
   */
  "state.rows": {
    args: v.object({
      ...recording,
      process: whole,
      scope: text,
      at,
      expanded: texts,
      offset: whole,
      limit: v.pipe(whole, v.maxValue(2000)),
    }),
    result: stateRows,
  },
  /**
   * The rows of many scopes of a process as one list: closed ones, and those that `expanded` names as `state.rows` would show
   * them. All scopes of the process unless some are named; a scope that was not tracked yet has no row. Rows outside
   * [offset, offset + limit) are not sent. `seq` is the last write that counts.
   */
  "state.scopes": {
    args: v.object({
      ...recording,
      process: whole,
      at,
      scopes: v.optional(texts),
      expanded: v.optional(v.array(v.object({ scope: text, paths: texts }))),
      offset: whole,
      limit: v.pipe(whole, v.maxValue(10_000)),
    }),
    result: v.object({
      /** Those that have rows, and where in the whole list each one's begin. */
      scopes: texts,
      firsts: u32,
      rows: stateRows,
      seq: whole,
      instant: ns,
    }),
  },
  /** A whole scope as tagged JSON; absent before its first `track`. `seq` is the last write that counts. */
  "state.at": {
    args: v.object({ ...recording, process: whole, scope: text, at }),
    result: v.object({
      value: v.optional(v.unknown()),
      seq: whole,
      instant: ns,
      /** Paths that may have held something else: a later look found them changed, or writes were lost. At most 100. */
      uncertain: texts,
      /** Absent in a recording of one process. */
      cut: v.optional(stateCut),
    }),
  },
  /** One value; `text` and `type` as in its row, "" where there is none. */
  "state.value": {
    args: v.object({ ...recording, process: whole, scope: text, path: text, at, json: v.boolean() }),
    result: v.object({
      text,
      type: text,
      /** Tagged JSON, where it was asked for; objects beyond a bound are "unavailable" because they are too large. */
      json: v.optional(v.unknown()),
      /** The last write that counts changed it, or what it holds itself; what it was, where that was another value. */
      isChanged: v.boolean(),
      previous: text,
      seq: whole,
      instant: ns,
    }),
  },
  /**
   * Values with a text in their key or in themselves, without regard to case, or for which a condition holds (`balance < 0`); of all
   * scopes unless some are named.
   */
  "state.find": {
    args: v.object({
      ...recording,
      process: whole,
      at,
      scopes: v.optional(texts),
      text: v.pipe(text, v.minLength(1), v.maxLength(1000)),
      limit: v.pipe(whole, v.maxValue(10_000)),
    }),
    result: v.object({
      /** False where there may be more: beyond `limit`, or among what was not looked at. */
      isWhole: v.boolean(),
      values: v.array(v.object({ scope: text, path: text, text, type: text })),
    }),
  },
  /** The first write of any process, unless one is named, by which a condition holds, and the value that it is about then. */
  "state.first": {
    args: v.object({ ...recording, process: v.optional(whole), text: v.pipe(text, v.maxLength(1000)) }),
    result: v.object({
      position: v.optional(v.object({ process: count, seq: count, instant: ns })),
      value: v.optional(v.object({ scope: text, path: text, text, type: text })),
    }),
  },
  /** Collections of any process that grow in [from, to] and do not stop, those that grow by the most entries first. */
  "state.growth": {
    args: v.object({ ...recording, from: ns, to: ns, limit: v.pipe(whole, v.minValue(1), v.maxValue(1000)) }),
    result: v.object({
      /** How many collections were looked at. */
      tried: count,
      collections: v.array(
        v.object({
          process: count,
          scope: text,
          /** Of the largest of its kind at `at`, which is the last instant at which it was looked at. */
          path: text,
          kind: text,
          at: ns,
          /** Entries at the first and the last instant. */
          first: count,
          last: count,
          /** 0 to 1: which part of what it went up by it never went down again. */
          steady: count,
        }),
      ),
      /** `shapePoints` sizes of each, one after the other, NaN where it was not there. */
      shapes: f64,
    }),
  },
  /** Paths whose value differs between two positions. */
  "state.diff": {
    args: v.object({ ...recording, process: whole, scope: text, a: at, b: at, limit: whole }),
    result: v.object({
      truncated: v.boolean(),
      /** As in `state.at`, of either position. */
      uncertain: texts,
      changes: v.array(
        v.object({
          path: text,
          oldText: text,
          newText: text,
          old: v.optional(v.unknown()),
          new: v.optional(v.unknown()),
        }),
      ),
    }),
  },
  /**
   * Writes to a path's own slot, above it where they changed its value, and below it; oldest first. The newest `limit`
   * of all, the newest `limit` before a Seq, or the oldest `limit` after one; `total` counts all there are, unless
   * `isWhole` is false: who asks for those after a Seq is answered as soon as there are so many.
   * `old` and `new` are of the path asked for, or of the write's own path where that is below.
   */
  "state.history": {
    args: v.object({
      ...recording,
      process: whole,
      scope: text,
      path: text,
      limit: whole,
      before: v.optional(whole),
      after: v.optional(whole),
    }),
    result: v.object({
      total: count,
      isWhole: v.boolean(),
      /** When writes were lost, to whatever path; without `until` the state was never recorded anew. */
      missing: v.array(v.object({ since: ns, until: v.optional(ns) })),
      /** Stretches of time whose writes were evicted. */
      evicted: v.array(v.object({ from: ns, to: ns })),
      writes: v.array(writeEntry),
    }),
  },
  "state.lastWriter": {
    args: v.object({ ...recording, process: whole, scope: text, path: text, at }),
    /** `isUncertain`: a later write may have been lost. */
    result: v.object({
      write: v.optional(writeEntry),
      isUncertain: v.boolean(),
      /** Whether a later write, or the only one, was evicted. */
      isEvicted: v.boolean(),
    }),
  },
} as const;
