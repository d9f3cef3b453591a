// The log at the playhead: which line is current, the pages around what is on screen, the filter, the opened line.
// Pages are kept outside of reactivity; `#version` tells the list that some arrived.
import type { Progress } from "../../../shared/base/asker.js";
import { untrack } from "svelte";
import { ok } from "../../../shared/base/result.js";
import { Lateness } from "../../state/lateness.svelte.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead, RecordPosition } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { SelectedSpan, Selection } from "../../state/selection.svelte.js";
import { pageRows } from "../../state/row-pages.js";
import { type LogLine, newLogPages } from "./log-pages.js";
import { type ListRow, listLength, listRowAt, type OpenedLine } from "./log-rows.js";
import { type DetailRow, detailsOf } from "./log-text.js";

interface Around {
  readonly filter: string;
  readonly row: number;
  readonly instant: bigint;
  /** When it was asked for, on the clock of `performance.now()`. */
  readonly askedMs: number;
}

export class LogsView {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  /** The row of the playhead within the filtered log. */
  readonly around = new Query<Around>();
  readonly pageQuery = new Query<undefined>();
  #pages = newLogPages();
  #version = $state(0);
  #text = $state("");
  #minSeverity = $state(0);
  #follows = $state(true);
  #visible = $state.raw({ first: 0, end: 60 });
  readonly #aroundRepeats: Repeats;
  readonly #totalRepeats: Repeats;
  #opened = $state.raw<OpenedLine & { readonly rows: readonly DetailRow[] }>();
  #activeLine = $state(-1);
  #shownFilter = "";
  #evictedLines: number;
  readonly #lateness = new Lateness();

  readonly total: number = $derived.by(() => {
    void this.#version;
    return this.#pages.total;
  });
  readonly listLength: number = $derived.by(() => listLength(this.total, this.#opened));
  readonly #filterKey: string = $derived.by(() => `${this.#minSeverity} ${this.#text}`);
  readonly isFiltered: boolean = $derived.by(() => this.#text !== "" || this.#minSeverity > 0);
  /** The last line at or before the playhead; -1 when all are later; undefined until known for this filter. */
  readonly currentRow: number | undefined = $derived.by(() => {
    const known = this.around.value;
    return known?.filter === this.#filterKey ? known.row : undefined;
  });

  constructor(recording: OpenRecording, playhead: Playhead, selection: Selection) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#aroundRepeats = new Repeats(recording, this.around);
    this.#totalRepeats = new Repeats(recording, this.around, "second");
    this.#evictedLines = this.evictedLines;
  }

  /** How many lines of the recording there were and are not any more: rows are counted from the oldest that is left. */
  get evictedLines(): number {
    return this.#recording.summary.evicted?.logs ?? 0;
  }

  /** What lines are filtered by, as it is looked for. */
  get wantedText(): string {
    return this.#text.trim();
  }

  /** Call from an effect: when lines were evicted, those that are left have other numbers. */
  takeEvictions(): void {
    const gone = this.evictedLines - this.#evictedLines;
    this.#evictedLines = this.evictedLines;
    if (gone === 0) return;
    untrack(() => {
      this.#forgetPages();
      this.#grow(this.isFiltered ? 0 : this.#recording.summary.counts.logs);
      this.#aroundRepeats.retry();
      this.#totalRepeats.retry();
    });
  }

  get text(): string {
    return this.#text;
  }
  get minSeverity(): number {
    return this.#minSeverity;
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
    const wanted = this.#wantedFilter();
    // The row at a past instant stays, but the lines after it become more: the summary counts them all, and those that
    // match a filter the engine.
    const isRowDue = this.#aroundRepeats.isDue([wanted, instant], this.#playhead.offsetNs);
    const isTotalDue = this.isFiltered && this.#totalRepeats.isDue(wanted, Infinity);
    if (!isRowDue && !isTotalDue) return;
    const askedMs = performance.now();
    const ask = async (signal: AbortSignal, tell: Progress) => {
      const answer = await this.#recording.call(
        "logs.around",
        { ...wanted, instant, before: 0, after: 0 },
        signal,
        tell,
      );
      if (!answer.ok) return answer;
      if (filter === this.#filterKey) this.#grow(answer.value.page.total);
      return ok({ filter, row: answer.value.row, instant, askedMs });
    };
    if (filter === this.#shownFilter) this.around.load(ask);
    else this.around.restart(ask);
    this.#shownFilter = filter;
  }

  /** Call from an effect: what the window's keys speak of as "the log line". */
  shareActiveLine(): void {
    const line = this.#activeLine < 0 ? undefined : this.lineAt(this.#activeLine);
    this.#selection.standOnLine(line === undefined ? undefined : { ...spanOf(line), ...this.#positionOf(line) });
  }

  /** Call from an effect: the pages the visible rows lack, one after the other. */
  loadVisible(): void {
    void this.#version;
    const { first, end } = this.#visible;
    if (this.#pages.missing(first, end).length === 0) return;
    this.pageQuery.load(async (signal, tell) => {
      // What is missing is asked when the request starts: the one before may have brought it.
      const pages = this.#pages;
      const [page] = pages.missing(this.#visible.first, this.#visible.end);
      if (page === undefined) return ok(undefined);
      const args = { ...this.#wantedFilter(), first: page * pageRows, limit: pageRows };
      const answer = await this.#recording.call("logs.page", args, signal, tell);
      if (!answer.ok) return answer;
      if (pages === this.#pages) pages.put(answer.value);
      this.#version += 1;
      return ok(undefined);
    });
  }

  /** Call from an effect: the unfiltered log is as long as the summary says. */
  takeTotal(): void {
    const { logs } = this.#recording.summary.counts;
    if (this.isFiltered) return;
    untrack(() => {
      this.#grow(logs);
    });
  }

  retry(): void {
    this.#aroundRepeats.retry();
    this.#version += 1;
  }

  filterBy(text: string, minSeverity: number): void {
    this.#text = text;
    this.#minSeverity = minSeverity;
    this.#forgetPages();
  }

  #forgetPages(): void {
    this.#pages = newLogPages();
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

  rowAt(index: number): ListRow {
    return listRowAt(index, this.#opened);
  }

  lineAt(row: number): LogLine | undefined {
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
    if (line !== undefined) this.#playhead.moveToPosition(this.#positionOf(line));
  }

  toggleDetails(row: number): void {
    const line = this.lineAt(row);
    const rows = line === undefined || this.#opened?.row === row ? undefined : detailsOf(line);
    this.#opened = rows === undefined ? undefined : { row, details: rows.length, rows };
  }

  /** Goes to the line, so that Lanes shows its time, and picks its span there. */
  showSpanOf(line: LogLine): void {
    this.goTo(line.row);
    this.#selection.selectSpan(spanOf(line));
  }

  openRequestOf(line: LogLine): void {
    this.#selection.openRequestOf(line);
  }

  #positionOf({ process, seq, timeNs }: LogLine): RecordPosition {
    return { process, seq, instant: this.#recording.instantFromOffset(timeNs) };
  }

  #wantedFilter(): { text?: string; minSeverity?: number } {
    const text = this.wantedText;
    return { ...(text === "" ? {} : { text }), ...(this.#minSeverity === 0 ? {} : { minSeverity: this.#minSeverity }) };
  }

  #grow(total: number): void {
    if (total <= this.#pages.total) return;
    this.#pages.grow(total);
    this.#version += 1;
  }
}

const spanOf = ({ process, spanId, traceId }: LogLine): SelectedSpan => ({ process, spanId, traceId });
