// The write that made the chosen scope what it is at the playhead, with the place it is the last one at.
import { ok } from "../../../shared/base/result.js";
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import type { ScopeSummary } from "../../../shared/protocol/recording-summary.js";
import { Lateness } from "../../state/lateness.svelte.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import { isSamePlace, type ReadAt, type ReadPlace } from "./read-place.js";

export interface LastWrite {
  readonly place: ReadPlace;
  readonly write: WriteEntry;
}

/** What is chosen, and where it is to be read. */
interface Wanted {
  readonly scope: ScopeSummary | undefined;
  readonly place: ReadPlace;
}

export class LastWriter {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #wanted: () => Wanted;
  readonly #subject: () => string;
  readonly query = new Query<ReadAt<WriteEntry | undefined>>();
  readonly #lateness = new Lateness();
  readonly #repeats: Repeats;

  /** Undefined while it is not known for what is chosen. */
  readonly known: LastWrite | undefined = $derived.by(() => {
    const found = this.query.value;
    const write = found?.value;
    return write === undefined || found?.place.subject !== this.#subject() ? undefined : { place: found.place, write };
  });

  /** `subject` is that of the wanted place: all rows of State depend on it, and none of them on where the playhead is. */
  constructor(recording: OpenRecording, playhead: Playhead, wanted: () => Wanted, subject: () => string) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#wanted = wanted;
    this.#subject = subject;
    this.#repeats = new Repeats(recording, this.query);
  }

  /** Call from an effect. */
  load(): void {
    const { scope, place } = this.#wanted();
    if (scope === undefined) return;
    const args = { process: scope.process, scope: scope.scope, path: "", at: place.at };
    if (!this.#repeats.isDue(args, this.#playhead.offsetNs)) return;
    const askedMs = performance.now();
    this.query.load(async (signal, tell) => {
      const answer = await this.#recording.call("state.lastWriter", args, signal, tell);
      return answer.ok ? ok({ place, askedMs, value: answer.value.write }) : answer;
    });
  }

  /** What is known is of a place that the playhead has left. */
  get isLate(): boolean {
    return this.#lateness.isLate;
  }

  /** Call from an effect and give it what is returned. */
  watch(): (() => void) | undefined {
    const shown = this.query.value;
    const { place } = this.#wanted();
    // Of another scope none is shown.
    const isCurrent = shown === undefined || shown.place.subject !== place.subject || isSamePlace(shown.place, place);
    return this.#lateness.watch(isCurrent, shown?.askedMs ?? 0);
  }

  retry(): void {
    this.#repeats.retry();
  }
}
