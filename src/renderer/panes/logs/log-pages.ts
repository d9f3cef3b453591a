// Pages of log lines, kept by row number. A page holds the lines [page * pageRows, …); the least recently used
// pages are forgotten. Rows that are not here yet are asked for by `missing`; drawing never waits for them.
import type { LogColumns } from "../../../shared/protocol/engine-rows.js";

export const pageRows = 200;
const mostPages = 60;

export interface LogLine {
  readonly row: number;
  readonly process: number;
  readonly seq: number;
  readonly timeNs: number;
  readonly severity: number;
  readonly body: string;
  readonly attributes: string;
  readonly source: string;
  readonly spanId: string;
  readonly traceId: string;
}

interface Page {
  readonly columns: LogColumns;
  used: number;
}

export class LogPages {
  readonly #pages = new Map<number, Page>();
  #clock = 0;
  #total = 0;

  /** Lines that match the filter, as of the newest page. */
  get total(): number {
    return this.#total;
  }

  lineAt(row: number): LogLine | undefined {
    const page = this.#pages.get(Math.floor(row / pageRows));
    if (page === undefined) return undefined;
    page.used = ++this.#clock;
    const i = row - page.columns.first;
    return i < 0 || i >= page.columns.timeNs.length ? undefined : lineOf(page.columns, i, row);
  }

  /** Keeps a page as the engine sent it; `first` must be the beginning of a page of ours. */
  put(columns: LogColumns): void {
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

export function lineOf(columns: LogColumns, i: number, row: number): LogLine {
  return {
    row,
    process: columns.process[i] ?? 0,
    seq: columns.seq[i] ?? 0,
    timeNs: columns.timeNs[i] ?? 0,
    severity: columns.severity[i] ?? 0,
    body: columns.bodies[i] ?? "",
    attributes: columns.attributes[i] ?? "",
    source: columns.sources[i] ?? "",
    spanId: columns.spanIds[i] ?? "",
    traceId: columns.traceIds[i] ?? "",
  };
}
