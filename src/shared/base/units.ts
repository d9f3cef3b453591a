// How a series' numbers are written: its OpenTelemetry unit becomes one readable unit for the whole row, chosen
// by the row's largest value, so that the axis and the value at the playhead speak the same language.

export interface UnitScale {
  /** What follows the number; "" for plain counts. */
  readonly suffix: string;
  /** Stored value × factor = shown value. */
  readonly factor: number;
}

const bytes: readonly UnitScale[] = [
  { suffix: "B", factor: 1 },
  { suffix: "kB", factor: 1e-3 },
  { suffix: "MB", factor: 1e-6 },
  { suffix: "GB", factor: 1e-9 },
];
const seconds: readonly UnitScale[] = [
  { suffix: "ns", factor: 1e9 },
  { suffix: "µs", factor: 1e6 },
  { suffix: "ms", factor: 1e3 },
  { suffix: "s", factor: 1 },
];
const plain: UnitScale = { suffix: "", factor: 1 };
const secondsIn: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** A dimensionless series that people read in percent, told by its name as OpenTelemetry's conventions have it. */
const isShare = (name: string): boolean => /utili[sz]ation|ratio|share/.test(name);

/** `largest` is the largest absolute value the row shows, in the stored unit. */
export function scaleOf({ name, unit }: { readonly name: string; readonly unit: string }, largest: number): UnitScale {
  if (unit === "By") return largestBelow(bytes, largest);
  if (unit === "By/s") return withSuffix(largestBelow(bytes, largest), "/s");
  const perUnit = secondsIn[unit];
  if (perUnit !== undefined) {
    const scale = largestBelow(seconds, largest * perUnit);
    return { suffix: scale.suffix, factor: scale.factor * perUnit };
  }
  if (unit === "%") return { suffix: "%", factor: 1 };
  if (unit === "1") return isShare(name) ? { suffix: "%", factor: 100 } : plain;
  // "{request}" counts requests, "{request}/s" is a rate: the braces hold a note, not a unit.
  return { suffix: unit.replace(/\{[^}]*\}/g, "").trim(), factor: 1 };
}

/** What a series is counted in, where no value of it is there yet: "bytes", "s", "%", "handle"; "" for plain counts. */
export function unitWord({ name, unit }: { readonly name: string; readonly unit: string }): string {
  if (unit === "1") return isShare(name) ? "%" : "";
  return unit.replace(/^By\b/, "bytes").replace(/[{}]/g, "");
}

/** The unit in which the value has fewest digits before the point but at least one; a row of zeros reads "0 ms", "0 MB". */
function largestBelow(scales: readonly UnitScale[], largest: number): UnitScale {
  const shown = (scale: UnitScale) => Math.abs(largest) * scale.factor;
  const fitting = scales.filter((scale) => shown(scale) >= 1).sort((a, b) => shown(a) - shown(b));
  return fitting[0] ?? (largest === 0 ? scales[2] : undefined) ?? scales[0] ?? plain;
}

const withSuffix = (scale: UnitScale, more: string): UnitScale => ({
  suffix: scale.suffix + more,
  factor: scale.factor,
});

const thinSpace = "\u2009";
const minus = "−";

/** Three significant digits, thin groups, a real minus. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const [whole = "0", fraction] = size.toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thinSpace);
  const trimmed = fraction === undefined || /^0+$/.test(fraction) ? "" : `.${fraction}`;
  const sign = value < 0 && Number(size.toFixed(digits)) !== 0 ? minus : "";
  return sign + grouped + trimmed;
}

export const valueText = (value: number | undefined, scale: UnitScale): string =>
  value === undefined ? "–" : numberText(value * scale.factor);

/** As the gutter has room for: what every second series has in common goes. */
export const shortName = (alias: string): string => alias.replace(/^event loop /, "loop ").replace(/ memory$/, " mem.");
