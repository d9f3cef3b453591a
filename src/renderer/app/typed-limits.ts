// How much a recording is to keep, as typed on the welcome page: an empty field sets no limit.
import { bytesFromText, msFromText } from "../../shared/base/typed-amounts.js";
import type { RecordingLimits } from "../../shared/protocol/recording-summary.js";
import { limitBounds } from "../../shared/protocol/recording-limits.js";

export interface TypedLimits {
  readonly limits: RecordingLimits;
  /** What is wrong with either; undefined when nothing is. */
  readonly ageProblem: string | undefined;
  readonly sizeProblem: string | undefined;
}

export function limitsFromTyped(age: string, size: string): TypedLimits {
  const { maxAge, maxSize } = limitBounds;
  const [ms, bytes] = [amount(age, maxAge, msFromText), amount(size, maxSize, bytesFromText)];
  return {
    limits: {
      ...(typeof ms === "number" ? { maxAgeMs: ms } : {}),
      ...(typeof bytes === "number" ? { maxBytes: bytes } : {}),
    },
    ageProblem: ms === "wrong" ? `A time from ${maxAge.least} to ${maxAge.most}, such as 90s, 10m or 12h.` : undefined,
    sizeProblem: bytes === "wrong" ? `A size from ${maxSize.least} to ${maxSize.most}, such as 500MB.` : undefined,
  };
}

function amount(
  typed: string,
  { least, most }: { readonly least: string; readonly most: string },
  read: (text: string) => number | undefined,
): number | "wrong" | undefined {
  if (typed.trim() === "") return undefined;
  const value = read(typed) ?? NaN;
  return value >= (read(least) ?? 0) && value <= (read(most) ?? 0) ? value : "wrong";
}
