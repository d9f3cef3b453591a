// Which rows somebody chose, in which order, and how each is drawn. Kept as a short text: "5,rate(5) log,5/7".

export type Derivation =
  { readonly kind: "plain" } | { readonly kind: "rate" } | { readonly kind: "ratio"; readonly over: number };

export interface RowChoice {
  readonly series: number;
  readonly derived: Derivation;
  readonly isLog: boolean;
}

export const plainRow = (series: number): RowChoice => ({ series, derived: { kind: "plain" }, isLog: false });

/** What a row shows, however it is drawn: no two rows are alike in it. */
export function keyOf({ series, derived }: RowChoice): string {
  if (derived.kind === "rate") return `rate(${series})`;
  return derived.kind === "ratio" ? `${series}/${derived.over}` : String(series);
}

/** All series that have to be read for these rows, each once. */
export const seriesOf = (rows: readonly RowChoice[]): readonly number[] => [
  ...new Set(rows.flatMap(({ series, derived }) => (derived.kind === "ratio" ? [series, derived.over] : [series]))),
];

export const textFromRows = (rows: readonly RowChoice[]): string =>
  rows.map((row) => keyOf(row) + (row.isLog ? " log" : "")).join(",");

const mostRows = 200;

/** What is no row is left out. */
export function rowsFromText(text: string): readonly RowChoice[] {
  const rows = new Map<string, RowChoice>();
  for (const part of text.split(",").slice(0, mostRows)) {
    const [, rate, series, over, log] = /^(?:rate\((\d{1,9})\)|(\d{1,9})(?:\/(\d{1,9}))?)( log)?$/.exec(part) ?? [];
    const id = rate ?? series;
    if (id === undefined) continue;
    const derived: Derivation =
      rate !== undefined
        ? { kind: "rate" }
        : over === undefined
          ? { kind: "plain" }
          : { kind: "ratio", over: Number(over) };
    const row = { series: Number(id), derived, isLog: log !== undefined };
    if (!rows.has(keyOf(row))) rows.set(keyOf(row), row);
  }
  return [...rows.values()];
}

/** The series itself after a click on its box: what is derived from it stays as it is, a new one goes last. */
export function toggled(rows: readonly RowChoice[], series: number): readonly RowChoice[] {
  const key = keyOf(plainRow(series));
  return rows.some((row) => keyOf(row) === key) ? without(rows, key) : [...rows, plainRow(series)];
}

export const without = (rows: readonly RowChoice[], key: string): readonly RowChoice[] =>
  rows.filter((row) => keyOf(row) !== key);

/** With `added` right below the row it was made from; where it is already, nothing changes. */
export function withBelow(rows: readonly RowChoice[], key: string, added: RowChoice): readonly RowChoice[] {
  if (rows.some((row) => keyOf(row) === keyOf(added))) return rows;
  const at = rows.findIndex((row) => keyOf(row) === key);
  return rows.toSpliced(at < 0 ? rows.length : at + 1, 0, added);
}

/** A row one place up (-1) or down (1); the first and the last stay. */
export function moved(rows: readonly RowChoice[], key: string, by: -1 | 1): readonly RowChoice[] {
  const at = rows.findIndex((row) => keyOf(row) === key);
  const [row, other] = [rows[at], rows[at + by]];
  return row === undefined || other === undefined ? rows : rows.with(at, other).with(at + by, row);
}

export const withLog = (rows: readonly RowChoice[], key: string, isLog: boolean): readonly RowChoice[] =>
  rows.map((row) => (keyOf(row) === key ? { ...row, isLog } : row));
