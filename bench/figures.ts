// What a benchmark gives back, and how it is printed: a table for people, then one line of JSON for programs.

/** What a figure was measured on. */
export interface Measured {
  readonly rows: number;
  readonly fileBytes: number;
  /** Absent where nothing is left to chance. */
  readonly seed?: number;
  /** "warm": the file is in the page cache, and asked before; "fresh": there, too, but nothing of it has been asked; "written": while it is. */
  readonly cache: "warm" | "fresh" | "written";
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most it may be (or the least, for rates) according to docs; absent where none is promised. */
  readonly budget?: { readonly atMost: number } | { readonly atLeast: number };
  readonly measured?: Measured;
  /** Why the figure must not be quoted: something was lost in the run that made it. */
  readonly invalid?: string;
}

export interface Benchmark {
  readonly name: string;
  /** What was done, in a line or two above the table. */
  readonly description: string;
  /** `parts` of it, by name; all of it when there are none. */
  run(parts: readonly string[]): Promise<readonly Figure[]>;
}

/** Makes figures of one run; `invalid` as theirs. */
export const figuresOfRun =
  (invalid: string | undefined) =>
  (name: string, value: number, unit: string, budget?: Figure["budget"]): Figure => ({
    name,
    value,
    unit,
    ...(budget === undefined ? {} : { budget }),
    ...(invalid === undefined ? {} : { invalid }),
  });

/** All of them, but for those that say themselves what they were measured on. */
export const measuredOn = (measured: Measured, figures: readonly Figure[]): Figure[] =>
  figures.map((figure) => ({ measured, ...figure }));

const rounded = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toPrecision(3));

const limitText = (budget: NonNullable<Figure["budget"]>): string =>
  "atMost" in budget ? `≤ ${budget.atMost}` : `≥ ${budget.atLeast}`;

/** What is no number keeps none. */
const isKept = ({ budget, value }: Figure): boolean =>
  budget === undefined || ("atMost" in budget ? value <= budget.atMost : value >= budget.atLeast);

const budgetText = (figure: Figure): string =>
  figure.budget === undefined ? "" : `${limitText(figure.budget)} ${isKept(figure) ? "kept" : "MISSED"}`;

/** A line for each figure that is invalid, and for each that misses its budget. */
export const complaintsAbout = (figures: readonly Figure[]): readonly string[] =>
  figures.flatMap((figure) => {
    const { name, value, unit, budget, invalid } = figure;
    if (invalid !== undefined) return [`${name} is invalid: ${invalid}`];
    if (budget === undefined || isKept(figure)) return [];
    return [`${name} misses its budget: ${rounded(value)} ${unit}, wanted ${limitText(budget)}`];
  });

const measuredText = ({ measured }: Figure): string =>
  measured === undefined
    ? ""
    : [
        `${rounded(measured.rows)} rows`,
        `${rounded(measured.fileBytes / 1e6)} MB`,
        ...(measured.seed === undefined ? [] : [`seed ${measured.seed}`]),
        measured.cache,
      ].join(", ");

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    rounded(figure.value),
    figure.unit,
    budgetText(figure),
    measuredText(figure),
    figure.invalid === undefined ? "" : `INVALID: ${figure.invalid}`,
  ]);
  const all = [["figure", "value", "unit", "budget", "measured on", ""], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return all.map(line).join("\n");
}

/** The value below which `share` of the samples lie; the samples are sorted in place. */
export function quantile(samples: Float64Array, share: number): number {
  samples.sort();
  return samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? Number.NaN;
}

export const median = (values: Iterable<number>): number => quantile(Float64Array.from(values), 0.5);
