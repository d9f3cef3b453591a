// The calls about programs that run already: a part of the table of engine-calls.ts.
import * as v from "valibot";
import { captureSettings } from "./agent-wire.js";
import { recordingLimits, recordingSummary } from "./recording-summary.js";
import type { HindcastError } from "./errors.js";
import { count, isHindcastError, ns, nothing, text, texts, whole } from "./schemas.js";

/** A Node.js program of this user. */
export const runningProgram = v.object({
  pid: count,
  /** What it is called, in a word: its script, or the folder of a script that is called as many are. */
  name: text,
  /** Whole path where that is known; "" where it runs none. */
  script: text,
  argv: texts,
  /** Without the v. Absent where its binary does not say. */
  nodeVersion: v.optional(text),
  started: ns,
  memoryBytes: count,
  /** It was started under Hindcast, or is attached to by this engine, and is recorded. */
  isRecorded: v.boolean(),
  /** Where it listens, its inspector apart, as far as this machine can reach it; the first is what it opened first. */
  ports: v.array(count),
  /** Open already: the program needs no signal. */
  inspector: v.optional(v.object({ host: text, port: count })),
  /** Why it cannot be attached to as it is now, as far as looking at it tells. */
  obstacle: v.optional(v.custom<HindcastError>(isHindcastError)),
});
export type RunningProgram = v.InferOutput<typeof runningProgram>;

/** The most that may be tracked from the beginning. */
const mostTracked = 100;

/** By process id, or by the address of an inspector that is open. */
export const attachTarget = v.variant("kind", [
  v.object({ kind: v.literal("pid"), pid: v.pipe(whole, v.minValue(1)) }),
  v.object({ kind: v.literal("address"), host: text, port: v.pipe(whole, v.minValue(1), v.maxValue(65_535)) }),
]);
export type AttachTarget = v.InferOutput<typeof attachTarget>;

/** A value that the program's globals lead to, and the name it is tracked under. */
export const trackedGlobal = v.object({
  name: v.pipe(text, v.minLength(1), v.maxLength(200)),
  expression: v.pipe(text, v.minLength(1), v.maxLength(2000)),
});
export type TrackedGlobal = v.InferOutput<typeof trackedGlobal>;

export const attachCalls = {
  /** The youngest first. */
  "programs.list": { args: nothing, result: v.array(runningProgram) },
  /**
   * Records a program that runs already, until the recording is stopped: then everything is as before in the program, which
   * goes on. `signal`: it may be sent SIGUSR1 even if nobody can tell what it makes of that.
   */
  "recording.attach": {
    args: v.object({
      target: attachTarget,
      signal: v.optional(v.boolean()),
      track: v.optional(v.pipe(v.array(trackedGlobal), v.maxLength(mostTracked))),
      path: v.optional(text),
      capture: v.partial(captureSettings),
      limits: v.optional(recordingLimits),
    }),
    result: recordingSummary,
  },
} as const;
