// The pipeline of the open recording while somebody edits it: a line of JSON for each stage, what is wrong with it, and what each
// stage that is in force has left out so far.
import { type Pipeline, type PipelineStage, readPipeline, stageWords } from "../../shared/protocol/pipeline-stages.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { OpenRecording } from "../state/open-recording.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import type { Overlays } from "./overlays.svelte.js";

export interface CaptureDraftTargets {
  readonly session: { readonly workspace: { readonly recording: OpenRecording } | undefined };
  readonly overlays: Overlays;
  readonly toasts: Toasts;
}

/** A new stage, to be changed into what is meant. */
export const stageExamples: readonly { readonly title: string; readonly stage: PipelineStage }[] = [
  { title: "Drop", stage: { stage: "drop", where: { kind: "log", below: "info" } } },
  { title: "Keep only", stage: { stage: "keep", where: { kind: "event", name: "order.*" } } },
  { title: "Sample traces", stage: { stage: "sample", ratio: 0.1, where: { kind: "span" } } },
  { title: "Limit the rate", stage: { stage: "rate-limit", perSecond: 1000, where: { kind: "event" } } },
  { title: "Redact attributes", stage: { stage: "redact", keys: ["user.*"] } },
  { title: "Drop short spans", stage: { stage: "drop-short", milliseconds: 5, where: { name: "SELECT *" } } },
  { title: "A function of your own", stage: { stage: "custom", module: "/path/to/stage.cjs" } },
  { title: "Truncate texts", stage: { stage: "truncate", characters: 200, where: { kind: "log" } } },
];

interface Line {
  readonly id: number;
  text: string;
}

export class CaptureDraft {
  readonly #targets: CaptureDraftTargets;
  #nextId = 1;
  #lines = $state<Line[]>([]);
  #error = $state.raw<HindcastError>();
  readonly #read = $derived(readLines(this.#lines.map(({ text }) => text)));

  constructor(targets: CaptureDraftTargets) {
    this.#targets = targets;
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }

  get error(): HindcastError | undefined {
    return this.#error;
  }

  get isRight(): boolean {
    return this.#read.pipeline !== undefined;
  }

  /** Nobody knows what programs were started with: an engine before this one began the recording. */
  get isUnknown(): boolean {
    return this.#recording?.summary.pipeline === undefined;
  }

  /** What is wrong with a line. */
  problemOf(place: number): string | undefined {
    return this.#read.problems.get(place);
  }

  /** How many records the stage has left out so far where it is in force as it stands here; else undefined. */
  leftOutBy(place: number): number | undefined {
    const stage = this.#read.stages[place];
    const inForce = this.#recording?.summary.pipeline?.[place];
    if (stage === undefined || inForce === undefined || stageWords(stage) !== stageWords(inForce)) return undefined;
    const name = `${place + 1} ${stageWords(stage)}`;
    return (this.#recording?.summary.processes ?? []).reduce((sum, { filtered }) => sum + (filtered?.[name] ?? 0), 0);
  }

  start(): void {
    const recording = this.#recording;
    if (recording === undefined) return;
    this.#error = undefined;
    this.#lines = (recording.summary.pipeline ?? []).map((stage) => this.#lineOf(stage));
    this.#targets.overlays.show("capture");
  }

  add(stage: PipelineStage): void {
    this.#lines.push(this.#lineOf(stage));
  }

  remove(place: number): void {
    this.#lines.splice(place, 1);
  }

  /** Earlier by one. */
  raise(place: number): void {
    const [line] = this.#lines.splice(place, 1);
    if (line !== undefined) this.#lines.splice(place - 1, 0, line);
  }

  write(place: number, text: string): void {
    const line = this.#lines[place];
    if (line !== undefined) line.text = text;
  }

  async apply(): Promise<void> {
    const { pipeline } = this.#read;
    if (pipeline === undefined) return;
    const applied = await this.#recording?.call("recording.configure", { pipeline });
    this.#error = applied?.ok === false ? applied.error : undefined;
    if (applied?.ok !== true) return;
    this.close();
    this.#targets.toasts.confirm("From now on records go through the changed pipeline.");
  }

  close(): void {
    if (this.#targets.overlays.shown === "capture") this.#targets.overlays.close();
  }

  get #recording(): OpenRecording | undefined {
    return this.#targets.session.workspace?.recording;
  }

  #lineOf(stage: PipelineStage): Line {
    return { id: this.#nextId++, text: JSON.stringify(stage) };
  }
}

interface ReadLines {
  readonly pipeline: Pipeline | undefined;
  readonly stages: readonly (PipelineStage | undefined)[];
  readonly problems: ReadonlyMap<number, string>;
}

/** Each line by itself, so that one that is wrong hides nothing of the others. */
export function readLines(texts: readonly string[]): ReadLines {
  const problems = new Map<number, string>();
  const stages = texts.map((text, place) => {
    try {
      const parsed: unknown = JSON.parse(text);
      const read = readPipeline([parsed]);
      if (read.ok) return read.value[0];
      problems.set(
        place,
        read.error.map(({ where, what }) => `${where.replace(/^pipeline\[0\]\.?/, "")} ${what}`.trim()).join("; "),
      );
    } catch (error) {
      problems.set(place, `This is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    return undefined;
  });
  if (problems.size > 0) return { pipeline: undefined, stages, problems };
  const whole = readPipeline(stages);
  if (!whole.ok) problems.set(texts.length - 1, whole.error[0]?.what ?? "");
  return { pipeline: whole.ok ? whole.value : undefined, stages, problems };
}
