// What agents say of sources besides their texts: bounds, and the functions of a file as JSON.
import * as v from "valibot";

/** In UTF-16 units: of a longer text nothing is kept. */
export const mostSourceUnits = 1024 * 1024;
/** Of all texts in one recording, in bytes. */
export const mostSourceBytes = 32 * 1024 * 1024;
/** Of one file. */
export const mostFunctions = 20_000;
/** Of one process; what comes after that is not told of. */
export const mostSources = 10_000;

const position = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));

/** A function of a source; with a `reason`, its calls are not told of. Lines and columns are counted from one. */
export const sourceFunction = v.object({
  line: position,
  column: position,
  name: v.string(),
  reason: v.optional(v.string()),
});
export type SourceFunction = v.InferOutput<typeof sourceFunction>;

export const functionsJson = (functions: readonly SourceFunction[]): string => JSON.stringify(functions);

/** Of what is none nothing is listed. */
export function functionsFromJson(json: string): readonly SourceFunction[] {
  try {
    const read = v.safeParse(v.array(sourceFunction), JSON.parse(json));
    return read.success ? read.output : [];
  } catch {
    return [];
  }
}
