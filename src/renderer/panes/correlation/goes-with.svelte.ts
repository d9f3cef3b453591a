// Which series go with a metric or a value of state, and how two of them go together.
import type { CallArgs, CallResult } from "../../../shared/protocol/engine-calls.js";
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { SelectedValue, Selection } from "../../state/selection.svelte.js";
import { type AskedRange, askedRange } from "./asked-range.js";
import {
  type CorrelatedColumns,
  type CorrelatedRow,
  type CorrelatedSort,
  correlatedRows,
  shownRows,
} from "./correlated-rows.js";

export type Pair = CallResult<"metrics.pair">;
type Subject = Pick<CallArgs<"metrics.correlate">, "series" | "value">;

const mostRows = 20_000;

export class GoesWith {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly list = new Query<readonly MetricSeries[]>();
  readonly found = new Query<CorrelatedColumns>();
  readonly pair = new Query<Pair>();
  readonly #listDue: Repeats;
  readonly #foundDue: Repeats;
  readonly #pairDue: Repeats;
  #sort = $state<CorrelatedSort>("chance");
  #words = $state("");
  #chosen = $state<number>();
  #appliesLag = $state(true);

  readonly series: MetricSeries | undefined = $derived.by(() => {
    const id = this.#selection.correlation?.series;
    return id === undefined ? undefined : this.list.value?.find(({ series }) => series === id);
  });
  /** A value of state, where no metric is chosen. */
  readonly value: SelectedValue | undefined = $derived.by(() =>
    this.#selection.correlation?.series === undefined ? this.#selection.value : undefined,
  );
  readonly #all: readonly CorrelatedRow[] = $derived.by(() =>
    this.found.value === undefined
      ? []
      : correlatedRows(
          this.found.value,
          this.list.value ?? [],
          (process) => this.#recording.process(process)?.serviceName ?? String(process),
        ),
  );
  readonly rows: readonly CorrelatedRow[] = $derived.by(() => shownRows(this.#all, this.#sort, this.#words));
  readonly chosen: CorrelatedRow | undefined = $derived.by(() =>
    this.#all.find(({ series }) => series.series === this.#chosen),
  );

  constructor(recording: OpenRecording, selection: Selection) {
    this.#recording = recording;
    this.#selection = selection;
    this.#listDue = new Repeats(recording, this.list, "second");
    this.#foundDue = new Repeats(recording, this.found, "second");
    this.#pairDue = new Repeats(recording, this.pair, "second");
  }

  get sort(): CorrelatedSort {
    return this.#sort;
  }
  get words(): string {
    return this.#words;
  }
  get appliesLag(): boolean {
    return this.#appliesLag;
  }
  /** Before words are looked for in them. */
  get count(): number {
    return this.#all.length;
  }
  get hasSubject(): boolean {
    return this.series !== undefined || this.value !== undefined;
  }
  get range(): AskedRange {
    return askedRange(this.#recording, this.#selection);
  }

  chooseSeries(series: number | undefined): void {
    this.#selection.showCorrelation({ ...this.#selection.correlation, question: "series", series });
  }
  sortBy(sort: CorrelatedSort): void {
    this.#sort = sort;
  }
  filterBy(words: string): void {
    this.#words = words;
  }
  choose(series: number | undefined): void {
    this.#chosen = series;
  }
  applyLag(applies: boolean): void {
    this.#appliesLag = applies;
  }

  /** Call from an effect. */
  loadList(): void {
    if (!this.#listDue.isDue("list", 0)) return;
    this.list.load((signal, tell) => this.#recording.call("metrics.list", {}, signal, tell));
  }

  /** Call from an effect. Of a live recording asked once: what goes together is no matter of a second. */
  loadFound(): void {
    const subject = this.#subject();
    const { from, to, key } = this.range;
    if (subject === undefined || !this.#foundDue.isDue([subject, key], 0)) return;
    const args = { from, to, ...subject, limit: mostRows };
    this.#chosen = undefined;
    this.found.restart((signal, tell) => this.#recording.call("metrics.correlate", args, signal, tell));
  }

  /** Call from an effect. */
  loadPair(): void {
    const subject = this.#subject();
    const { chosen } = this;
    const cells = this.found.value?.cells;
    if (subject === undefined || chosen === undefined || cells === undefined) return;
    const { from, to, key } = this.range;
    const other = chosen.series.series;
    if (!this.#pairDue.isDue([subject, other, key], 0)) return;
    this.pair.restart((signal, tell) =>
      this.#recording.call("metrics.pair", { from, to, ...subject, other, cells }, signal, tell),
    );
  }

  /** Asks anew: of a live recording there is more by now. */
  again(): void {
    this.#listDue.retry();
    this.#foundDue.retry();
    this.#pairDue.retry();
  }

  #subject(): Subject | undefined {
    if (this.series !== undefined) return { series: this.series.series };
    if (this.value === undefined) return undefined;
    const { process, scope, path } = this.value;
    return { value: { process, scope, path } };
  }
}
