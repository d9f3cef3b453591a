// Calls about calls of the program's functions: in the order of time, those under way at an instant, what was written before one ended,
// and all of a stretch or of a span summed up by how they were reached.
import * as v from "valibot";
import { cursor, spanColumns, writeEntry } from "./engine-rows.js";
import { count, f64, ns, recording, text, texts, u16, u32, u8, whole } from "./schemas.js";

const range = { ...recording, from: ns, to: ns };

/** Of one page. */
export const mostCalls = 5000;
/** Of one tree; where there are more, the earliest. */
export const mostTreeSpans = 100_000;
/** Of one call. */
export const mostWritesBefore = 100;
/** Of one instant; the latest. */
export const mostStacks = 100;

/** Where the function is, by row; line and column 0 where that is not known. */
const places = { files: texts, lines: u32, columns: u32 };

export const callCalls = {
  /** Those that begin in the range, in the order of their beginnings; of one function, by its name or the end of it behind a dot. */
  "calls.page": {
    args: v.object({
      ...range,
      function: v.optional(text),
      after: v.optional(cursor),
      limit: v.pipe(whole, v.minValue(1), v.maxValue(mostCalls)),
      /** The latest first. */
      isBackwards: v.optional(v.boolean()),
    }),
    result: v.object({
      calls: spanColumns,
      ...places,
      /** How many calls it was made in, as far as they are known. */
      depth: u16,
      /** Time in which nothing that it caused directly was under way. */
      ownNs: f64,
      /** Where to go on; absent at the end. */
      next: v.optional(cursor),
    }),
  },
  /**
   * What is under way at an instant: of each span that has nothing in it under way, all that it was made in, the outermost first,
   * also what has ended by then because nobody waited for it. The latest first.
   */
  "calls.stacks": {
    args: v.object({ ...recording, instant: ns }),
    result: v.object({
      /** How many there are. */
      total: count,
      frames: spanColumns,
      ...places,
      /** By frame: which stack it is of, from 0 on. */
      stack: u16,
      isCall: u8,
    }),
  },
  /**
   * The last writes of its process before a call ended, whoever made them: first those that mention a text, number or key of what it
   * was given, and of these and of the others the latest first.
   */
  "calls.writes": {
    args: v.object({
      ...recording,
      process: whole,
      spanId: v.pipe(text, v.regex(/^[0-9a-f]{16}$/)),
      limit: v.pipe(whole, v.minValue(1), v.maxValue(mostWritesBefore)),
    }),
    result: v.object({
      writes: v.array(writeEntry),
      /** By write: what it mentions, or "". */
      mentioned: texts,
      /** There are earlier ones, or ones in other scopes, which were not looked at. */
      isCut: v.boolean(),
    }),
  },
  /** Spans that begin in the range, or that a span has caused, and how they were reached, process by process. Recursion is collapsed. */
  "calls.tree": {
    args: v.object({
      ...range,
      process: v.optional(whole),
      /** With the span itself, at the top; wherever it is. */
      below: v.optional(v.object({ process: whole, spanId: v.pipe(text, v.regex(/^[0-9a-f]{16}$/)) })),
    }),
    result: v.object({
      /** There are more spans than were looked at. */
      isCut: v.boolean(),
      names: texts,
      ...places,
      isCall: u8,
      /** Index of the node above and 1; 0 at the top. Each comes before what is below it. */
      parents: u32,
      calls: u32,
      failed: u32,
      /** Of `calls`: made within another one of the same node. */
      recursive: u32,
      /** Of calls that are not within another one of the node, together. */
      totalNs: f64,
      ownNs: f64,
      /** Where to look: the first of them that failed, else the longest. */
      process: u16,
      spanIds: texts,
      startNs: f64,
    }),
  },
} as const;
