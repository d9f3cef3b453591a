// Calls about what leaves a recording for others: what of it looks like a secret, and the writing of it.
import * as v from "valibot";
import { count, ns, recording, text } from "./schemas.js";

export const exportFormats = ["hindcast", "parquet", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Where in a recording something stands that looks like a secret. */
export const exportPlaces = ["names", "processes", "events", "spans", "logs", "metrics", "state", "notes"] as const;

const stretch = v.optional(v.object({ from: ns, to: ns }));

export const exportReport = v.object({
  /** What was taken out while it was recorded: of all processes that ran in the stretch, from their beginning on. */
  redacted: v.array(v.object({ kind: text, count })),
  /** What looks like a secret and is still there: how many texts of which place have how many of which kind. */
  found: v.array(v.object({ kind: text, place: v.picklist(exportPlaces), count })),
  /** Records of the stretch; a span counts when a part of it lies there. */
  records: count,
  /** Roughly, of the file to come. */
  bytes: v.object({ hindcast: count, parquet: count, jsonl: count }),
});
export type ExportReport = v.InferOutput<typeof exportReport>;

export const exportCalls = {
  /** Looks through what would be exported; nothing is written. */
  "recording.exportReport": { args: v.object({ ...recording, stretch }), result: exportReport },
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
    }),
    result: v.object({ path: text, sizeBytes: count }),
  },
} as const;
