// Values of the scopes of a process with a text in their key or in themselves, at the playhead: what the filter leaves.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import { countText } from "../../state/text.js";
import type { TreeView } from "./tree-view.svelte.js";

const mostFound = 2000;

export type Found = CallResult<"state.find">;

export class FindView {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly #tree: Pick<TreeView, "scope" | "at">;
  readonly query = new Query<Found>();
  readonly #repeats: Repeats;
  #shownText: string | undefined;

  constructor(
    recording: OpenRecording,
    playhead: Playhead,
    selection: Selection,
    tree: Pick<TreeView, "scope" | "at">,
  ) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#tree = tree;
    this.#repeats = new Repeats(recording, this.query);
  }

  /** "" while nothing is looked for. */
  get text(): string {
    return this.#selection.state.find;
  }

  look(text: string): void {
    this.#selection.showState({ find: text.trim() });
  }

  /** Call from an effect. */
  load(): void {
    const { text } = this;
    const { scope, at } = this.#tree;
    if (text === "" || scope === undefined) {
      if (this.#shownText !== undefined) this.query.cancel();
      this.#shownText = undefined;
      return;
    }
    const args = { process: scope.process, at, text, limit: mostFound };
    if (!this.#repeats.isDue(args, this.#playhead.offsetNs) && this.#shownText !== undefined) return;
    const subject = `${scope.process} ${text}`;
    const ask: Parameters<Query<Found>["load"]>[0] = (signal, tell) =>
      this.#recording.call("state.find", args, signal, tell);
    if (this.#shownText === subject) this.query.load(ask);
    else this.query.restart(ask);
    this.#shownText = subject;
  }

  retry(): void {
    this.#repeats.retry();
  }
}

/** "12 values", "the first 2 000 values", or that not all of it was looked at. */
export function foundText({ isWhole, values }: Found): string {
  const count = `${countText(values.length)} ${values.length === 1 ? "value" : "values"}`;
  if (isWhole) return count;
  return values.length >= mostFound ? `the first ${count}` : `${count}, not all looked at`;
}
