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

const sizes = ["B", "KB", "MB", "GB", "TB"];
const times: readonly (readonly [unit: string, factor: number])[] = [
  ["h", 3600],
  ["m", 60],
  ["s", 1],
  ["ms", 1e-3],
  ["us", 1e-6],
  ["ns", 1e-9],
];

/** For messages, and such that the language reads it again. */
export function valueText(value: number, kind: Kind): string {
  if (Number.isNaN(value)) return "no value";
  if (!Number.isFinite(value)) return String(value);
  switch (kind) {
    case "boolean":
      return value === 0 ? "false" : "true";
    case "share":
      return `${rounded(value * 100)}%`;
    case "bytes": {
      const step = Math.min(sizes.length - 1, Math.max(0, Math.floor(Math.log(Math.abs(value) || 1) / Math.log(1024))));
      return `${rounded(value / 1024 ** step)}${sizes[step] ?? ""}`;
    }
    case "duration": {
      const [unit, factor] = times.find(([, one]) => Math.abs(value) >= one) ?? ["s", 1];
      return `${rounded(value / factor)}${unit}`;
    }
    default:
      return rounded(value);
  }
}

/** Three digits behind the point where there is room for them, and none that are zeros. */
const rounded = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 1e15 ? String(value) : String(Number(value.toPrecision(6)));
