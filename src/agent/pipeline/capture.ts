// The pipeline of one agent: the recorder is put behind it as soon as there is a stage, and it can be changed while recording.
import { captureChangedEvent, stageFailedEvent } from "../../shared/trace/filtered.js";
import { type Pipeline as Stages, stageWords } from "../../shared/protocol/pipeline-stages.js";
import type { Recorder } from "../recorder.js";
import { RecordPipeline } from "./pipeline.js";
import { reportFiltered } from "./report.js";
import { LeftOutScopes } from "./scopes.js";

export interface Capture {
  /** Tells what was left out since it was told last; `atOnce`: also where. */
  note(atOnce: boolean): void;
  leavesOutScope(name: string): boolean;
  /** What records go through from now on. The recording is told, and what was left out until here. */
  change(stages: Stages): void;
}

/** `load`: what the file of a stage that somebody wrote exports. */
export function createCapture(
  stages: Stages,
  sink: Recorder,
  redacted: (text: string) => string,
  load: (file: string) => unknown,
): Capture {
  const pipeline = new RecordPipeline(stages, {
    random: Math.random,
    clockMs: () => sink.clockMs(),
    redacted: (text) => (sink.isPlain ? text : redacted(text)),
    load,
    mayAsk: () => !sink.isPlain,
  });
  const reportCounts = reportFiltered(pipeline.accounts, sink);
  const report = (atOnce: boolean): void => {
    sink.noteHeld(atOnce);
    reportCounts(atOnce);
    for (const { stage, reason } of pipeline.takeFailures()) sink.event(stageFailedEvent, { stage, reason });
  };
  const scopes = new LeftOutScopes(pipeline, sink);
  let hasStages = stages.length > 0;
  if (hasStages) sink.pipeThrough(pipeline);
  return {
    note: report,
    leavesOutScope: (name) => hasStages && scopes.leavesOut(name),
    change: (changed) => {
      report(true);
      pipeline.change(changed);
      scopes.forget();
      hasStages = changed.length > 0;
      sink.pipeThrough(hasStages ? pipeline : undefined);
      sink.event(captureChangedEvent, { stages: changed.map(stageWords) });
    },
  };
}
