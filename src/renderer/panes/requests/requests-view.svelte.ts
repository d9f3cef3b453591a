// What Requests shows: all routes, the requests of one, or one request. Which of them is in the shared selection, so that other
// panes can open a request; of how much of the recording, how sorted and filtered is the pane's own.
import type { Progress } from "../../../shared/base/asker.js";
import { ok } from "../../../shared/base/result.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import type { Ranges } from "../../state/ranges.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Extent, ListFilter, RouteSort, Sorting } from "../../state/request-filter.svelte.js";
import type { RequestPlace, RouteName } from "../../state/request-place.js";
import { RowPages, pageRows } from "../../state/row-pages.js";
import type { Selection } from "../../state/selection.svelte.js";
import { type ListedRequest, listedRequest } from "./listed-request.js";
import type { OneRequest } from "./one-rows.js";
import { type RouteColumns, type RouteRow, routeRows, sortingBy } from "./route-rows.js";

export class RequestsView {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly #ranges: Ranges;
  readonly routes = new Query<RouteColumns>();
  readonly list = new Query<undefined>();
  readonly listPages = new Query<undefined>();
  readonly one = new Query<OneRequest>();
  readonly #routesDue: Repeats;
  readonly #listDue: Repeats;
  readonly #oneDue: Repeats;
  #pages = new RowPages(listedRequest);
  #version = $state(0);
  #visible = $state.raw({ first: 0, end: 60 });
  #shownRoute = "";
  #shownRequest = "";

  readonly rows: readonly RouteRow[] = $derived.by(() =>
    this.routes.value === undefined
      ? []
      : routeRows(this.routes.value, this.words, this.sorting).filter(({ name }) =>
          this.#selection.service.admits(name.service),
        ),
  );
  readonly listTotal: number = $derived.by(() => {
    void this.#version;
    return this.#pages.total;
  });

  constructor(recording: OpenRecording, selection: Selection, ranges: Ranges) {
    this.#recording = recording;
    this.#selection = selection;
    this.#ranges = ranges;
    this.#routesDue = new Repeats(recording, this.routes, "second");
    this.#listDue = new Repeats(recording, this.list, "second");
    this.#oneDue = new Repeats(recording, this.one, "second");
  }

  get place(): RequestPlace | undefined {
    return this.#selection.request;
  }
  get extent(): Extent {
    return this.#selection.requests.chosen.extent;
  }
  get words(): string {
    return this.#selection.requests.chosen.words;
  }
  get sorting(): Sorting {
    return this.#selection.requests.chosen.sorting;
  }
  get filter(): ListFilter {
    const { order, outcome, leastNs } = this.#selection.requests.chosen;
    return { order, outcome, leastNs };
  }
  get hasSelection(): boolean {
    return this.#selection.range !== undefined;
  }
  get isFiltered(): boolean {
    return this.filter.outcome !== "any" || this.filter.leastNs > 0;
  }

  chooseExtent(extent: Extent): void {
    this.#selection.requests.choose({ extent });
  }
  /** Routes of all services, whatever words they have. */
  clearRouteFilter(): void {
    this.filterRoutes("");
    this.#selection.service.clear();
  }
  filterRoutes(words: string): void {
    this.#selection.requests.choose({ words });
  }
  sortBy(by: RouteSort): void {
    this.#selection.requests.choose({ sorting: sortingBy(by, this.sorting) });
  }
  filterList(change: Partial<ListFilter>): void {
    this.#selection.requests.choose(change);
  }
  openRoute(of: RouteName): void {
    this.#selection.showRequest({ kind: "route", of });
  }
  openRequest(process: number, spanId: string, of?: RouteName): void {
    this.#selection.showRequest({ kind: "one", process, spanId, outermost: false, of });
  }
  /** From a request to its list, from there to all routes. */
  back(): void {
    const of = this.place?.kind === "one" ? this.place.of : undefined;
    this.#selection.showRequest(of === undefined ? undefined : { kind: "route", of });
  }
  showRoutes(): void {
    this.#selection.showRequest(undefined);
  }

