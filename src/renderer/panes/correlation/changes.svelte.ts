// What is different in the selected stretch from what was before it, and where each of it is first seen.
import { ok } from "../../../shared/base/result.js";
import {
  type ChangeKind,
  type ComparedSide,
  changeBars,
  changeKinds,
} from "../../../shared/protocol/correlation-calls.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { SearchKind } from "../../../shared/protocol/engine-rows.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import { askedRange } from "./asked-range.js";
import { searchedFor } from "./searched-for.js";

type Columns = CallResult<"range.changes">;

export interface ChangeRow {
  readonly kind: ChangeKind;
  readonly service: string;
  readonly subject: string;
  readonly isSure: boolean;
  readonly score: number;
  readonly chance: number;
  readonly why: string;
  /** `changeBars` before, as many after. */
  readonly shape: Float64Array;
  readonly isByValue: boolean;
}

const mostRows = 500;

export class Changes {
  readonly #recording: OpenRecording;
  readonly #selection: Selection;
  readonly #playhead: Playhead;
  readonly found = new Query<Columns>();
  readonly jump = new Query<undefined>();
  readonly #due: Repeats;
  #words = $state("");
  #kind = $state<ChangeKind | "all">("all");
  #against = $state<ComparedSide>("before");

  readonly #all: readonly ChangeRow[] = $derived.by(() =>
    this.found.value === undefined ? [] : rowsOf(this.found.value),
  );
  readonly rows: readonly ChangeRow[] = $derived.by(() => {
    const words = this.#words.toLowerCase();
    return this.#all.filter(
      ({ kind, service, subject }) =>
        (this.#kind === "all" || kind === this.#kind) && `${service} ${subject}`.toLowerCase().includes(words),
    );
  });
  readonly kinds: readonly ChangeKind[] = $derived.by(() =>
    changeKinds.filter((kind) => this.#all.some((row) => row.kind === kind)),
  );

  constructor(recording: OpenRecording, selection: Selection, playhead: Playhead) {
    this.#recording = recording;
    this.#selection = selection;
    this.#playhead = playhead;
    this.#due = new Repeats(recording, this.found, "second");
  }

  get hasSelection(): boolean {
    return askedRange(this.#recording, this.#selection).isSelection;
  }
  get words(): string {
    return this.#words;
  }
  get kind(): ChangeKind | "all" {
    return this.#kind;
  }
  /** What the selection is compared with. */
  get against(): ComparedSide {
    return this.#against;
  }
  get count(): number {
    return this.#all.length;
  }

  filterBy(words: string): void {
    this.#words = words;
  }
  showKind(kind: ChangeKind | "all"): void {
    this.#kind = kind;
  }

  compareWith(side: ComparedSide): void {
    this.#against = side;
  }

  /** Call from an effect. */
  load(): void {
    const { from, to, isSelection, key } = askedRange(this.#recording, this.#selection);
    const against = this.#against;
    if (!isSelection || !this.#due.isDue([key, against], 0)) return;
    this.found.restart((signal, tell) =>
      this.#recording.call("range.changes", { from, to, against, unsure: true, limit: mostRows }, signal, tell),
    );
  }

  again(): void {
    this.#due.retry();
  }

  /** The playhead goes to the first of it in the selection; where none is found, to its beginning. */
  goTo(row: ChangeRow): void {
    const { from, to, isSelection } = askedRange(this.#recording, this.#selection);
    if (!isSelection) return;
    const begin = this.#recording.offsetFromInstant(from);
    const asked = searchedFor(row);
    if (asked === undefined) {
      this.#playhead.moveTo(begin);
      return;
    }
    const kinds: SearchKind[] = [asked.kind];
    this.jump.restart(async (signal, tell) => {
      const args = { text: asked.text, kinds, from, to, order: "oldest" as const, limit: 1 };
      const answer = await this.#recording.call("search.page", args, signal, tell);
      const at = answer.ok ? answer.value.timeNs[0] : undefined;
      if (!signal.aborted) this.#playhead.moveTo(at ?? begin);
      return answer.ok ? ok(undefined) : answer;
    });
  }
}

function rowsOf(found: Columns): readonly ChangeRow[] {
  return found.subjects.map((subject, at) => ({
    kind: changeKinds[found.kind[at] ?? 0] ?? "metric",
    service: found.services[at] ?? "",
    subject,
    isSure: found.sure[at] === 1,
    score: found.score[at] ?? 0,
    chance: found.chance[at] ?? 1,
    why: found.why[at] ?? "",
    shape: found.shapes.subarray(at * 2 * changeBars, (at + 1) * 2 * changeBars),
    isByValue: found.byValue[at] === 1,
  }));
}
