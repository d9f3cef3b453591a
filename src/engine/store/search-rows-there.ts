// Tables of SQL that have some rows of a table and are read without reading the others.

/** With more, DuckDB would read all rows to find them: `rowFilter` of open-file.ts. */
const mostListed = 512;
/** So many rows that follow each other are sooner read as a stretch than each by its number. */
const leastOfStretch = 100;
/** Each costs planning. */
const mostStretches = 24;

/** DuckDB reads so many rows to look at one of them. */
const rowsAtOnce = 2048;
/** As much as looking through so many rows: reading what is around one, finding one by its number, and planning a stretch. */
const [costOfReading, costOfOne, costOfStretch] = [768, 30, 1500];

type Stretch = readonly [first: number, last: number];

interface SomeRows {
  /** In ascending order. */
  readonly listed: readonly number[];
  readonly stretches: readonly Stretch[];
}

/** What it costs to look at rows with these numbers, in ascending order, as so many rows that follow each other. */
export function costOf(listed: readonly number[]): number {
  const [runs, single] = runsIn(listed);
  const read = new Set(single.map((row) => Math.floor(row / rowsAtOnce))).size;
  const inRuns = runs.reduce((sum, [first, last]) => sum + costOfStretch + costOfReading + last - first + 1, 0);
  return inRuns + read * costOfReading + single.length * costOfOne;
}

/** Each for a query of its own. Rows may be in two of them. */
export function tablesOf(table: string, { listed, stretches }: SomeRows): string[] {
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
