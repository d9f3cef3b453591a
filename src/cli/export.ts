// `hindcast export`: a recording, or a stretch of it, for others. What would leave is looked through first: where something
// looks like a secret nothing is written, unless told to.
import { resolve } from "node:path";
import { failed } from "../shared/base/result.js";
import type { ExportReport } from "../shared/protocol/export-calls.js";
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
    const report = await call("recording.exportReport", { recordingId, stretch });
    if (!report.ok) return report;
    const { found } = report.value;
    if (found.length > 0 && !args.yes && !args.dryRun) {
      const kinds = [...new Set(found.map(({ kind }) => kind))].join(", ");
      return failed(hindcastError("secrets-in-export", { count: String(totalOf(found)), kinds }));
    }
    if (args.json) await out.line(JSON.stringify(report.value));
    else for (const line of linesOf(report.value, format)) await out.line(line);
    if (args.out === undefined || args.dryRun) return done;
    const path = resolve(world.cwd, args.out);
    const exported = await call("recording.export", { recordingId, path, format, stretch, overwrite });
    if (!exported.ok) return exported;
    if (!args.json) await out.line(`${exported.value.path}: ${sizeText(exported.value.sizeBytes)}`);
    return done;
  });

function linesOf(report: ExportReport, format: keyof ExportReport["bytes"]): readonly string[] {
  const { redacted, found, records, bytes } = report;
  return [
    `${records.toLocaleString("en-US")} records, about ${sizeText(bytes[format])} as ${format}`,
    ...(redacted.length === 0
      ? ["Nothing was redacted while it was recorded"]
      : [`Redacted while it was recorded: ${redacted.map(({ kind, count }) => `${count} ${kind}`).join(", ")}`]),
    ...(found.length === 0 ? ["Nothing that is left looks like a secret"] : ["What is left looks like secrets:"]),
    ...countedPlaces(found).map((line) => `  ${line}`),
  ];
}
