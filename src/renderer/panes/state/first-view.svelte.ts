// When the condition that the filter is (`balance < 0`) came true for the first time, in any process.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { type ValueCondition, conditionFrom } from "../../../shared/trace/value-condition.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { FindView } from "./find-view.svelte.js";
import type { TreeView } from "./tree-view.svelte.js";

type First = CallResult<"state.first">;

export class FirstView {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #tree: Pick<TreeView, "revealIn">;
  readonly #find: Pick<FindView, "text" | "look">;
  readonly query = new Query<First>();
  readonly #repeats: Repeats;
  readonly condition: ValueCondition | undefined = $derived.by(() => conditionFrom(this.#find.text));
  #asked: string | undefined;

  constructor(
    recording: OpenRecording,
    playhead: Playhead,
    tree: Pick<TreeView, "revealIn">,
    find: Pick<FindView, "text" | "look">,
  ) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#tree = tree;
    this.#find = find;
    this.#repeats = new Repeats(recording, this.query, "second");
  }

  /** It came true, and when is known. */
  get isKnown(): boolean {
    return this.condition !== undefined && this.query.value?.position !== undefined;
  }

  /** Call from an effect. */
  load(): void {
    if (this.condition === undefined) {
      this.#asked = undefined;
      return;
    }
    const { text } = this.#find;
    // What was first stays first: only while there is none, more may bring one.
    const isKnown = this.query.value?.position !== undefined && this.#asked === text;
    if (isKnown || !this.#repeats.isDue(text, 0)) return;
    const ask: Parameters<Query<First>["load"]>[0] = (signal, tell) =>
      this.#recording.call("state.first", { text }, signal, tell);
    if (this.#asked === text) this.query.load(ask);
    else this.query.restart(ask);
    this.#asked = text;
  }

  /** The playhead goes to that write, and its value is shown in the tree with its history. */
  goTo(): void {
    const { position, value } = this.query.value ?? {};
    if (position === undefined) return;
    this.#playhead.moveToPosition(position);
    if (value === undefined) return;
    this.#tree.revealIn({ process: position.process, scope: value.scope }, value.path);
    this.#find.look("");
  }
}
