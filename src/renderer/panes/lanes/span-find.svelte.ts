// Looking for spans: which of those here have the text, and the next one, also where it lies far from what is in view.
import { type Result, ok } from "../../../shared/base/result.js";
import type { HindcastError } from "../../../shared/protocol/errors.js";
import type { SearchColumns, SearchKind, SpanColumns } from "../../../shared/protocol/engine-rows.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { matchBeside, matchesOf, matchStates } from "./span-matches.js";

export class SpanFind {
  readonly #recording: OpenRecording;
  readonly #spans: () => SpanColumns | undefined;
  #text = $state("");
  /** Where the one begins that was asked of the engine; undefined: there is none that way. */
  readonly query = new Query<number | undefined>();
  readonly matches: Uint8Array | undefined = $derived.by(() => {
    const spans = this.#spans();
    return spans === undefined ? undefined : matchesOf(spans, this.#text);
  });
  /** Of the spans that are here; several that are drawn as one are not looked into. */
  readonly found: number = $derived.by(
    () => this.matches?.reduce((sum, state) => sum + (state === matchStates.yes ? 1 : 0), 0) ?? 0,
  );

  /** `spans`: those that are here at the moment. */
  constructor(recording: OpenRecording, spans: () => SpanColumns | undefined) {
    this.#recording = recording;
    this.#spans = spans;
  }

  get text(): string {
    return this.#text;
  }

  lookFor(text: string): void {
    this.#text = text;
  }

  /** The row here that is next; undefined when none of those here is. */
  beside(fromNs: number, direction: "next" | "previous"): number | undefined {
    const [spans, { matches }] = [this.#spans(), this];
    return spans === undefined || matches === undefined ? undefined : matchBeside(spans, matches, fromNs, direction);
  }

  /** The same anywhere in the recording: `there` is told where it begins, or that there is none. */
  askBeside(fromNs: number, direction: "next" | "previous", there: (startNs: number | undefined) => void): void {
    const text = this.#text.trim();
    if (text === "") return;
    const instant = this.#recording.instantFromOffset(fromNs);
    this.query.restart(async (signal, tell): Promise<Result<number | undefined, HindcastError>> => {
      const bound = direction === "next" ? { from: instant + 1n } : { to: instant - 1n };
      const order = direction === "next" ? ("oldest" as const) : ("newest" as const);
      const kinds: SearchKind[] = ["span"];
      let after: SearchColumns["next"];
      do {
        const answer = await this.#recording.call(
          "search.page",
          { text, kinds, ...bound, order, after, limit: 1 },
          signal,
          tell,
        );
        if (!answer.ok) return answer;
        const [startNs] = answer.value.timeNs;
        if (startNs !== undefined) {
          there(startNs);
          return ok(startNs);
        }
        after = answer.value.next;
      } while (after !== undefined);
      there(undefined);
      return ok(undefined);
    });
  }
}
