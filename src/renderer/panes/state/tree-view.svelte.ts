// The scopes of one process as one tree at the playhead: which branches are open, the rows around what is on screen, and
// the write that made the chosen scope what it is. Rows arrive for a window of the list, those of all scopes in one answer.
// The newest place wins: an older question is given up after a blink, unless the playhead moves on by itself.
import type { Progress } from "../../../shared/base/asker.js";
import { ok } from "../../../shared/base/result.js";
import type { ScopeSummary } from "../../../shared/protocol/recording-summary.js";
import type { At } from "../../../shared/trace/time.js";
import { Lateness } from "../../state/lateness.svelte.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import { ancestorsOf, revealed } from "./expanded-paths.js";
import { type LastWrite, LastWriter } from "./last-writer.svelte.js";
import { OpenBranches, type ScopeName } from "./open-branches.js";
import { isOnWrite, isSamePlace, type ReadPlace } from "./read-place.js";
import { matchingScopes } from "./scope-labels.js";
import { firstRowOf, placeOfRow, type RowPlace, rowOfPlace, type ShownRows } from "./shown-rows.js";
import type { TreeShape } from "./tree-keys.js";

/** Rows asked for beyond the visible ones; the window's edges are multiples of this, so that small scrolls ask nothing. */
const spareRows = 100;
/** As many as a list has that was not laid out yet. */
const rowsAtFirst = 60;
/** How long a question about a place that a hand has left may go on. */
const leftPlacePatienceMs = 300;

