// Pages of a long list that the engine answers by row number. A page holds the rows [page * pageRows, …); the least recently
// used pages are forgotten. Rows that are not here yet are asked for by `missing`; drawing never waits for them.

export const pageRows = 200;
const mostPages = 60;

/** What a page of any list says of itself. */
export interface PageColumns {
  /** Row of the list that comes first in the page, and how many there are in the list. */
  readonly first: number;
  readonly total: number;
  readonly timeNs: { readonly length: number };
}

interface Page<Columns> {
  readonly columns: Columns;
  used: number;
}

export class RowPages<Columns extends PageColumns, Row> {
  readonly #pages = new Map<number, Page<Columns>>();
  readonly #rowOf: (columns: Columns, i: number, row: number) => Row;
  #clock = 0;
  #total = 0;

  constructor(rowOf: (columns: Columns, i: number, row: number) => Row) {
    this.#rowOf = rowOf;
  }

  /** Rows of the list, as of the newest page. */
  get total(): number {
    return this.#total;
  }

  rowAt(row: number): Row | undefined {
    const page = this.#pages.get(Math.floor(row / pageRows));
    if (page === undefined) return undefined;
    page.used = ++this.#clock;
    const i = row - page.columns.first;
    return i < 0 || i >= page.columns.timeNs.length ? undefined : this.#rowOf(page.columns, i, row);
  }

  /** Keeps a page as the engine sent it; `first` must be the beginning of a page of ours. */
  put(columns: Columns): void {
    this.#total = columns.total;
    this.#pages.set(Math.floor(columns.first / pageRows), { columns, used: ++this.#clock });
    if (this.#pages.size > mostPages) this.#forgetOldest();
  }

  /** Numbers of the pages that rows [from, to) need and that are not here (or end before the rows do). */
  missing(from: number, to: number): readonly number[] {
    const end = Math.min(to, this.#total);
    const pages: number[] = [];
    for (let page = Math.floor(Math.max(from, 0) / pageRows); page * pageRows < end; page++) {
      const held = this.#pages.get(page)?.columns.timeNs.length ?? 0;
      const wanted = Math.min((page + 1) * pageRows, this.#total) - page * pageRows;
      if (held < wanted) pages.push(page);
    }
    return pages;
  }

  /** A live recording has grown: rows are only ever added at the end, so what is here stays right. */
  grow(total: number): void {
    this.#total = Math.max(total, this.#total);
  }

  #forgetOldest(): void {
    let oldest: number | undefined;
    let used = Infinity;
    for (const [number, page] of this.#pages) {
      if (page.used >= used) continue;
      used = page.used;
      oldest = number;
    }
    if (oldest !== undefined) this.#pages.delete(oldest);
  }
}
