// What the engine says of a recording as a whole: its processes, what it holds, what it keeps, and what is wrong with it.
import * as v from "valibot";
import { captureLevels } from "../trace/attributes.js";
import type { HindcastError } from "./errors.js";
import { pipelineStages } from "./pipeline-stages.js";
import { count, howEnded, isHindcastError, ns, text, texts, u32, whole } from "./schemas.js";

export const processKinds = ["process", "cluster worker", "worker thread"] as const;

const processSummary = v.object({
  process: count,
  kind: v.picklist(processKinds),
  /** The process, or the thread, that started it; absent where that was not recorded. */
  parent: v.optional(count),
  /** Of a worker thread. */
  thread: v.optional(v.object({ id: count, name: v.optional(text) })),
  /** Its number among the workers of a cluster. */
  clusterWorker: v.optional(count),
  pid: count,
  serviceName: text,
  argv: texts,
  cwd: text,
  nodeVersion: text,
  level: v.picklist(captureLevels),
  /** It ran already when its recording began; ended without code or signal: it was left, and went on. */
  attached: v.optional(v.boolean()),
  start: ns,
  /** Last record received; equals the end once the process has ended. */
  lastSeen: ns,
  ended: v.optional(v.object({ at: ns, ...howEnded })),
  /** The connection was lost without a goodbye: what the process did last may be missing. */
  endUnknown: v.optional(v.boolean()),
  /** 1-8: the colour its service name was given; stays with the recording. */
  category: count,
  written: count,
  dropped: count,
  /** Exceptions of the agent's own, in the program's thread and in the agent's; absent when there was none. */
  faults: v.optional(v.object({ agent: count, worker: count })),
  /** How far its clock is ahead of the engine's, to within how much; absent where that was not measured. */
  clock: v.optional(v.object({ offsetNs: ns, uncertaintyNs: ns })),
  /** How often each kind of secret was taken out before it was recorded; absent when none was. */
  redactions: v.optional(v.record(text, count)),
  /** How many records each stage of the pipeline left out, by its place and words; absent when none did. */
  filtered: v.optional(v.record(text, count)),
  /** How often the agent changed the size of its ring, by the reason: `full`, `quiet`, `memory`; absent when it never did. */
  resized: v.optional(v.record(text, count)),
  /** The most that its ring had; absent in answers of older engines. */
  ringBytes: v.optional(count),
});
export type ProcessSummary = v.InferOutput<typeof processSummary>;

/** It was attached to and then left, and went on. */
export const wasLeft = (process: Pick<ProcessSummary, "attached" | "ended" | "endUnknown">): boolean => {
  const { attached, ended, endUnknown } = process;
  const isOver = ended !== undefined && ended.exitCode === undefined && ended.signal === undefined;
  return attached === true && isOver && endUnknown !== true;
};

const scopeSummary = v.object({ process: count, scope: text, firstSeen: ns });
export type ScopeSummary = v.InferOutput<typeof scopeSummary>;

/** What recording costs the engine, and how far it lags behind what comes. */
export const engineLoad = v.object({
  /** Of recording, as far as processor time was looked at. */
  seconds: count,
  /** Of the engine's process, every recording and question included. */
  cpuSeconds: count,
  /** Processors busy with it in the last second; above 1 when it is more than one. */
  cpuShare: count,
  /** Rows that are not in the file yet. */
  waitingRows: count,
  mostWaitingRows: count,
  mostWaitingBytes: count,
  commits: count,
  slowestCommitMs: count,
});
export type EngineLoad = v.InferOutput<typeof engineLoad>;

/** How much a recording keeps: what is older, or the oldest of what is more, is evicted while it is made. */
export const recordingLimits = v.object({
  maxAgeMs: v.optional(v.pipe(whole, v.minValue(1))),
  /** Of the file with its log. */
  maxBytes: v.optional(v.pipe(whole, v.minValue(1))),
});
export type RecordingLimits = v.InferOutput<typeof recordingLimits>;

/** UTF-16 units of what a pin is called. */
export const mostPinLabel = 200;

/** A stretch of time of which nothing is evicted. */
export const pin = v.object({ pin: count, label: text, from: ns, to: ns });
export type Pin = v.InferOutput<typeof pin>;

export const recordingSummary = v.object({
  recordingId: text,
  path: text,
  name: text,
  state: v.picklist(["live", "saved"]),
  /** Another engine makes it and answers what is asked about it: here it is read, and neither stopped, paused nor changed. */
  elsewhere: v.optional(v.boolean()),
  formatVersion: count,
  start: ns,
  end: ns,
  sizeBytes: count,
  processes: v.array(processSummary),
  scopes: v.array(scopeSummary),
  counts: v.object({ events: count, spans: count, logs: count, metrics: count, writes: count, lost: count }),
  /** Absent where everything is kept. */
  limits: v.optional(recordingLimits),
  /**
   * What was removed because of them, by kind, pinned stretches apart: everything before `until`. Of state, everything before
   * the end of a segment of writes that is not later. Absent where nothing was.
   */
  evicted: v.optional(
    v.object({ until: ns, events: count, spans: count, logs: count, metrics: count, writes: count, marks: count }),
  ),
  pins: v.array(pin),
  /** Of a live one: what records go through. Absent where that is not known: an engine before this one began it. */
  pipeline: v.optional(pipelineStages),
  /** The command it began with, where it was started from here and this engine knows. */
  launched: v.optional(v.object({ command: texts, cwd: text, canRestart: v.boolean() })),
  /** Of a live one whose programs were told so: since when nothing is kept. */
  pausedSince: v.optional(ns),
  /** What is captured of its programs, where that was changed while they run. */
  level: v.optional(v.picklist(captureLevels)),
  /** What will soon be wrong if nobody does anything. */
  warning: v.optional(v.custom<HindcastError>(isHindcastError)),
  /** Absent where nothing was recorded for a second, and in recordings of older versions. */
  engine: v.optional(engineLoad),
  /** While it cannot be written; and afterwards, when it could not be written to its end. */
  failure: v.optional(v.custom<HindcastError>(isHindcastError)),
});
export type RecordingSummary = v.InferOutput<typeof recordingSummary>;

export const recordingFile = v.object({
  path: text,
  name: text,
  origin: v.picklist(["sample", "recent"]),
  sizeBytes: count,
  modified: ns,
  tags: v.optional(texts),
  /** What could be read without opening it for long; absent when it is in use or damaged. */
  facts: v.optional(v.object({ services: texts, durationNs: count, density: u32 })),
});
export type RecordingFile = v.InferOutput<typeof recordingFile>;

const resizedWords: Readonly<Record<string, string>> = {
  full: "made larger because it was full",
  quiet: "made as small as before because it was not needed",
  memory: "fitted to the memory that was left",
};

export const resizedReason = (reason: string): string => resizedWords[reason] ?? reason;

/** A part of a sentence for each reason why the recorder's buffer was resized. */
export const resizedReasons = ({ resized = {} }: Pick<ProcessSummary, "resized">): string[] =>
  Object.entries(resized).map(
    ([reason, times]) => `${resizedReason(reason)} ${times === 1 ? "once" : `${times} times`}`,
  );
