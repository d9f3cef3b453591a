// What differs between two positions: the ends of the selected stretch of time, or before and after the last write.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { type At, processId, seq } from "../../../shared/trace/time.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import type { TreeView } from "./tree-view.svelte.js";

const mostChanges = 2000;

export type DiffEnds = { readonly kind: "range" | "write"; readonly a: At; readonly b: At };

export class DiffView {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly #tree: TreeView;
  readonly query = new Query<CallResult<"state.diff">>();
  readonly #repeats: Repeats;

  /** Undefined before the scope's first write. */
  readonly ends: DiffEnds | undefined;

  constructor(recording: OpenRecording, playhead: Playhead, selection: Selection, tree: TreeView) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#tree = tree;
    this.#repeats = new Repeats(recording, this.query);
    this.ends = $derived.by(() => {
      const { range } = selection;
      if (range === undefined) return endsOfWrite(tree.lastWrite);
      const atOffset = (ns: number): At => ({ kind: "instant", instant: recording.instantFromOffset(ns) });
      return { kind: "range", a: atOffset(range.fromNs), b: atOffset(range.toNs) };
    });
  }

  /** Call from an effect. */
  load(): void {
    const { ends } = this;
    const { scope } = this.#tree;
    if (ends === undefined || scope === undefined) return;
    const args = { process: scope.process, scope: scope.scope, a: ends.a, b: ends.b, limit: mostChanges };
    if (!this.#repeats.isDue(args, this.#selection.range?.toNs ?? this.#playhead.offsetNs)) return;
    this.query.load((signal, tell) => this.#recording.call("state.diff", args, signal, tell));
  }

  retry(): void {
    this.#repeats.retry();
  }
}

function endsOfWrite(last: TreeView["lastWrite"]): DiffEnds | undefined {
  if (last === undefined) return undefined;
  const { write, place } = last;
  return { kind: "write", a: { kind: "seq", process: processId(write.process), seq: seq(write.seq - 1) }, b: place.at };
}

export type ChangeKind = "gained" | "lost" | "changed";
export const changeSigns: Readonly<Record<ChangeKind, string>> = { gained: "+", lost: "−", changed: "·" };

/** Absence prints as "". */
export function changeKind(oldText: string, newText: string): ChangeKind {
  if (oldText === "") return "gained";
  return newText === "" ? "lost" : "changed";
}
