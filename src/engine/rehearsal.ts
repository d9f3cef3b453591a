// What has not run yet V8 has not compiled: the first looks that an engine answers take several times as long as those after
// them, and most of that is V8's. So once a long recording was opened, and nobody has asked anything for a moment, it is looked
// at in a few places with nobody waiting: its metrics, what a search finds in its last part, and its state. The bytes of state are
// read before, buckets of metrics after. Once an engine, and whoever asks goes first: a look that is under way then is given up.
import { setTimeout as wait } from "node:timers/promises";
import { CancelSource } from "../shared/base/cancel.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import type { ProcessSummary, RecordingSummary, ScopeSummary } from "../shared/protocol/recording-summary.js";
import type { ReadableAhead } from "./read-ahead.js";
import { MetricsAhead } from "./store/metrics-ahead.js";
import { PieceMemory } from "./store/piece-memory.js";

/** For that long nobody asks. */
const quietMs = 100;
/** Before it is given up. */
const mostWaits = 600;
const [looksAtState, looksAtMetrics] = [64, 24];
/** Of all looks together, not of what is read ahead: that is little, and needed whatever it takes. */
const mostMs = 2000;
/** Of a recording with fewer, looks take little even at first. */
const fewestRecords = 100_000;
const [rowsSeen, pointsSeen] = [200, 4000];
/** Of words that there are most likely, and that there are not. What is searched is short, so that little is read for it. */
const searched = ["rehearsed4711", "e", "not rehearsed", "rehearsed4712", '"e rehearsed"', "rehearsed4713"];
const shareSearched = 64n;
/** Of a whole: as far from each other as can be, however many there are. */
const nextPlace = 0.618034;

export type RehearsedLook =
  /** A little of the bytes that state is made of, or of what metrics are by the second. */
  | { readonly call: "ahead"; readonly of: ReadableAhead; readonly args: { readonly recordingId: string } }
  | { readonly call: "state.scopes"; readonly args: CallArgs<"state.scopes"> }
  | { readonly call: "state.rows"; readonly args: CallArgs<"state.rows"> }
  | { readonly call: "metrics.range"; readonly args: CallArgs<"metrics.range"> }
  | { readonly call: "search.page"; readonly args: CallArgs<"search.page"> };

export interface RehearsedRecording extends Pick<RecordingSummary, "start" | "end" | "counts"> {
  readonly processes: readonly Pick<ProcessSummary, "process" | "start" | "lastSeen">[];
  readonly scopes: readonly Pick<ScopeSummary, "process" | "scope">[];
}

/** None where it is short. */
export function* looksAt(recordingId: string, recording: RehearsedRecording): Iterable<RehearsedLook> {
  const { events, spans, logs, metrics, writes } = recording.counts;
  if (metrics >= fewestRecords) yield* ofMetrics(recordingId, recording);
  if (events + spans + logs + writes >= fewestRecords) yield* ofSearches(recordingId, recording);
  if (writes >= fewestRecords) yield* ofState(recordingId, recording);
  if (metrics < fewestRecords) return;
  for (let turn = 0; turn < MetricsAhead.most; turn++) yield { call: "ahead", of: "metrics", args: { recordingId } };
}

/** Like those of somebody who zooms in on one series and another. */
function* ofMetrics(recordingId: string, { start, end }: RehearsedRecording): Iterable<RehearsedLook> {
  for (let turn = 0; turn < looksAtMetrics; turn++) {
    const length = (end - start) >> BigInt(turn % 8);
    const from = start + shareOf(end - start - length, turn);
    const args = { recordingId, from, to: from + length, series: [1 + (turn % 5)], points: pointsSeen };
    yield { call: "metrics.range", args };
  }
}

function* ofSearches(recordingId: string, { start, end }: RehearsedRecording): Iterable<RehearsedLook> {
  const from = end - (end - start) / shareSearched;
  for (const text of searched) {
    const args = { recordingId, text, from, order: "newest", limit: 100 } as const;
    yield { call: "search.page", args };
  }
}

/** One after the other, like those of somebody who scrubs and opens a scope now and then. */
function* ofState(recordingId: string, recording: RehearsedRecording): Iterable<RehearsedLook> {
  const process = busiest(recording);
  if (process === undefined) return;
  const scopes = recording.scopes.filter((one) => one.process === process.process).map(({ scope }) => scope);
  const length = process.lastSeen - process.start;
  const window = { offset: 0, limit: rowsSeen };
  for (let turn = 0; turn < PieceMemory.most; turn++) yield { call: "ahead", of: "state", args: { recordingId } };
  for (let turn = 1; turn <= looksAtState; turn++) {
    const at = { kind: "instant", instant: process.start + shareOf(length, turn) } as const;
    const about = { recordingId, process: process.process, at, ...window };
    const scope = turn % 4 === 0 ? scopes[turn % scopes.length] : undefined;
    if (scope === undefined) yield { call: "state.scopes", args: about };
    else yield { call: "state.rows", args: { ...about, scope, expanded: [""] } };
  }
}

const shareOf = (length: bigint, turn: number): bigint =>
  (length * BigInt(Math.floor(1000 * ((turn * nextPlace) % 1)))) / 1000n;

/** With the most scopes. */
function busiest({ processes, scopes }: RehearsedRecording): RehearsedRecording["processes"][number] | undefined {
  const counts = new Map<number, number>();
  for (const { process } of scopes) counts.set(process, (counts.get(process) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return processes.find(({ process }) => process === most?.[0]);
}

export class Rehearsal {
  #asked = 0;
  #lastAskedMs = performance.now();
  #isBegun = false;
  #running: CancelSource | undefined;

  /** Somebody's own question. */
  async during<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#asked++;
    this.#running?.abort();
    try {
      return await work();
    } finally {
      this.#asked--;
      this.#lastAskedMs = performance.now();
    }
  }

  /** `look` answers whether another one is worth while: not where it failed, as when the recording was closed. */
  async begin(
    looks: Iterable<RehearsedLook>,
    look: (one: RehearsedLook, signal: CancelSource) => Promise<boolean>,
  ): Promise<void> {
    if (this.#isBegun) return;
    this.#isBegun = true;
    let spentMs = 0;
    for (const one of looks) {
      if (!(await this.#quiet())) return;
      const begunMs = performance.now();
      const signal = new CancelSource();
      this.#running = signal;
      const goOn = await look(one, signal).finally(() => (this.#running = undefined));
      if (one.call !== "ahead") spentMs += performance.now() - begunMs;
      if ((!goOn && !signal.aborted) || spentMs > mostMs) return;
    }
  }

  /** Resolves when nobody has asked for a moment; false where that takes too long. */
  async #quiet(): Promise<boolean> {
    for (let left = mostWaits; left > 0; left--) {
      const sinceMs = performance.now() - this.#lastAskedMs;
      if (this.#asked === 0 && sinceMs >= quietMs) return true;
      await wait(quietMs, undefined, { ref: false });
    }
    return false;
  }
}
