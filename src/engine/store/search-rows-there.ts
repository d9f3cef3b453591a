// Tables of SQL that have some rows of a table and are read without reading all of the others. DuckDB goes through all groups of
// rows to find a few by their numbers, which takes 9 µs a group; those of other instants it passes over at once.
import type { InstantRange } from "./search-ranges.js";

/** With more, DuckDB would read all rows to find them: `rowFilter` of open-file.ts. */
const mostListed = 512;
const mostStretches = 24;

/** DuckDB unpacks so many rows to look at one of them. */
const rowsAtOnce = 2048;
/**
 * As much as looking through so many rows: planning a stretch, planning a list of numbers, finding one of these, and unpacking the
 * rows around it. Rows between two are looked at, too, where that takes less than another stretch.
 */
const [costOfStretch, costOfList, costOfOne, costOfRead] = [3500, 12_288, 60, 900];

type Stretch = readonly [first: number, last: number];

/** Rows by their numbers, or all from one on. */
export interface RowsThere {
  /** In ascending order; undefined: all of `stretch`. */
  readonly listed: readonly number[] | undefined;
  readonly stretch: Stretch;
  /** None of them is at another instant. */
  readonly instants: InstantRange;
}

/** What it costs to look at rows with these numbers, in ascending order, as so many rows that follow each other. */
export function costOf(listed: readonly number[]): number {
  let [cost, asStretches, byNumber] = [0, 0, 0];
  for (let from = 0, to = 1; from < listed.length; from = to++) {
    while (to < listed.length && isNear(listed[to - 1] ?? 0, listed[to] ?? 0)) to++;
    const [stretch, own] = [
      costOfStretch + (listed[to - 1] ?? 0) - (listed[from] ?? 0) + 1,
      costListed(listed, from, to),
    ];
    if (own >= stretch) cost += stretch;
    else [asStretches, byNumber] = [asStretches + stretch, byNumber + own];
  }
  return cost + Math.min(asStretches, costOfList + byNumber);
}

/** Each for a query of its own: some columns of these rows, and of a few around them. Rows may be in two of them. */
export function tablesOf(table: string, columns: string, rows: readonly RowsThere[]): string[] {
  const { runs, single } = chosen(rows);
  const numbers = numbersIn(single);
  const count = Math.max(Math.ceil(numbers.length / mostListed), Math.ceil(runs.length / mostStretches));
  return Array.from({ length: count }, (_, at) => {
    const own = numbers.slice(at * mostListed, (at + 1) * mostListed);
    const parts = runs
      .slice(at * mostStretches, (at + 1) * mostStretches)
      .map(
        ({ first, last, instants }) =>
          `SELECT ${columns} FROM ${table} WHERE rowid BETWEEN ${first} AND ${last} AND ${isAt(instants)}`,
      );
    if (own.length > 0)
      parts.push(
        `SELECT ${columns} FROM ${table} WHERE rowid IN (SELECT unnest([${own.join(", ")}])) AND ${isAt(
          single.map(({ instants }) => instants).reduce(around),
        )}`,
      );
    return `(${parts.join(" UNION ALL ")})`;
  });
}

const isAt = ({ first, last }: InstantRange): string => `instant BETWEEN ${first} AND ${last}`;

/** From the first instant of both to the last one. */
export const around = (a: InstantRange, b: InstantRange): InstantRange => ({
  first: a.first < b.first ? a.first : b.first,
  last: a.last > b.last ? a.last : b.last,
});

interface Run {
  readonly first: number;
  last: number;
  /** Those of it that are looked for; undefined: all. */
  listed: number[] | undefined;
  instants: InstantRange;
}

const numbersIn = (runs: readonly Run[]): number[] => runs.flatMap(({ listed = [] }) => listed);

/** Most are looked at as stretches; what is far from everything else by number, where there is much of it. */
function chosen(rows: readonly RowsThere[]): { readonly runs: readonly Run[]; readonly single: readonly Run[] } {
  const all = runsIn(rows);
  const far = all.filter(({ first, last, listed }) => {
    return listed !== undefined && costListed(listed) < costOfStretch + last - first + 1;
  });
  const saved = far.reduce(
    (sum, { first, last, listed = [] }) => sum + costOfStretch + last - first + 1 - costListed(listed),
    0,
  );
  const byNumber = new Set(saved > costOfList ? far : []);
  return {
    runs: all.filter((run) => !byNumber.has(run)),
    single: [...byNumber],
  };
}

/** By their numbers, once there is a list. */
function costListed(listed: readonly number[], from = 0, to = listed.length): number {
  let [read, last] = [0, -1];
  for (let at = from; at < to; at++) {
    const group = Math.floor((listed[at] ?? 0) / rowsAtOnce);
    if (group !== last) read++;
    last = group;
  }
  return read * costOfRead + (to - from) * costOfOne;
}

const isNear = (before: number, row: number): boolean => row <= before + costOfStretch;

/** In order, and those near each other as one. */
function runsIn(rows: readonly RowsThere[]): readonly Run[] {
  const parts = rows.flatMap(({ listed, stretch: [first, last], instants }): Run[] => {
    if (listed === undefined) return [{ first, last, listed, instants }];
    return listed.map((row) => ({ first: row, last: row, listed: [row], instants }));
  });
  const runs: Run[] = [];
  for (const part of parts.toSorted((a, b) => a.first - b.first)) {
    const before = runs.at(-1);
    if (before === undefined || !isNear(before.last, part.first)) {
      runs.push(part);
      continue;
    }
    if (before.listed === undefined || part.listed === undefined) before.listed = undefined;
    // One may be listed twice.
    else if (part.first > before.last) before.listed.push(...part.listed);
    before.last = Math.max(before.last, part.last);
    if (before.instants !== part.instants) before.instants = around(before.instants, part.instants);
  }
  return runs;
}