export class TreeView implements TreeShape {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly query = new Query<ShownRows>();
  readonly writer: LastWriter;
  readonly #rowLateness = new Lateness();
  readonly #rowRepeats: Repeats;
  #branches = $state.raw(new OpenBranches());
  #scopeFilter = $state("");
  #visible = $state.raw({ first: 0, end: rowsAtFirst });
  readonly #wantedFirst: number = $derived.by(
    () => Math.max(0, Math.floor(this.#visible.first / spareRows) - 1) * spareRows,
  );
  readonly #wantedEnd: number = $derived.by(
    () => (Math.ceil(Math.max(this.#visible.end, rowsAtFirst) / spareRows) + 1) * spareRows,
  );
  #shownList: string | undefined;
  /** A row the keyboard went to before it had arrived. */
  #awaitedRow: number | undefined;

  /** The chosen scope, or the first one tracked. */
  readonly scope: ScopeSummary | undefined = $derived.by(() => {
    const { scopes } = this.#recording.summary;
    const chosen = this.#selection.value;
    return scopes.find((one) => one.process === chosen?.process && one.scope === chosen.scope) ?? scopes[0];
  });
  /** Of the chosen one's process, in the order in which they were tracked. */
  readonly scopes: readonly ScopeSummary[] = $derived.by(() =>
    this.#recording.summary.scopes.filter(({ process }) => process === this.scope?.process),
  );
  /** Names of those that the filter leaves; undefined: all of them. */
  readonly #wantedScopes: readonly string[] | undefined = $derived.by(() =>
    this.#scopeFilter === "" ? undefined : matchingScopes(this.scopes, this.#scopeFilter),
  );
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
  readonly total: number = $derived.by(() => this.query.value?.answer.rows.total ?? 0);
  /** Of the chosen scope. */
  readonly selectedPath: string | undefined = $derived.by(() => {
    const { value } = this.#selection;
    return value !== undefined && value.scope === this.scope?.scope && value.process === this.scope.process
      ? value.path
      : undefined;
  });
  readonly #selected: RowPlace | undefined = $derived.by(() =>
    this.scope === undefined || this.selectedPath === undefined
      ? undefined
      : { scope: this.scope.scope, path: this.selectedPath },
  );
  /** Row of the selected value; -1 when it is not among those here. */
  readonly activeRow: number = $derived.by(() => rowOfPlace(this.query.value, this.#selected));

  /** What the playhead asks for; answers keep the place they were read at. */
  readonly #wantedPlace: ReadPlace = $derived.by(() => ({
    subject: this.#scopeKey,
    at: this.at,
    instant: this.#playhead.instant,
  }));
  /** Of all scopes of the process. */
  readonly #wantedRowPlace: ReadPlace = $derived.by(() => ({
    ...this.#wantedPlace,
    subject: String(this.scope?.process ?? ""),
  }));
  readonly lastWrite: LastWrite | undefined = $derived.by(() => this.writer.known);
  /** The rows were read right on the write that made them what they are: only then did something change "now". */
  readonly isOnWrite: boolean = $derived.by(() => {
    const shown = this.query.value;
    const process = this.scope?.process;
    return shown !== undefined && process !== undefined && isOnWrite(shown.place, { process, ...shown.answer });
  });

  /** Branches of the chosen scope that hold what changed at the playhead: a closed one shows it in its place. */
  readonly #changedInside: ReadonlySet<string> = $derived.by(() => {
    const last = this.lastWrite;
    const isNow = this.isOnWrite && last !== undefined && isOnWrite(last.place, last.write);
    return isNow ? new Set(ancestorsOf(last.write.path)) : new Set();
  });

  constructor(recording: OpenRecording, playhead: Playhead, selection: Selection) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#rowRepeats = new Repeats(recording, this.query);
    const wanted = () => ({ scope: this.scope, place: this.#wantedPlace });
    this.writer = new LastWriter(recording, playhead, wanted, () => this.#scopeKey);
    // What was selected before a reload has a row again.
    const { scope, selectedPath } = this;
    if (scope !== undefined && selectedPath !== undefined) this.#open(scope, ancestorsOf(selectedPath));
  }

  /** Call from an effect: asks for the rows on screen whenever the playhead, the process or a branch changes. */
  load(): void {
    const { scope, at } = this;
    const first = this.#wantedFirst;
    const limit = Math.min(this.#wantedEnd - first, 2000);
    const wanted = this.#wantedScopes;
    if (scope === undefined) return;
    const place = this.#wantedRowPlace;
    const expanded = this.#branches.in(scope.process, this.#firstScope);
    const askedMs = performance.now();
    const args = {
      process: scope.process,
      at,
      ...(wanted === undefined ? {} : { scopes: [...wanted] }),
      expanded,
      offset: first,
      limit,
    };
    if (!this.#rowRepeats.isDue(args, this.#playhead.offsetNs)) return;
    const ask = async (signal: AbortSignal, tell: Progress) => {
      const answer = await this.#recording.call("state.scopes", args, signal, tell);
      return answer.ok ? ok({ place, askedMs, first, answer: answer.value }) : answer;
    };
    const list = `${place.subject} ${this.#scopeFilter}`;
    const movesByItself = this.#playhead.followsLive || this.#playhead.isPlaying || this.#rowRepeats.isRepeat;
    if (this.#shownList === list) this.query.load(ask, movesByItself ? undefined : leftPlacePatienceMs);
    else this.query.restart(ask);
    this.#shownList = list;
  }

  /** The rows on screen are those of a place that the playhead has left. */
  get areRowsLate(): boolean {
    return this.#rowLateness.isLate;
  }

  /** Call from an effect and give it what is returned. */
  watchRows(): (() => void) | undefined {
    const shown = this.query.value;
    const isCurrent = shown === undefined || isSamePlace(shown.place, this.#wantedRowPlace);
    return this.#rowLateness.watch(isCurrent, shown?.askedMs ?? 0);
  }

  /** Call from an effect: selects the row the keyboard went to, once it is here. */
  settleAwaitedRow(): void {
    const row = this.#awaitedRow;
    const place = row === undefined ? undefined : placeOfRow(this.query.value, row);
    if (place === undefined) return;
    this.#awaitedRow = undefined;
    this.#select(place);
  }

  show(first: number, end: number): void {
    this.#visible = { first, end };
  }

  retry(): void {
    this.#rowRepeats.retry();
    this.writer.retry();
  }

  get scopeFilter(): string {
    return this.#scopeFilter;
  }

  filterScopes(text: string): void {
    this.#scopeFilter = text.trim();
    this.#visible = { first: 0, end: rowsAtFirst };
  }

  /** Of a row that is not here where its scope begins; undefined where that has no row. */
  get selectedScopeRow(): number | undefined {
    return this.#selected === undefined ? undefined : firstRowOf(this.query.value, this.#selected.scope);
  }

  /** The chosen scope has no value at the place that is shown. */
  get isScopeAbsent(): boolean {
    const answer = this.query.value?.answer;
    const name = this.scope?.scope;
    if (answer === undefined || name === undefined || this.#scopeFilter !== "") return false;
    return answer.rows.total > 0 && !answer.scopes.includes(name);
  }

  chooseScope(scope: ScopeName): void {
    this.#selection.selectValue({ process: scope.process, scope: scope.scope, path: "" });
    this.#open(scope, [""]);
  }

  selectRow(row: number): void {
    const place = placeOfRow(this.query.value, row);
    if (place === undefined) this.#awaitedRow = row;
    else this.#select(place);
  }

  toggleRow(row: number): void {
    const name = this.#nameAt(row);
    if (name !== undefined) this.#branches = this.#branches.toggled(name, this.#firstScope, name.path);
  }

  setRowOpen(row: number, isOpen: boolean): void {
    const name = this.#nameAt(row);
    if (name !== undefined && this.#branches.of(name, this.#firstScope).includes(name.path) !== isOpen)
      this.toggleRow(row);
  }

  /** Opens everything above a path of the chosen scope and selects it. */
  reveal(path: string): void {
    const { scope } = this;
    if (scope === undefined) return;
    this.#branches = this.#branches.with(scope, revealed(this.#branches.of(scope, this.#firstScope), path));
    this.#select({ scope: scope.scope, path });
  }

  /** The same of any scope of any process. */
  revealIn({ process, scope }: ScopeName, path: string): void {
    this.#selection.selectValue({ process, scope, path: "" });
    this.reveal(path);
  }

  /** The only scope of a process stays open itself: closed it would show nothing. */
  collapseAll(): void {
    const { scope, scopes } = this;
    if (scope === undefined) return;
    this.#branches = this.#branches.closed(scope.process, this.#firstScope, scopes.length === 1 ? [""] : []);
  }

  placeAt(row: number): RowPlace | undefined {
    return placeOfRow(this.query.value, row);
  }

  /** What changed at the playhead lies below the value of this row. */
  holdsChange(row: number): boolean {
    if (this.#changedInside.size === 0) return false;
    const place = this.placeAt(row);
    return place !== undefined && place.scope === this.scope?.scope && this.#changedInside.has(place.path);
  }

  depthAt(row: number): number | undefined {
    const here = this.query.value;
    return here?.answer.rows.depth[row - here.first];
  }

  flagsAt(row: number): number | undefined {
    const here = this.query.value;
    return here?.answer.rows.flags[row - here.first];
  }

  get #firstScope(): string | undefined {
    return this.scopes[0]?.scope;
  }

  #nameAt(row: number): (RowPlace & ScopeName) | undefined {
    const [place, process] = [this.placeAt(row), this.scope?.process];
    return place === undefined || process === undefined ? undefined : { process, ...place };
  }

  #select({ scope, path }: RowPlace): void {
    const process = this.scope?.process;
    if (process !== undefined) this.#selection.selectValue({ process, scope, path });
  }

  #open(name: ScopeName, paths: readonly string[]): void {
    this.#branches = this.#branches.with(name, [...new Set([...this.#branches.of(name, this.#firstScope), ...paths])]);
  }
}
