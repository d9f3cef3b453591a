// What the window shows: the welcome page, a recording on its way, or one that is open with all its state.
// The latest wish wins: opening another recording abandons the one still being opened.
import type { Result } from "../../shared/base/result.js";
import type { CallArgs, RecordingLimits, RecordingSummary } from "../../shared/protocol/engine-calls.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import { AgentFaults } from "./agent-faults.svelte.js";
import type { EngineLink } from "./engine-link.svelte.js";
import { Marks } from "./marks.svelte.js";
import { OpenRecording } from "./open-recording.svelte.js";
import type { KeptPlace } from "./place.js";
import { Playhead } from "./playhead.svelte.js";
import { Ranges } from "./ranges.svelte.js";
import { Selection } from "./selection.svelte.js";
import type { Toasts } from "./toasts.svelte.js";

export interface Workspace {
  readonly recording: OpenRecording;
  readonly playhead: Playhead;
  readonly ranges: Ranges;
  readonly selection: Selection;
  readonly marks: Marks;
  readonly faults: AgentFaults;
}

export type Shown =
  | { readonly kind: "welcome" }
  | { readonly kind: "opening"; readonly what: string; readonly sinceMs: number }
  | { readonly kind: "open"; readonly workspace: Workspace };

export class Session {
  readonly #link: EngineLink;
  readonly #toasts: Toasts;
  #shown = $state.raw<Shown>({ kind: "welcome" });
  #request: AbortController | undefined;

  constructor(link: EngineLink, toasts: Toasts) {
    this.#link = link;
    this.#toasts = toasts;
  }

  get shown(): Shown {
    return this.#shown;
  }

  get workspace(): Workspace | undefined {
    return this.#shown.kind === "open" ? this.#shown.workspace : undefined;
  }

  async open(path: string, place?: KeptPlace): Promise<void> {
    await this.#show(`Opening ${path}`, (signal) => this.#link.call("recording.open", { path }, signal), place);
  }

  /** A place in the open recording, or in another one, which is opened then. */
  async goTo(place: KeptPlace): Promise<void> {
    const { workspace } = this;
    if (workspace?.recording.summary.path !== place.path) await this.open(place.path, place);
    else {
      if (place.instant === undefined) workspace.playhead.goLive();
      takeUp(workspace, place);
    }
  }

  async recordDemo(limits: RecordingLimits = {}): Promise<void> {
    await this.#show("Starting the demo", (signal) => this.#link.call("recording.demo", { limits }, signal));
  }

  async launch(args: CallArgs<"recording.launch">): Promise<void> {
    await this.#show(`Starting ${args.command.join(" ")}`, (signal) =>
      this.#link.call("recording.launch", args, signal),
    );
  }

  /** Ends what is being recorded; it stays open as a saved recording. */
  async stopRecording(): Promise<void> {
    const stopped = await this.workspace?.recording.stop();
    if (stopped?.ok === false) this.#toasts.fail(stopped.error);
  }

  /** Back to the welcome page. A live recording goes on without being watched. */
  close(): void {
    this.cancel();
    const { workspace } = this;
    if (workspace === undefined) return;
    if (!workspace.recording.isLive) void workspace.recording.call("recording.close", {});
    this.#release(workspace);
    this.#shown = { kind: "welcome" };
  }

  /** Stops waiting for a recording that is being opened. */
  cancel(): void {
    this.#request?.abort();
    this.#request = undefined;
    if (this.#shown.kind === "opening") this.#shown = { kind: "welcome" };
  }

  async #show(
    what: string,
    ask: (signal: AbortSignal) => Promise<Result<RecordingSummary, HindcastError>>,
    place?: KeptPlace,
  ): Promise<void> {
    this.close();
    this.#toasts.clear();
    const request = new AbortController();
    this.#request = request;
    this.#shown = { kind: "opening", what, sinceMs: performance.now() };
    const opened = await ask(request.signal);
    if (this.#request !== request) return;
    this.#request = undefined;
    if (!opened.ok) {
      this.#shown = { kind: "welcome" };
      this.#toasts.fail(opened.error);
      return;
    }
    const workspace = workspaceOf(this.#link, opened.value);
    if (place !== undefined) takeUp(workspace, place);
    this.#shown = { kind: "open", workspace };
  }

  #release(workspace: Workspace): void {
    workspace.marks.dispose();
    workspace.faults.dispose();
    workspace.ranges.dispose();
    workspace.playhead.dispose();
    workspace.recording.dispose();
  }
}

/** The playhead first: views follow it, and then come to where they were. */
function takeUp({ recording, playhead, ranges, selection }: Workspace, place: KeptPlace): void {
  const { instant, record, views, value } = place;
  if (instant !== undefined && record !== undefined) playhead.moveToPosition({ ...record, instant });
  else if (instant !== undefined) playhead.moveTo(recording.offsetFromInstant(instant));
  ranges.restore(views);
  if (value !== undefined) selection.selectValue(value);
}

function workspaceOf(link: EngineLink, summary: RecordingSummary): Workspace {
  const recording = new OpenRecording(link, summary);
  const playhead = new Playhead(recording);
  return {
    recording,
    playhead,
    ranges: new Ranges(recording, playhead),
    selection: new Selection(),
    marks: new Marks(recording),
    faults: new AgentFaults(recording),
  };
}
