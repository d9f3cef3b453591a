// Tables of SQL that have some rows of a table and are read without reading all of the others.

/** With more, DuckDB would read all rows to find them: `rowFilter` of open-file.ts. */
const mostListed = 512;
const mostStretches = 24;

/** DuckDB reads so many rows to look at one of them. */
const rowsAtOnce = 2048;
/**
 * As much as looking through so many rows: planning a stretch, planning a list of numbers, and finding one of these. Rows between
 * two are looked at, too, where that takes less than another stretch.
 */
const [costOfStretch, costOfList, costOfOne] = [4096, 12_288, 40];

type Stretch = readonly [first: number, last: number];

interface SomeRows {
  /** In ascending order. */
  readonly listed: readonly number[];
  readonly stretches: readonly Stretch[];
}

/** What it costs to look at rows with these numbers, in ascending order, as so many rows that follow each other. */
export function costOf(listed: readonly number[]): number {
  const { runs, single } = chosen({ listed, stretches: [] });
  const inRuns = runs.reduce((sum, [first, last]) => sum + costOfStretch + last - first + 1, 0);
  return inRuns + (single.length === 0 ? 0 : costOfList + costListed(single));
}

/** Each for a query of its own: some columns of these rows, and of a few around them. Rows may be in two of them. */
export function tablesOf(table: string, columns: string, rows: SomeRows): string[] {
  const { runs, single } = chosen(rows);
  const count = Math.max(Math.ceil(single.length / mostListed), Math.ceil(runs.length / mostStretches));
  return Array.from({ length: count }, (_, at) => {
    const own = single.slice(at * mostListed, (at + 1) * mostListed);
    const parts = runs
      .slice(at * mostStretches, (at + 1) * mostStretches)
      .map(([first, last]) => `SELECT ${columns} FROM ${table} WHERE rowid BETWEEN ${first} AND ${last}`);
    if (own.length > 0)
      parts.push(`SELECT ${columns} FROM ${table} WHERE rowid IN (SELECT unnest([${own.join(", ")}]))`);
    return `(${parts.join(" UNION ALL ")})`;
  });
}

interface Run {
  readonly first: number;
  last: number;
  /** Those of it that are looked for; undefined: all. */
  listed: number[] | undefined;
}

/** Most are looked at as stretches; what is far from everything else by number, where there is much of it. */
function chosen(rows: SomeRows): { readonly runs: Stretch[]; readonly single: readonly number[] } {
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
    runs: all.filter((run) => !byNumber.has(run)).map(({ first, last }) => [first, last]),
    single: [...byNumber].flatMap(({ listed = [] }) => listed),
  };
}

/** By their numbers, once there is a list. */
function costListed(listed: readonly number[]): number {
  const read = new Set(listed.map((row) => Math.floor(row / rowsAtOnce))).size;
  return read * rowsAtOnce + listed.length * costOfOne;
}

/** In order, and those near each other as one. */
function runsIn({ listed, stretches }: SomeRows): readonly Run[] {
  const parts: Run[] = [
    ...listed.map((row) => ({ first: row, last: row, listed: [row] })),
    ...stretches.map(([first, last]) => ({ first, last, listed: undefined })),
  ];
  const runs: Run[] = [];
  for (const part of parts.toSorted((a, b) => a.first - b.first)) {
    const before = runs.at(-1);
    if (before === undefined || part.first > before.last + costOfStretch) {
      runs.push(part);
      continue;
    }
    before.last = Math.max(before.last, part.last);
    if (before.listed !== undefined && part.listed !== undefined) before.listed.push(...part.listed);
    else before.listed = undefined;
  }
  return runs;
}
