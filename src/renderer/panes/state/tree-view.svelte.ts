// The tree of one scope at the playhead: which branches are open, the rows around what is on screen, and the write
// that made it what it is. Rows arrive for a window of the list; scrubbing asks at most once per answer.
import { ok } from "../../../shared/base/result.js";
import type { ScopeSummary, StateRows, WriteEntry } from "../../../shared/protocol/engine-calls.js";
import type { At } from "../../../shared/trace/time.js";
import { Lateness } from "../../state/lateness.svelte.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import { ancestorsOf, revealed, toggledPath } from "./expanded-paths.js";
import { isOnWrite, isSamePlace, type ReadAt, type ReadPlace } from "./read-place.js";
import type { TreeShape } from "./tree-keys.js";

/** Rows asked for beyond the visible ones; the window's edges are multiples of this, so that small scrolls ask nothing. */
const spareRows = 100;

interface RowWindow {
  readonly place: ReadPlace;
  readonly askedMs: number;
  readonly first: number;
  readonly rows: StateRows;
}

export class TreeView implements TreeShape {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly query = new Query<RowWindow>();
  readonly writer = new Query<ReadAt<WriteEntry | undefined>>();
  readonly #rowLateness = new Lateness();
  readonly #writerLateness = new Lateness();
  readonly #rowRepeats: Repeats;
  readonly #writerRepeats: Repeats;
  #expandedByScope = $state.raw<ReadonlyMap<string, readonly string[]>>(new Map());
  #visible = $state.raw({ first: 0, end: 60 });
  readonly #wantedFirst: number = $derived.by(
    () => Math.max(0, Math.floor(this.#visible.first / spareRows) - 1) * spareRows,
  );
  readonly #wantedEnd: number = $derived.by(() => (Math.ceil(this.#visible.end / spareRows) + 1) * spareRows);
  #shownScope: string | undefined;
  /** A row the keyboard went to before it had arrived. */
  #awaitedRow: number | undefined;

  /** The chosen scope, or the first one tracked. */
  readonly scope: ScopeSummary | undefined = $derived.by(() => {
    const { scopes } = this.#recording.summary;
    const chosen = this.#selection.value;
    return scopes.find((one) => one.process === chosen?.process && one.scope === chosen.scope) ?? scopes[0];
  });
  readonly expanded: readonly string[] = $derived.by(() => this.#expandedByScope.get(this.#scopeKey) ?? [""]);
  readonly #scopeKey: string = $derived.by(() =>
    this.scope === undefined ? "" : `${this.scope.process} ${this.scope.scope}`,
  );
  /** The playhead for this process: a record of another one is only an instant here. */
  readonly at: At = $derived.by(() => {
    const { position, instant } = this.#playhead;
    return position === undefined || position.process === this.scope?.process
      ? this.#playhead.at
      : { kind: "instant", instant };
  });
  readonly total: number = $derived.by(() => this.query.value?.rows.total ?? 0);
  readonly selectedPath: string | undefined = $derived.by(() => {
    const { value } = this.#selection;
    return value !== undefined && value.scope === this.scope?.scope && value.process === this.scope.process
      ? value.path
      : undefined;
  });
  /** Row of the selected value; -1 when it is not among those here. */
  readonly activeRow: number = $derived.by(() => {
    const here = this.query.value;
    const index =
      here === undefined || this.selectedPath === undefined ? -1 : here.rows.paths.indexOf(this.selectedPath);
    return index < 0 || here === undefined ? -1 : here.first + index;
  });

  /** What the playhead asks for; answers keep the place they were read at. */
  readonly #wantedPlace: ReadPlace = $derived.by(() => ({
    scope: this.#scopeKey,
    at: this.at,
    instant: this.#playhead.instant,
  }));
  /** The last write to this scope that is known, with the place it is the last one at. */
  readonly lastWrite: { readonly place: ReadPlace; readonly write: WriteEntry } | undefined = $derived.by(() => {
    const known = this.writer.value;
    const write = known?.value;
    return write === undefined || known?.place.scope !== this.#scopeKey ? undefined : { place: known.place, write };
  });
  /** The rows were read right on the write that made the scope what it is: only then did something change "now". */
  readonly isOnWrite: boolean = $derived.by(() => {
    const rows = this.query.value;
    const last = this.lastWrite;
    if (rows === undefined || last === undefined || !isSamePlace(rows.place, last.place)) return false;
    return isOnWrite(last.place, last.write);
  });

  /** Branches that hold what changed at the playhead: a closed one shows it in its place. */
  readonly changedInside: ReadonlySet<string> = $derived.by(() =>
    this.isOnWrite && this.lastWrite !== undefined ? new Set(ancestorsOf(this.lastWrite.write.path)) : new Set(),
  );

  constructor(recording: OpenRecording, playhead: Playhead, selection: Selection) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#rowRepeats = new Repeats(recording, this.query);
    this.#writerRepeats = new Repeats(recording, this.writer);
    // What was selected before a reload has a row again.
    if (this.selectedPath !== undefined) this.#setExpanded(revealed([""], this.selectedPath));
  }

  /** Call from an effect: asks for the rows on screen whenever the playhead, the scope or a branch changes. */
  load(): void {
    const { scope } = this;
    const { at, expanded } = this;
    const first = this.#wantedFirst;
    const end = this.#wantedEnd;
    if (scope === undefined) return;
    const place = this.#wantedPlace;
    const key = place.scope;
    const askedMs = performance.now();
    const limit = Math.min(end - first, 2000);
    const args = {
      process: scope.process,
      scope: scope.scope,
      at,
      expanded: [...expanded],
      offset: first,
      limit,
    };
    if (!this.#rowRepeats.isDue(args, this.#playhead.offsetNs)) return;
    const ask = async (signal: AbortSignal) => {
      const answer = await this.#recording.call("state.rows", args, signal);
      return answer.ok ? ok({ place, askedMs, first, rows: answer.value }) : answer;
    };
    if (this.#shownScope === key) this.query.load(ask);
    else this.query.restart(ask);
    this.#shownScope = key;
  }

  /** Call from an effect: the last write to the scope at the playhead. */
  loadWriter(): void {
    const { scope, at } = this;
    if (scope === undefined) return;
    const args = { process: scope.process, scope: scope.scope, path: "", at };
    if (!this.#writerRepeats.isDue(args, this.#playhead.offsetNs)) return;
    const place = this.#wantedPlace;
    const askedMs = performance.now();
    this.writer.load(async (signal) => {
      const answer = await this.#recording.call("state.lastWriter", args, signal);
      return answer.ok ? ok({ place, askedMs, value: answer.value.write }) : answer;
    });
  }

  /** The rows on screen are those of a place that the playhead has left. */
  get areRowsLate(): boolean {
    return this.#rowLateness.isLate;
  }

  get isWriterLate(): boolean {
    return this.#writerLateness.isLate;
  }

  /** Call from an effect and give it what is returned. */
  watchRows(): (() => void) | undefined {
    return this.#watch(this.#rowLateness, this.query.value);
  }

  /** Call from an effect and give it what is returned. */
  watchWriter(): (() => void) | undefined {
    return this.#watch(this.#writerLateness, this.writer.value);
  }

  #watch(lateness: Lateness, shown: Pick<RowWindow, "place" | "askedMs"> | undefined): (() => void) | undefined {
    return lateness.watch(shown === undefined || isSamePlace(shown.place, this.#wantedPlace), shown?.askedMs ?? 0);
  }

  /** Call from an effect: selects the row the keyboard went to, once it is here. */
  settleAwaitedRow(): void {
    const here = this.query.value;
    const row = this.#awaitedRow;
    if (here === undefined || row === undefined) return;
    const path = here.rows.paths[row - here.first];
    if (path === undefined) return;
    this.#awaitedRow = undefined;
    this.selectPath(path);
  }

  show(first: number, end: number): void {
    this.#visible = { first, end };
  }

  retry(): void {
    this.#rowRepeats.retry();
    this.#writerRepeats.retry();
  }

  chooseScope(scope: ScopeSummary): void {
    this.#selection.selectValue({ process: scope.process, scope: scope.scope, path: "" });
  }

  selectPath(path: string): void {
    const { scope } = this;
    if (scope !== undefined) this.#selection.selectValue({ process: scope.process, scope: scope.scope, path });
  }

  selectRow(row: number): void {
    const path = this.pathAt(row);
    if (path === undefined) this.#awaitedRow = row;
    else this.selectPath(path);
  }

  toggleRow(row: number): void {
    const path = this.pathAt(row);
    if (path !== undefined) this.#setExpanded(toggledPath(this.expanded, path));
  }

  setRowOpen(row: number, isOpen: boolean): void {
    const path = this.pathAt(row);
    if (path !== undefined && this.expanded.includes(path) !== isOpen) this.toggleRow(row);
  }

  /** Opens everything above a path and selects it. */
  reveal(path: string): void {
    this.#setExpanded(revealed(this.expanded, path));
    this.selectPath(path);
  }

  collapseAll(): void {
    this.#setExpanded([""]);
  }

  pathAt(row: number): string | undefined {
    return this.#read(row, (rows) => rows.paths);
  }

  depthAt(row: number): number | undefined {
    return this.#read(row, (rows) => rows.depth);
  }

  flagsAt(row: number): number | undefined {
    return this.#read(row, (rows) => rows.flags);
  }

  #read<Value>(row: number, column: (rows: StateRows) => ArrayLike<Value>): Value | undefined {
    const here = this.query.value;
    return here === undefined ? undefined : column(here.rows)[row - here.first];
  }

  #setExpanded(expanded: readonly string[]): void {
    this.#expandedByScope = new Map(this.#expandedByScope).set(this.#scopeKey, expanded);
  }
}
