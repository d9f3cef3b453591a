// A list of records at the playhead, as Logs and Events show them: which row is current, the pages around what is on screen, the
// filter, the opened row. Pages are kept outside of reactivity; `#version` tells the list that some arrived.
import { untrack } from "svelte";
import type { Progress } from "../../shared/base/asker.js";
import { type Result, ok } from "../../shared/base/result.js";
import { type Explanation, type HindcastError, explain } from "../../shared/protocol/errors.js";
import type { RowFilter } from "../../shared/protocol/row-filters.js";
import { Lateness } from "./lateness.svelte.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import { type DetailRow, type ListRow, type OpenedLine, indexOfLine, listLength, listRowAt } from "./opened-rows.js";
import type { Playhead, RecordPosition } from "./playhead.svelte.js";
import { Query } from "./query.svelte.js";
import { Repeats } from "./repeats.svelte.js";
import type { RowFiltering } from "./row-filter.svelte.js";
import { type PageColumns, RowPages, pageRows } from "./row-pages.js";
import type { SelectedSpan, Selection } from "./selection.svelte.js";

interface Around {
  readonly filter: string;
  readonly row: number;
  readonly instant: bigint;
  /** When it was asked for, on the clock of `performance.now()`. */
  readonly askedMs: number;
}

/** A record of a list. */
export interface ListedRecord {
  readonly row: number;
  readonly process: number;
  readonly seq: number;
  readonly timeNs: number;
  readonly spanId: string;
  readonly traceId: string;
}

type Answer<Value> = Promise<Result<Value, HindcastError>>;

/** Where the rows of a list come from. */
export interface RowSource<Columns extends PageColumns, Row extends ListedRecord> {
  page(filter: RowFilter, first: number, limit: number, signal: AbortSignal, tell: Progress): Answer<Columns>;
  /** The last row at or before an instant, and how many there are. */
  rowAt(
    filter: RowFilter,
    instant: bigint,
    signal: AbortSignal,
    tell: Progress,
  ): Answer<{ row: number; total: number }>;
  rowOf(columns: Columns, i: number, row: number): Row;
  detailsOf(row: Row): readonly DetailRow[];
  /** How many rows there are without a filter, where the summary of the recording says so. */
  total(): number | undefined;
  /** How many there were and are not any more: rows are counted from the oldest that is left. */
  evicted(): number;
}

export class RowsView<Columns extends PageColumns, Row extends ListedRecord> {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly #source: RowSource<Columns, Row>;
  readonly filter: RowFiltering;
  /** The row of the playhead within the filtered log. */
  readonly around = new Query<Around>();
  readonly pageQuery = new Query<undefined>();
  #pages: RowPages<Columns, Row>;
  #version = $state(0);
  #wraps = $state(false);
  #follows = $state(true);
  #visible = $state.raw({ first: 0, end: 60 });
  /** Where the list goes once they are here. */
  #awaited = $state.raw<{ readonly first: number; readonly end: number }>();
  readonly #aroundRepeats: Repeats;
  readonly #totalRepeats: Repeats;
  #opened = $state.raw<OpenedLine & { readonly rows: readonly DetailRow[] }>();
  #activeLine = $state(-1);
  /** Undefined until something was asked. */
  #shownFilter: string | undefined;
  /** Of what the kept pages are. */
  #pagesFilter = "{}";
  #evictedLines: number;
  readonly #lateness = new Lateness();

