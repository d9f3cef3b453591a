// Calls about the program's sources: which files were looked at, and one of them with the functions in it.
import * as v from "valibot";
import { count, f64, ns, recording, text, u32, whole } from "./schemas.js";

/** Of what is kept of a file. A text that is not kept says why. */
const sourceFacts = {
  /** Where it was written. */
  file: text,
  /** What the program loaded, which a compiler may have made of it. */
  loaded: text,
  /** Of the text as it was recorded: SHA-256 in hexadecimal. Absent where none is kept. */
  hash: v.optional(text),
  leftOut: v.optional(text),
  /** Why it runs as it is. */
  notInstrumented: v.optional(text),
};

const listedSource = v.object({
  ...sourceFacts,
  /** Names it in `sources.read`. */
  source: whole,
  bytes: count,
  /** Whose calls are told of, and how many are not. */
  functions: count,
  skipped: count,
  processes: v.array(whole),
});
export type ListedSource = v.InferOutput<typeof listedSource>;

const readSource = v.object({
  ...sourceFacts,
  source: whole,
  text: v.optional(text),
  /** In the order of their lines; those of calls that are told of without being listed come with them. */
  functions: v.object({
    names: v.array(text),
    lines: u32,
    columns: u32,
    /** Why calls are not told of; "" where they are. */
    reasons: v.array(text),
    calls: u32,
    failed: u32,
    /** How long the calls that have ended took together. */
    totalNs: f64,
  }),
});
export type ReadSource = v.InferOutput<typeof readSource>;

export const sourceCalls = {
  /** By path. None of a recording that was made without calls, or by a version that kept no sources. */
  "sources.list": { args: v.object(recording), result: v.object({ sources: v.array(listedSource) }) },
  /** Absent where there is none. Of several versions of a file the one that was loaded last, unless one is named. Calls are those that begin in the range. */
  "sources.read": {
    args: v.object({
      ...recording,
      file: text,
      source: v.optional(whole),
      from: v.optional(ns),
      to: v.optional(ns),
    }),
    result: v.object({ source: v.optional(readSource) }),
  },
} as const;
