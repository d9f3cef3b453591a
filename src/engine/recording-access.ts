// What calls about captured state may know of an open recording: its writes and who made them.
import type { Result } from "../shared/base/result.js";
import type { ProcessSummary, ScopeSummary } from "../shared/protocol/recording-summary.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { MessageReader } from "../shared/trace/message.js";
import type { Instant, ProcessId, Seq } from "../shared/trace/time.js";
import type { Hole, Loss, WriteReader } from "../shared/trace/write.js";
import type { Places } from "./replay/segments/segment-write.js";
import type { FetchBlobs } from "./replay/segments/loaded-segments.js";
import type { SegmentHead } from "./replay/segments/segment-heads.js";
import { type LastChanges, allChangedAt } from "./store/last-changes.js";

export interface RecordingFacts {
  readonly state: "live" | "saved";
  readonly start: Instant;
  readonly end: Instant;
  readonly processes: readonly ProcessSummary[];
  readonly scopes: readonly ScopeSummary[];
}

/** Where segments are; the store implements it. */
export interface SegmentReader {
  /** Of the segments after the `known` ones; undefined when these are none any more. */
  heads(process: ProcessId, known: readonly SegmentHead[]): Promise<readonly SegmentHead[] | undefined>;
  /** The same of what this engine itself records and was told of: one question, and what it wrote is not counted again. */
  headsSince(process: ProcessId, known: readonly SegmentHead[]): Promise<readonly SegmentHead[] | undefined>;
  /** `heads` gives those of all segments that are asked for. */
  fetch(heads: (segment: number) => SegmentHead | undefined): FetchBlobs;
  /** By id; ids grow in the order in which scopes came. */
  scopeNames(process: ProcessId): Promise<ReadonlyMap<number, string>>;
  /** Of places up to one, and of these spans of a process. */
  places(process: ProcessId, spans: readonly number[], lastLocation: number): Promise<Places>;
}

export interface RecordingAccess {
  readonly writes: WriteReader;
  /** Absent where all there is are writes. */
  readonly segments?: SegmentReader | undefined;
  /** Absent where there are none between processes. */
  readonly messages?: MessageReader;
  facts(): RecordingFacts;
  /** When a record was made; of the last one before it when that seq has no row. */
  instantOf(process: ProcessId, seq: Seq): Promise<Instant>;
  /** Where writes are missing from a process's records, in Seq order. */
  losses(process: ProcessId): Promise<readonly Loss[]>;
  /** In Seq order. Absent where nothing is evicted. */
  holes?(process: ProcessId): Promise<readonly Hole[]>;
  /** Goes up with every commit, stays for a saved recording: what was reconstructed before may be kept as long as it does. */
  generation(): number;
  /** By which generation each kind was changed last. Absent where that is not known: all of it was, by the last one. */
  changes?(): LastChanges;
  /** Runs this after each commit, from now on. Absent where none comes. */
  afterCommit?(run: () => void): void;
  /** Goes up when writes came that are earlier than others before them: then nothing may be kept. */
  lateWrites?(): number;
}

export const changesOf = (access: Pick<RecordingAccess, "generation" | "changes">): LastChanges =>
  access.changes?.() ?? allChangedAt(access.generation());

/** By which generation what there is of writes was changed last. */
export const writesChangedAt = ({ writes, segments, scopes, removed }: LastChanges): number =>
  Math.max(writes, segments, scopes, removed);

/** Fails with "recording-closed" for an id that names no open recording. */
export type AccessRecording = (recordingId: string) => Result<RecordingAccess, HindcastError>;
