// How long spans did something themselves: asked for those that somebody looks at, as their children need not be here.
import { type Result, ok } from "../../../shared/base/result.js";
import type { HindcastError } from "../../../shared/protocol/errors.js";
import { mostOwnSpans } from "../../../shared/protocol/trace-calls.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";

export interface NamedSpan {
  readonly process: number;
  readonly spanId: string;
  readonly startNs: number;
}

const keyOf = ({ process, spanId }: Pick<NamedSpan, "process" | "spanId">): string => `${process}.${spanId}`;

export class OwnTimes {
  readonly #recording: OpenRecording;
  readonly query = new Query<ReadonlyMap<string, number>>();
  readonly #repeats: Repeats;

  constructor(recording: OpenRecording) {
    this.#recording = recording;
    this.#repeats = new Repeats(recording, this.query, "second");
  }

  /** Undefined until it is known, and where it cannot be. */
  of(span: Pick<NamedSpan, "process" | "spanId">): number | undefined {
    return this.query.value?.get(keyOf(span));
  }

  /** Call from an effect. */
  load(spans: readonly NamedSpan[]): void {
    const asked = spans.slice(0, mostOwnSpans);
    if (asked.length === 0) return;
    // What begins late may still be under way, or have children that are told of later.
    if (!this.#repeats.isDue(asked.map(keyOf), asked.reduce((last, { startNs }) => Math.max(last, startNs), 0))) return; // prettier-ignore
    this.query.load(async (signal, tell): Promise<Result<ReadonlyMap<string, number>, HindcastError>> => {
      const starts = asked.map(({ startNs }) => startNs);
      const args = {
        from: this.#recording.instantFromOffset(Math.floor(starts.reduce((a, b) => Math.min(a, b)))),
        to: this.#recording.instantFromOffset(Math.ceil(starts.reduce((a, b) => Math.max(a, b)))),
        process: asked.map(({ process }) => process),
        spanIds: asked.map(({ spanId }) => spanId),
      };
      const answer = await this.#recording.call("spans.own", args, signal, tell);
      if (!answer.ok) return answer;
      const { ownNs } = answer.value;
      const known = asked.flatMap((span, at): [string, number][] => {
        const ns = ownNs[at] ?? NaN;
        return Number.isNaN(ns) ? [] : [[keyOf(span), ns]];
      });
      return ok(new Map(known));
    });
  }
}
