// What differs between two positions: the ends of the selected stretch of time, before and after the last write, or the playhead
// and another instant.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { type At, processId, seq } from "../../../shared/trace/time.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import type { Against } from "../../state/state-place.js";
import { instantFromInput } from "../../state/time-input.js";
import { zoneMinutesAt } from "../../state/time-scale.js";
import { type NotedInstant, againstNs } from "./diff-against.js";
import type { TreeView } from "./tree-view.svelte.js";

const mostChanges = 2000;

export type DiffEnds = {
  readonly kind: "range" | "write" | "playhead";
  readonly a: At;
  readonly b: At;
  /** Of the later one. */
  readonly untilNs: number;
};

interface Compared {
  readonly selection: Selection;
  readonly tree: Pick<TreeView, "scope" | "at" | "lastWrite">;
  readonly notes: { readonly all: readonly NotedInstant[] };
}

export class DiffView {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #compared: Compared;
  readonly query = new Query<CallResult<"state.diff">>();
  readonly #repeats: Repeats;

  /** The other instant, as an offset; undefined where there is none or none is chosen. */
  readonly againstNs: number | undefined = $derived.by(() => {
    const { against } = this;
    if (against.kind === "itself") return undefined;
    const { selection, notes } = this.#compared;
    return againstNs(against, {
      range: selection.range,
      notes: notes.all,
      offsetOf: (text) => this.#offsetOf(text),
    });
  });

  /** Undefined before the scope's first write, and while there is no other instant. */
  readonly ends: DiffEnds | undefined = $derived.by(() => {
    const { selection, tree } = this.#compared;
    const { range } = selection;
    const nowNs = this.#playhead.offsetNs;
    if (this.against.kind !== "itself") {
      const otherNs = this.againstNs;
      if (otherNs === undefined) return undefined;
      const other = this.#atOffset(otherNs);
      const untilNs = Math.max(nowNs, otherNs);
      return otherNs <= nowNs
        ? { kind: "playhead", a: other, b: tree.at, untilNs }
        : { kind: "playhead", a: tree.at, b: other, untilNs };
    }
    if (range === undefined) return endsOfWrite(tree.lastWrite, nowNs);
    return { kind: "range", a: this.#atOffset(range.fromNs), b: this.#atOffset(range.toNs), untilNs: range.toNs };
  });

  constructor(recording: OpenRecording, playhead: Playhead, compared: Compared) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#compared = compared;
    this.#repeats = new Repeats(recording, this.query);
  }

  get against(): Against {
    return this.#compared.selection.state.against;
  }

  compareWith(against: Against): void {
    this.#compared.selection.showState({ against });
  }

  /** Call from an effect. */
  load(): void {
    const { ends } = this;
    const { scope } = this.#compared.tree;
    if (ends === undefined || scope === undefined) return;
    const args = { process: scope.process, scope: scope.scope, a: ends.a, b: ends.b, limit: mostChanges };
    if (!this.#repeats.isDue(args, ends.untilNs)) return;
    this.query.load((signal, tell) => this.#recording.call("state.diff", args, signal, tell));
  }

  retry(): void {
    this.#repeats.retry();
  }

  #atOffset(ns: number): At {
    return { kind: "instant", instant: this.#recording.instantFromOffset(ns) };
  }

  /** Undefined outside of the recording, too. */
  #offsetOf(text: string): number | undefined {
    const { start, end } = this.#recording.summary;
    const found = instantFromInput(text, { start, end, zoneMinutes: zoneMinutesAt(start) });
    if (found === undefined) return undefined;
    const ns = this.#recording.offsetFromInstant(found);
    return ns < 0 || ns > this.#recording.durationNs ? undefined : ns;
  }
}

function endsOfWrite(last: TreeView["lastWrite"], untilNs: number): DiffEnds | undefined {
  if (last === undefined) return undefined;
  const { write, place } = last;
  const before: At = { kind: "seq", process: processId(write.process), seq: seq(write.seq - 1) };
  return { kind: "write", a: before, b: place.at, untilNs };
}

export type ChangeKind = "gained" | "lost" | "changed";
export const changeSigns: Readonly<Record<ChangeKind, string>> = { gained: "+", lost: "−", changed: "·" };

/** Absence prints as "". */
export function changeKind(oldText: string, newText: string): ChangeKind {
  if (oldText === "") return "gained";
  return newText === "" ? "lost" : "changed";
}
