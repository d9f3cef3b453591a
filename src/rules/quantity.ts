// What values are counted in. Within the evaluator sizes are bytes, times seconds, shares of one; a series may be stored
// otherwise, and a bare number is meant in what its author knows the series in.

export type Kind = "number" | "bytes" | "duration" | "share" | "text" | "boolean" | "unknown";

/** Sizes go in steps of 1024, as Descry's do. */
const units: Readonly<Record<string, readonly [kind: "bytes" | "duration" | "share", factor: number]>> = {
  B: ["bytes", 1],
  KB: ["bytes", 1024],
  MB: ["bytes", 1024 ** 2],
  GB: ["bytes", 1024 ** 3],
  TB: ["bytes", 1024 ** 4],
  ns: ["duration", 1e-9],
  us: ["duration", 1e-6],
  ms: ["duration", 1e-3],
  s: ["duration", 1],
  m: ["duration", 60],
  h: ["duration", 3600],
  d: ["duration", 86_400],
  "%": ["share", 0.01],
};

export interface Unit {
  readonly kind: Kind;
  /** What one of it is, in what the evaluator counts in. */
  readonly factor: number;
}

export function unitOf(written: string): Unit | undefined {
  const found = Object.hasOwn(units, written) ? units[written] : undefined;
  return found === undefined ? undefined : { kind: found[0], factor: found[1] };
}

/** Of a series' unit, as OpenTelemetry writes it: `By`, `s`, `1`, `{request}/s`. */
export function storedUnit(name: string, unit: string): Unit {
  switch (unit) {
    case "By":
    case "By/s":
      return { kind: "bytes", factor: 1 };
    case "s":
      return { kind: "duration", factor: 1 };
    case "ms":
      return { kind: "duration", factor: 1e-3 };
    case "us":
    case "µs":
      return { kind: "duration", factor: 1e-6 };
    case "ns":
      return { kind: "duration", factor: 1e-9 };
    case "%":
      return { kind: "share", factor: 0.01 };
    case "1":
      // Without a dimension, which a share has not, and neither has what is only counted.
      return { kind: /utili[sz]ation|ratio|share/.test(name) ? "share" : "number", factor: 1 };
    default:
      return { kind: "number", factor: 1 };
  }
}

const nsPerSecond = 1e9;

/** Nanoseconds of a time as written; a bare number is seconds. Undefined where the unit is none of time. */
export function nsOf(value: number, unit: string | undefined): number | undefined {
  const known = unit === undefined ? { kind: "duration", factor: 1 } : unitOf(unit);
  return known?.kind === "duration" ? Math.round(value * known.factor * nsPerSecond) : undefined;
}

export const kindWords: Readonly<Record<Kind, string>> = {
  number: "a number",
  bytes: "bytes",
  duration: "a duration",
  share: "a share",
  text: "a text",
  boolean: "true or false",
  unknown: "a value",
};