  readonly total: number = $derived.by(() => {
    void this.#version;
    return this.#pages.total;
  });
  readonly listLength: number = $derived.by(() => listLength(this.total, this.#opened));
  readonly #filterKey: string = $derived.by(() => this.filter.key);
  readonly isFiltered: boolean = $derived.by(() => this.filter.isOn);
  /** The last line at or before the playhead; -1 when all are later; undefined until known for this filter. */
  readonly currentRow: number | undefined = $derived.by(() => {
    const known = this.around.value;
    return known?.filter === this.#filterKey ? known.row : undefined;
  });

  constructor(
    recording: OpenRecording,
    playhead: Playhead,
    selection: Selection,
    { source, filter }: { readonly source: RowSource<Columns, Row>; readonly filter: RowFiltering },
  ) {
    this.#source = source;
    this.filter = filter;
    this.#pages = new RowPages(source.rowOf);
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#aroundRepeats = new Repeats(recording, this.around);
    this.#totalRepeats = new Repeats(recording, this.around, "second");
    this.#evictedLines = this.evictedLines;
  }

  /** Every row that is evicted is one of these: the summary counts them. */
  get isCounted(): boolean {
    return this.#source.total() !== undefined;
  }

  get evictedLines(): number {
    return this.#source.evicted();
  }

  /** Call from an effect: when lines were evicted, those that are left have other numbers. */
  takeEvictions(): void {
    const gone = this.evictedLines - this.#evictedLines;
    this.#evictedLines = this.evictedLines;
    if (gone === 0) return;
    untrack(() => {
      this.#forgetPages();
      this.#grow(this.isFiltered ? 0 : (this.#source.total() ?? 0));
      this.#aroundRepeats.retry();
      this.#totalRepeats.retry();
    });
  }

  /** Why the rows, or which of them is at the playhead, could not be read. */
  get failure(): Explanation | undefined {
    const failed = [this.around.loaded, this.pageQuery.loaded].find(({ status }) => status === "failed");
    return failed?.status === "failed" ? explain(failed.error) : undefined;
  }

  get wraps(): boolean {
    return this.#wraps;
  }
  get follows(): boolean {
    return this.#follows;
  }
  get opened(): (OpenedLine & { readonly rows: readonly DetailRow[] }) | undefined {
    return this.#opened;
  }
  get activeLine(): number {
    return this.#activeLine;
  }

  /** `currentRow` is of an instant that the playhead has left. */
  get isCurrentRowLate(): boolean {
    return this.#lateness.isLate;
  }

  /** Call from an effect and give it what is returned. */
  watchAround(): (() => void) | undefined {
    const shown = this.around.value;
    return this.#lateness.watch(shown === undefined || shown.instant === this.#playhead.instant, shown?.askedMs ?? 0);
  }

  /** Call from an effect: where the playhead is in the log, and the lines around it. */
  loadAround(): void {
    const { instant } = this.#playhead;
    const filter = this.#filterKey;
    const { wanted } = this.filter;
    // The row at a past instant stays, but the lines after it become more: the summary counts them all, and those that
    // match a filter the engine.
    const isRowDue = this.#aroundRepeats.isDue([wanted, instant], this.#playhead.offsetNs);
    const isCounted = this.isFiltered || this.#source.total() === undefined;
    const isTotalDue = isCounted && this.#totalRepeats.isDue(wanted, Infinity);
    if (!isRowDue && !isTotalDue) return;
    if (this.#shownFilter === undefined) untrack(() => this.#loadEnd());
    const askedMs = performance.now();
    const ask = async (signal: AbortSignal, tell: Progress) => {
      const answer = await this.#source.rowAt(wanted, instant, signal, tell);
      if (!answer.ok) return answer;
      if (filter === this.#filterKey) this.#grow(answer.value.total);
      return ok({ filter, row: answer.value.row, instant, askedMs });
    };
    if (filter === this.#shownFilter) this.around.load(ask);
    else this.around.restart(ask);
    this.#shownFilter = filter;
  }

  /** A recording opens at its end: which lines those are needs no asking. */
  #loadEnd(): void {
    const total = this.#source.total() ?? 0;
    if (total === 0 || this.isFiltered || this.#playhead.offsetNs < this.#recording.durationNs) return;
    this.#loadPage(() => Math.floor((total - 1) / pageRows));
  }

  /** Call from an effect: what the window's keys speak of as "the log line". */
  shareActiveLine(): void {
    const line = this.#activeLine < 0 ? undefined : this.lineAt(this.#activeLine);
    this.#selection.standOnLine(line === undefined ? undefined : { ...spanOf(line), ...this.#positionOf(line) });
  }

  /** Call from an effect: the pages the visible rows lack, one after the other. */
  loadVisible(): void {
    void this.#version;
    const { first, end } = this.#awaited ?? this.#visible;
    // The list goes to the playhead first: what it shows before would be read for nothing.
    if (this.#follows && this.currentRow === undefined && this.failure === undefined) return;
    if (this.#pages.missing(first, end).length === 0) return;
    // What is missing is asked when the request starts: the one before may have brought it.
    this.#loadPage((pages) => {
      const wanted = this.#awaited ?? this.#visible;
      return pages.missing(wanted.first, wanted.end)[0];
    });
  }

  #loadPage(which: (pages: RowPages<Columns, Row>) => number | undefined): void {
    this.pageQuery.load(async (signal, tell) => {
      // The effects that run now may send the list elsewhere.
      await Promise.resolve();
      const pages = this.#pages;
      const page = which(pages);
      if (page === undefined) return ok(undefined);
      const answer = await this.#source.page(this.filter.wanted, page * pageRows, pageRows, signal, tell);
      if (!answer.ok) return answer;
      if (pages === this.#pages) pages.put(answer.value);
      this.#version += 1;
      return ok(undefined);
    });
  }

  /** Call from an effect: the unfiltered list is as long as the summary says. */
  takeTotal(): void {
    const total = this.#source.total();
    if (this.isFiltered || total === undefined) return;
    untrack(() => {
      this.#grow(total);
    });
  }

  /** Call from an effect: rows that match another filter have other numbers. */
  takeFilter(): void {
    const key = this.#filterKey;
    if (key === this.#pagesFilter) return;
    this.#pagesFilter = key;
    untrack(() => this.#forgetPages());
  }

  retry(): void {
    this.#aroundRepeats.retry();
    this.#version += 1;
  }

  setWraps(wraps: boolean): void {
    this.#wraps = wraps;
  }

  /** The rows around one: without the filter, and the playhead on it. */
  showAround(row: number): void {
    this.goTo(row);
    this.setFollows(true);
    this.filter.clear();
  }

  #forgetPages(): void {
    this.#pages = new RowPages(this.#source.rowOf);
    this.#version += 1;
    this.#opened = undefined;
    this.#activeLine = -1;
  }

  setFollows(follows: boolean): void {
    this.#follows = follows;
  }

  /** Lines are within [0, total); details of the opened line lie between them in the list. */
  show(firstIndex: number, endIndex: number): void {
    this.#visible = { first: this.rowAt(firstIndex).row, end: this.rowAt(Math.max(endIndex - 1, 0)).row + 1 };
  }

  /**
   * Whether rows of the list are here. Where they are not, they are read before those on screen, which stay there until then: of a
   * place that the playhead passes nothing is drawn twice.
   */
  bring(firstIndex: number, endIndex: number): boolean {
    void this.#version;
    return untrack(() => {
      const wanted = { first: this.rowAt(firstIndex).row, end: this.rowAt(Math.max(endIndex - 1, 0)).row + 1 };
      const areHere = this.#pages.missing(wanted.first, wanted.end).length === 0;
      this.#awaited = areHere ? undefined : wanted;
      return areHere;
    });
  }

  /** Nothing is awaited any more. */
  stay(): void {
    this.#awaited = undefined;
  }

  rowAt(index: number): ListRow {
    return listRowAt(index, this.#opened);
  }

  /** The row that the keyboard stands on. */
  get active(): Row | undefined {
    return this.#activeLine < 0 ? undefined : this.lineAt(this.#activeLine);
  }

  detailsOf(row: Row): readonly DetailRow[] {
    return this.#source.detailsOf(row);
  }

  /** Of a row in the list, where details lie between rows. */
  indexOf(row: number): number {
    return indexOfLine(row, this.#opened);
  }

  lineAt(row: number): Row | undefined {
    void this.#version;
    return this.#pages.rowAt(row);
  }

  stand(row: number): void {
    this.#activeLine = row;
  }

  /** Stands on a line and puts the playhead right after it. */
  goTo(row: number): void {
    this.stand(row);
    const line = this.lineAt(row);
    if (line === undefined) return;
    // Behind what the engine found out itself stands no record.
    if (line.seq === 0) this.#playhead.moveTo(line.timeNs);
    else this.#playhead.moveToPosition(this.#positionOf(line));
  }

  toggleDetails(row: number): void {
    const line = this.lineAt(row);
    const rows = line === undefined || this.#opened?.row === row ? undefined : this.#source.detailsOf(line);
    this.#opened = rows === undefined ? undefined : { row, details: rows.length, rows };
  }

  /** Goes to the line, so that Lanes shows its time, and picks its span there. */
  showSpanOf(line: Row): void {
    this.goTo(line.row);
    this.#selection.selectSpan(spanOf(line));
  }

  openRequestOf(line: Row): void {
    this.#selection.openRequestOf(line);
  }

  #positionOf({ process, seq, timeNs }: ListedRecord): RecordPosition {
    return { process, seq, instant: this.#recording.instantFromOffset(timeNs) };
  }

  #grow(total: number): void {
    if (total <= this.#pages.total) return;
    this.#pages.grow(total);
    this.#version += 1;
  }
}

const spanOf = ({ process, spanId, traceId }: ListedRecord): SelectedSpan => ({ process, spanId, traceId });
