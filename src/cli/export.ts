// `hindcast export`: a recording, or a stretch of it, for others. What would leave is looked through first: where something
// looks like a secret nothing is written, unless told to, or told to take it out.
import { resolve } from "node:path";
import { failed } from "../shared/base/result.js";
import type { ExportReport, FoundSecrets, RedactAlso } from "../shared/protocol/export-calls.js";
import { hindcastError } from "../shared/protocol/errors.js";
import { countedPlaces, totalOf } from "../shared/protocol/export-words.js";
import { sizeText } from "./byte-size.js";
import type { CommandArgs } from "./decode-args.js";
import { done, range, withRecording } from "./reading.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

export const exportRecording = (world: World, args: CommandArgs<"export">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const { call, out, recordingId } = reading;
    const { format, overwrite } = args;
    if (args.out === undefined && !args.dryRun)
      return failed(
        hindcastError("bad-usage", { reason: "-o says where to write it, or --dry-run that nothing is written" }),
      );
    const times = range(reading, args);
    if (!times.ok) return times;
    const stretch = args.from === undefined && args.to === undefined ? undefined : times.value;
    const also = redactAlso(args);
    const isTakenOut = args.redactSecrets || [also.keys, also.prefixes, also.texts].some((own) => own.length > 0);
    const report = await call("recording.exportReport", { recordingId, stretch, also });
    if (!report.ok) return report;
    const { found } = report.value;
    if (found.length > 0 && !isTakenOut && !args.yes && !args.dryRun) {
      const kinds = [...new Set(found.map(({ kind }) => kind))].join(", ");
      return failed(hindcastError("secrets-in-export", { count: String(totalOf(found)), kinds }));
    }
    if (args.json && (args.out === undefined || args.dryRun)) await out.line(jsonOf(report.value));
    else if (!args.json)
      for (const line of linesOf(report.value, format, isTakenOut, args.dryRun)) await out.line(line);
    if (args.out === undefined || args.dryRun) return done;
    const path = resolve(world.cwd, args.out);
    const redact = isTakenOut ? also : undefined;
    const exported = await call("recording.export", { recordingId, path, format, stretch, overwrite, redact });
    if (!exported.ok) {
      // It was open: an engine after the one that had it open says so.
      if (exported.error.code !== "recording-closed") return exported;
      return failed(hindcastError("cannot-write", { path, reason: "the engine stopped unexpectedly" }));
    }
    const { sizeBytes, removed, evictedUntil } = exported.value;
    if (args.json) await out.line(jsonOf({ ...report.value, ...exported.value }));
    else {
      if (isTakenOut) for (const line of removedLines(removed)) await out.line(line);
      if (evictedUntil !== undefined)
        await out.line(
          `Some of it is not kept any more: it was evicted until ${new Date(Number(evictedUntil / 1_000_000n)).toISOString()}`,
        );
      await out.line(`${exported.value.path}: ${sizeText(sizeBytes)}`);
    }
    return done;
  });

const jsonOf = (value: object): string =>
  JSON.stringify(value, (_, field: unknown) => (typeof field === "bigint" ? String(field) : field));

const redactAlso = (args: CommandArgs<"export">): RedactAlso => ({
  keys: args.redactKey,
  prefixes: args.redactPrefix.filter((prefix) => prefix !== ""),
  texts: args.redactText.filter((text) => text !== ""),
  allow: args.redactAllow,
});

const removedLines = (removed: FoundSecrets): readonly string[] => [
  removed.length === 0 ? "Nothing was there to be taken out" : "Taken out of it:",
  ...countedPlaces(removed).map((line) => `  ${line}`),
];

function linesOf(
  report: ExportReport,
  format: keyof ExportReport["bytes"],
  isTakenOut: boolean,
  isDryRun: boolean,
): readonly string[] {
  const { redacted, found, records, bytes } = report;
  return [
    `${records.toLocaleString("en-US")} records, about ${sizeText(bytes[format])} as ${format}`,
    ...(redacted.length === 0
      ? ["Nothing was redacted while it was recorded"]
      : [`Redacted while it was recorded: ${redacted.map(({ kind, count }) => `${count} ${kind}`).join(", ")}`]),
    // What was taken out is told afterwards.
    ...(isTakenOut && !isDryRun ? [] : foundLines(found, isTakenOut)),
  ];
}

const foundLines = (found: FoundSecrets, isTakenOut: boolean): readonly string[] =>
  found.length === 0
    ? ["Nothing that is left looks like a secret"]
    : [
        isTakenOut ? "What looks like secrets, and would be taken out:" : "What is left looks like secrets:",
        ...countedPlaces(found).map((line) => `  ${line}`),
      ];
