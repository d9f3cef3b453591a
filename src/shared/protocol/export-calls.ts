// Calls about what leaves a recording for others: what of it looks like a secret, and the writing of it.
import * as v from "valibot";
import { count, ns, recording, text } from "./schemas.js";

export const exportFormats = ["hindcast", "parquet", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Where in a recording something stands that looks like a secret. */
export const exportPlaces = [
  "names",
  "processes",
  "events",
  "spans",
  "logs",
  "metrics",
  "state",
  "notes",
  "sources",
] as const;

const ownTexts = v.array(v.pipe(text, v.minLength(1), v.maxLength(10_000)));

/** Besides what is known to be a secret: names, beginnings of words and texts of one's own; and names and kinds that are none. */
export const redactAlso = v.object({
  keys: ownTexts,
  prefixes: ownTexts,
  texts: ownTexts,
  allow: ownTexts,
});
export type RedactAlso = v.InferOutput<typeof redactAlso>;

export const nothingAlso: RedactAlso = { keys: [], prefixes: [], texts: [], allow: [] };

/** How many texts of which place have how many of which kind. */
const found = v.array(v.object({ kind: text, place: v.picklist(exportPlaces), count }));
export type FoundSecrets = v.InferOutput<typeof found>;

const stretch = v.optional(v.object({ from: ns, to: ns }));

/** What is known at once. */
const size = {
  /** Records of the stretch; a span counts when a part of it lies there. */
  records: count,
  /** Roughly, of the file to come. */
  bytes: v.object({ hindcast: count, parquet: count, jsonl: count }),
  /** Until then something of the stretch was evicted. */
  evictedUntil: v.optional(ns),
};
const exportSize = v.object(size);
export type ExportSize = v.InferOutput<typeof exportSize>;

export const exportReport = v.object({
  /** What was taken out while it was recorded: of all processes that ran in the stretch, from their beginning on. */
  redacted: v.array(v.object({ kind: text, count })),
  /** What looks like a secret and is still there. */
  found,
  ...size,
});
export type ExportReport = v.InferOutput<typeof exportReport>;

export const exportCalls = {
  /** How much would be exported, without looking at all of it. */
  "recording.exportSize": { args: v.object({ ...recording, stretch }), result: exportSize },
  /** Looks through what would be exported; nothing is written. */
  "recording.exportReport": {
    args: v.object({ ...recording, stretch, also: v.optional(redactAlso) }),
    result: exportReport,
  },
  /**
   * Writes it as of now, live or saved; recording goes on. A folder for Parquet, else a file. Aborting the call gives it up
   * and leaves nothing behind.
   */
  "recording.export": {
    args: v.object({
      ...recording,
      path: v.pipe(text, v.minLength(1)),
      format: v.picklist(exportFormats),
      stretch,
      overwrite: v.optional(v.boolean()),
      /** What looks like a secret is taken out of what is written, and this with it. Without, all leaves as it is. */
      redact: v.optional(redactAlso),
    }),
    /** `removed`: what was taken out. */
    result: v.object({ path: text, sizeBytes: count, removed: found, evictedUntil: v.optional(ns) }),
  },
} as const;
