// How much a recording keeps, as the options say.
import type { RecordingLimits } from "../shared/protocol/recording-summary.js";
import type { CommandArgs } from "./decode-args.js";

export const limitsFrom = ({
  maxAge,
  maxSize,
}: Pick<CommandArgs<"record">, "maxAge" | "maxSize">): RecordingLimits => ({
  maxAgeMs: maxAge,
  maxBytes: maxSize,
});
