// Tables of SQL that have some rows of a table and are read without reading the others.
import type { RowsOfKind } from "./search-plan.js";

/** With more, DuckDB would read all rows to find them: `rowFilter` of open-file.ts. */
const mostListed = 512;
/** So many rows that follow each other are sooner read as a stretch than each by its number. */
const leastOfStretch = 100;
/** Each costs planning. */
const mostStretches = 24;

type Stretch = readonly [first: number, last: number];

/** Each for a query of its own. Rows may be in two of them. */
export function tablesOf(table: string, { listed, stretches }: Pick<RowsOfKind, "listed" | "stretches">): string[] {
  const [runs, single] = runsIn(listed);
  const all = joined([...runs, ...stretches]);
  const count = Math.max(Math.ceil(single.length / mostListed), Math.ceil(all.length / mostStretches));
  return Array.from({ length: count }, (_, at) => {
    const own = single.slice(at * mostListed, (at + 1) * mostListed);
    const parts = all
      .slice(at * mostStretches, (at + 1) * mostStretches)
      .map(([first, last]) => `SELECT * FROM ${table} WHERE rowid BETWEEN ${first} AND ${last}`);
    if (own.length > 0) parts.push(`SELECT * FROM ${table} WHERE rowid IN (SELECT unnest([${own.join(", ")}]))`);
    return `(${parts.join(" UNION ALL ")})`;
  });
}

/** Of numbers in ascending order: what follows each other, and the others. */
function runsIn(listed: readonly number[]): readonly [Stretch[], number[]] {
  const [runs, single]: [Stretch[], number[]] = [[], []];
  for (let begin = 0; begin < listed.length;) {
    let end = begin + 1;
    while (end < listed.length && listed[end] === (listed[begin] ?? 0) + end - begin) end++;
    if (end - begin >= leastOfStretch) runs.push([listed[begin] ?? 0, listed[end - 1] ?? 0]);
    else single.push(...listed.slice(begin, end));
    begin = end;
  }
  return [runs, single];
}

/** In order, and those next to each other as one. */
function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const all: [number, number][] = [];
  for (const [first, last] of stretches.toSorted(([a], [b]) => a - b)) {
    const before = all.at(-1);
    if (before !== undefined && before[1] >= first - 1) before[1] = Math.max(before[1], last);
    else all.push([first, last]);
  }
  return all;
}
