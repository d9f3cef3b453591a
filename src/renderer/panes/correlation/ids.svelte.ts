// Everything that carries an id, on all services, in the order of time: rows of a trace or span by its id, and rows in whose texts it
// occurs. `order:ord_1` is looked for as both words in one row.
import { ok } from "../../../shared/base/result.js";
import { type FoundKind, foundKinds, searchKinds } from "../../../shared/protocol/engine-rows.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import { hexIdFrom, merged, searchTextFrom } from "./id-text.js";

export interface IdRow {
  readonly kind: FoundKind;
  readonly process: number;
  readonly seq: number;
  readonly timeNs: number;
  readonly title: string;
  readonly text: string;
  readonly spanId: string;
  readonly traceId: string;
}

interface Found {
  readonly rows: readonly IdRow[];
  readonly isCut: boolean;
}

const mostRows = 2000;

export class Ids {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly #playhead: Playhead;
  readonly found = new Query<Found>();
  readonly #due: Repeats;

  readonly rows: readonly IdRow[] = $derived.by(() => this.found.value?.rows ?? []);

  constructor(recording: OpenRecording, selection: Selection, playhead: Playhead) {
    this.#recording = recording;
    this.#selection = selection;
    this.#playhead = playhead;
    this.#due = new Repeats(recording, this.found, "second");
  }

  get id(): string {
    return this.#selection.correlation?.id ?? "";
  }

  lookFor(id: string): void {
    this.#selection.showCorrelation({ ...this.#selection.correlation, question: "ids", id: id.trim() });
  }

  /** Call from an effect. */
  load(): void {
    const { id } = this;
    if (id === "" || !this.#due.isDue(id, 0)) return;
    this.found.restart(async (signal, tell) => {
      const [byId, byText] = [await this.#byId(id, signal), await this.#byText(id, signal, tell)];
      if (!byId.ok) return byId;
      if (!byText.ok) return byText;
      return ok({
        rows: merged(byId.value.rows, byText.value.rows),
        isCut: byId.value.isCut || byText.value.isCut,
      });
    });
  }

  again(): void {
    this.#due.retry();
  }

  goTo({ process, seq, timeNs, spanId, traceId }: IdRow): void {
    this.#playhead.moveToPosition({ process, seq, instant: this.#recording.instantFromOffset(timeNs) });
    if (spanId !== "") this.#selection.selectSpan({ process, spanId, traceId });
  }

  openRequest({ process, spanId }: IdRow): void {
    if (spanId !== "") this.#selection.openRequestOf({ process, spanId });
  }

  async #byId(text: string, signal: AbortSignal) {
    const id = hexIdFrom(text);
    if (id === undefined) return ok<Found>({ rows: [], isCut: false });
    const answer = await this.#recording.call("ids.rows", { id, limit: mostRows }, signal);
    if (!answer.ok) return answer;
    const { truncated, ...found } = answer.value;
    const rows = found.titles.map((title, at) => ({
      kind: searchKinds[found.kind[at] ?? 0] ?? "event",
      process: found.process[at] ?? 0,
      seq: found.seq[at] ?? 0,
      timeNs: found.timeNs[at] ?? 0,
      title,
      text: found.texts[at] ?? "",
      spanId: found.spanIds[at] ?? "",
      traceId: found.traceIds[at] ?? "",
    }));
    return ok<Found>({ rows, isCut: truncated });
  }

  async #byText(id: string, signal: AbortSignal, tell: Parameters<OpenRecording["call"]>[3]) {
    const rows: IdRow[] = [];
    const text = searchTextFrom(id);
    let after: { instant: bigint; process: number; seq: number } | undefined;
    do {
      const answer = await this.#recording.call(
        "search.page",
        { text, order: "oldest", limit: mostRows, ...(after && { after }) },
        signal,
        tell,
      );
      if (!answer.ok) return answer;
      const page = answer.value;
      for (const [at, title] of page.titles.entries())
        rows.push({
          kind: foundKinds[page.kind[at] ?? 0] ?? "event",
          process: page.process[at] ?? 0,
          seq: page.seq[at] ?? 0,
          timeNs: page.timeNs[at] ?? 0,
          title,
          text: `${page.before[at] ?? ""}${page.matched[at] ?? ""}${page.after[at] ?? ""}`,
          spanId: "",
          traceId: "",
        });
      after = page.next;
    } while (after !== undefined && rows.length < mostRows);
    return ok<Found>({ rows: rows.slice(0, mostRows), isCut: after !== undefined });
  }
}