  /** Call from an effect. */
  loadRoutes(): void {
    if (this.place !== undefined) return;
    const { range, key } = this.#range();
    if (!this.#routesDue.isDue(key, Infinity)) return;
    this.routes.load((signal, tell) => this.#recording.call("requests.routes", range, signal, tell));
  }

  /** Call from an effect: how many there are now, and the rows on screen. */
  loadList(): void {
    if (this.place?.kind !== "route") return;
    const { key } = this.#range();
    const asked = [this.place.of, this.filter, key];
    if (!this.#listDue.isDue(asked, Infinity)) return;
    const shown = JSON.stringify(asked);
    const isOther = shown !== this.#shownRoute;
    this.#shownRoute = shown;
    if (isOther) this.#forgetPages();
    const first = isOther ? 0 : Math.floor(this.#visible.first / pageRows);
    const ask = async (signal: AbortSignal, tell: Progress) => {
      const answer = await this.#page(first, signal, tell);
      if (!answer.ok) return answer;
      // Where more came, rows have other numbers.
      if (answer.value.total !== this.#pages.total) this.#forgetPages();
      this.#pages.put(answer.value);
      this.#version += 1;
      return ok(undefined);
    };
    if (isOther) this.list.restart(ask);
    else this.list.load(ask);
  }

  /** Call from an effect: the pages that visible rows lack, one after the other. */
  loadVisible(): void {
    void this.#version;
    const { first, end } = this.#visible;
    if (this.place?.kind !== "route" || this.#pages.missing(first, end).length === 0) return;
    this.listPages.load(async (signal, tell) => {
      const pages = this.#pages;
      const [page] = pages.missing(this.#visible.first, this.#visible.end);
      if (page === undefined) return ok(undefined);
      const answer = await this.#page(page, signal, tell);
      if (!answer.ok) return answer;
      if (pages === this.#pages) pages.put(answer.value);
      this.#version += 1;
      return ok(undefined);
    });
  }

  /** Call from an effect. */
  loadOne(): void {
    const { place } = this;
    if (place?.kind !== "one") return;
    const { process, spanId, outermost } = place;
    const args = { process, spanId, outermost };
    // What belongs to it may come long after it has ended.
    if (!this.#oneDue.isDue(args, Infinity)) return;
    const shown = JSON.stringify(args);
    const ask = (signal: AbortSignal, tell: Progress) => this.#recording.call("requests.one", args, signal, tell);
    if (shown === this.#shownRequest) this.one.load(ask);
    else this.one.restart(ask);
    this.#shownRequest = shown;
  }

  show(first: number, end: number): void {
    this.#visible = { first, end };
  }

  requestAt(row: number): ListedRequest | undefined {
    void this.#version;
    return this.#pages.rowAt(row);
  }

  retry(): void {
    this.#routesDue.retry();
    this.#listDue.retry();
    this.#oneDue.retry();
  }

  #forgetPages(): void {
    this.#pages = new RowPages(listedRequest);
    this.#version += 1;
  }

  #page(page: number, signal: AbortSignal, tell: Progress) {
    const { place } = this;
    const of = place?.kind === "route" ? place.of : { service: "", route: "", kind: "server" as const };
    const { order, outcome, leastNs } = this.filter;
    return this.#recording.call(
      "requests.list",
      {
        ...this.#range().range,
        ...of,
        order,
        ...(outcome === "any" ? {} : { outcome }),
        ...(leastNs > 0 ? { leastNs } : {}),
        first: page * pageRows,
        limit: pageRows,
      },
      signal,
      tell,
    );
  }

  /** `key` stays the same while "all of it" grows. */
  #range(): { readonly range: { readonly from: bigint; readonly to: bigint }; readonly key: unknown } {
    const { summary } = this.#recording;
    const shown =
      this.extent === "selection"
        ? this.#selection.range
        : this.extent === "lanes"
          ? this.#ranges.existing("lanes")
          : undefined;
    if (shown === undefined) return { range: { from: summary.start, to: summary.end }, key: "all" };
    const from = this.#recording.instantFromOffset(shown.fromNs);
    const to = this.#recording.instantFromOffset(shown.toNs);
    return { range: { from, to }, key: [from, to] };
  }
}
