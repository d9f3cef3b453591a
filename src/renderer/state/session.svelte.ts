// What the window shows: the welcome page, a recording on its way, or one that is open with all its state. Others may be
// open behind it, each with its playhead, ranges and selection as it was left.
// The latest wish wins: opening another recording abandons the one still being opened.
import type { Progress } from "../../shared/base/asker.js";
import type { Result } from "../../shared/base/result.js";
import type { CallArgs } from "../../shared/protocol/engine-calls.js";
import type { RecordingLimits, RecordingSummary } from "../../shared/protocol/recording-summary.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { LiveLevel } from "../../shared/protocol/launch-calls.js";
import { AgentFaults } from "./agent-faults.svelte.js";
import type { EngineLink } from "./engine-link.svelte.js";
import type { Kept } from "./kept-texts.js";
import { Marks } from "./marks.svelte.js";
import { Alerts } from "./alerts.svelte.js";
import { Notes } from "./notes.svelte.js";
import { OpenRecording } from "./open-recording.svelte.js";
import { type KeptPlace, placeFromLink } from "./place.js";
import { Playhead } from "./playhead.svelte.js";
import { Ranges } from "./ranges.svelte.js";
import { RuleFirings } from "./rule-firings.svelte.js";
import { RunningCall } from "./running-call.svelte.js";
import { RecentPlaces } from "./recent-places.svelte.js";
import { Selection } from "./selection.svelte.js";
import type { Toasts } from "./toasts.svelte.js";
import { Watches } from "./watches.svelte.js";
import { takeUp } from "./workspace-place.js";

export interface Workspace {
  readonly recording: OpenRecording;
  readonly playhead: Playhead;
  readonly ranges: Ranges;
  readonly selection: Selection;
  readonly marks: Marks;
  readonly watches: Watches;
  readonly notes: Notes;
  readonly alerts: Alerts;
  readonly faults: AgentFaults;
  readonly recent: RecentPlaces;
  readonly firings: RuleFirings;
}

export type Shown =
  | { readonly kind: "welcome" }
  | { readonly kind: "opening"; readonly what: string }
  /** Somebody stopped waiting for it. */
  | { readonly kind: "stopped"; readonly what: string; again(): void }
  | { readonly kind: "open"; readonly workspace: Workspace };

export class Session {
  readonly #link: EngineLink;
  readonly #toasts: Toasts;
  readonly #storage: Kept | undefined;
  readonly #whenKept: Promise<void>;
  #shown = $state.raw<Shown>({ kind: "welcome" });
  #open = $state.raw<readonly Workspace[]>([]);
  /** The call for the recording that is on its way. */
  readonly opening = new RunningCall();
  #wish = 0;
  #again: () => void = () => undefined;
  /** Paths in the order in which they were open before the page was loaded anew. */
  #orderBefore: readonly string[] = [];

  /** `storage`: where it is kept whose name is under notes; `whenKept`: what was kept there before can be read. */
  constructor(
    link: EngineLink,
    toasts: Toasts,
    kept: { readonly storage?: Kept; readonly whenKept?: Promise<void> } = {},
  ) {
    this.#storage = kept.storage;
    this.#whenKept = kept.whenKept ?? Promise.resolve();
    this.#link = link;
    this.#toasts = toasts;
  }

  get shown(): Shown {
    return this.#shown;
  }

  get workspace(): Workspace | undefined {
    return this.#shown.kind === "open" ? this.#shown.workspace : undefined;
  }

  /** Every recording that is open, in the order in which they were opened. */
  get workspaces(): readonly Workspace[] {
    return this.#open;
  }

  /** To another one that is open, as it was left. */
  switchTo(workspace: Workspace): void {
    if (!this.#open.includes(workspace) || workspace === this.workspace) return;
    this.#leave();
    this.#shown = { kind: "open", workspace };
  }

  /** To the next of those that are open, or the one before. */
  switchBy(step: 1 | -1): void {
    const at = this.#open.findIndex((one) => one === this.workspace);
    const next = this.#open.at((Math.max(at, 0) + step) % Math.max(1, this.#open.length));
    if (next !== undefined) this.switchTo(next);
  }

  async open(path: string, place?: KeptPlace): Promise<void> {
    const known = this.#open.find(({ recording }) => recording.summary.path === path);
    if (known !== undefined) {
      this.switchTo(known);
      if (place !== undefined) takeUp(known, place);
      return;
    }
    const failure = await this.#show(
      `Opening ${path}`,
      (signal, tell) => this.#link.call("recording.open", { path }, signal, tell),
      place,
    );
    this.#tell(failure);
  }

  /**
   * What was open before the page was loaded anew, each where it was left and in that order: `front` first, which somebody waits
   * for, then the others behind it.
   */
  async restore(places: readonly KeptPlace[], front: KeptPlace | undefined): Promise<void> {
    this.#orderBefore = places.map(({ path }) => path);
    if (front !== undefined) {
      await this.open(front.path, front);
      while (this.#link.status === "lost" && this.#shown.kind === "welcome") {
        await this.#reconnected();
        await this.open(front.path, front);
      }
    }
    for (const place of places) if (place.path !== front?.path) await this.#openBehind(place);
  }

  async #openBehind(place: KeptPlace): Promise<void> {
    const { path } = place;
    if (this.#open.some(({ recording }) => recording.summary.path === path)) return;
    const opened = await this.#link.call("recording.open", { path });
    await this.#whenKept;
    if (!opened.ok && opened.error.code === "engine-lost") {
      await this.#reconnected();
      return this.#openBehind(place);
    }
    if (!opened.ok) this.#toasts.fail(opened.error);
    // Somebody may have opened it meanwhile.
    else if (this.#knownOf(opened.value) === undefined) takeUp(this.#add(opened.value), place);
  }

  #reconnected(): Promise<void> {
    if (this.#link.status === "ready") return Promise.resolve();
    return new Promise((resolve) => {
      const release = this.#link.onReconnected(() => {
        release();
        resolve();
      });
    });
  }

  /** The same file by another path is one recording. */
  #knownOf({ recordingId }: RecordingSummary): Workspace | undefined {
    return this.#open.find(({ recording }) => recording.summary.recordingId === recordingId);
  }

  /** Behind those that are open, except where the order was another one before. */
  #add(summary: RecordingSummary): Workspace {
    const workspace = workspaceOf(this.#link, summary, this.#storage);
    const rankOf = (path: string): number => {
      const at = this.#orderBefore.indexOf(path);
      return at < 0 ? Infinity : at;
    };
    const at = this.#open.findIndex(({ recording }) => rankOf(recording.summary.path) > rankOf(summary.path));
    this.#open = this.#open.toSpliced(at < 0 ? this.#open.length : at, 0, workspace);
    return workspace;
  }

  /** What somebody typed, pasted or handed over: a path, or a link to a place. */
  async openText(text: string): Promise<void> {
    const place = placeFromLink(text);
    await (place === undefined ? this.open(text) : this.goTo(place));
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
    const ask = (signal: AbortSignal, tell: Progress) => this.#link.call("recording.demo", { limits }, signal, tell);
    this.#tell(await this.#show("Starting the demo", ask));
  }

  /** Why it could not be started, if so, is the answer: whoever asked says it beside what was typed. */
  async launch(args: CallArgs<"recording.launch">): Promise<HindcastError | undefined> {
    const ask = (signal: AbortSignal, tell: Progress) => this.#link.call("recording.launch", args, signal, tell);
    return this.#show(`Starting ${args.command.join(" ")}`, ask);
  }

  /** Starts what was started into the open recording once more. What still runs is stopped, and saved. */
  async restart(): Promise<void> {
    const { workspace } = this;
    if (workspace === undefined) return;
    const wish = this.#wish;
    // It stays open until the engine has answered: that knows what it was started with.
    const { summary } = workspace.recording;
    const answer = await workspace.recording.call("recording.restart", {});
    if (!answer.ok) this.#toasts.fail(answer.error);
    else if (this.#wish === wish)
      this.#tell(
        await this.#show(`Restarting ${summary.launched?.command.join(" ") ?? ""}`, () => Promise.resolve(answer)),
      );
    // The new one stands in its place.
    if (answer.ok && this.workspace !== workspace) this.closeOne(workspace);
  }

  /** A program that runs already. Why that failed, if it did, is the answer: whoever asked says it beside what was asked. */
  async attach(args: CallArgs<"recording.attach">, name: string): Promise<HindcastError | undefined> {
    return this.#show(`Attaching to ${name}`, (signal, tell) =>
      this.#link.call("recording.attach", args, signal, tell),
    );
  }

  /** Ends what is being recorded; it stays open as a saved recording. */
  async stopRecording(): Promise<void> {
    const stopped = await this.workspace?.recording.stop();
    if (stopped?.ok === false) this.#toasts.fail(stopped.error);
  }

  /** The programs go on; what they do meanwhile is counted and not kept, or is kept again. */
  async pauseRecording(paused: boolean): Promise<void> {
    const told = await this.workspace?.recording.call("recording.pause", { paused });
    await this.#told(told);
  }

  /** What is captured of the programs from now on. */
  async changeLevel(level: LiveLevel): Promise<void> {
    const told = await this.workspace?.recording.call("recording.level", { level });
    await this.#told(told);
  }

  async #told(told: Result<unknown, HindcastError> | undefined): Promise<void> {
    if (told?.ok === false) this.#toasts.fail(told.error);
    else await this.workspace?.recording.refresh();
  }

  /** Back to the welcome page; what was shown is closed. A live recording goes on without being watched. */
  close(): void {
    const { workspace } = this;
    this.#leave();
    this.#shown = { kind: "welcome" };
    if (workspace !== undefined) this.#release(workspace);
  }

  /** Closes one that is open; if it is the one in front, another one comes forward, or the welcome page. */
  closeOne(workspace: Workspace): void {
    const at = this.#open.indexOf(workspace);
    if (at < 0) return;
    const next = this.#open[at + 1] ?? this.#open[at - 1];
    if (workspace !== this.workspace) this.#release(workspace);
    else if (next === undefined) this.close();
    else {
      this.switchTo(next);
      this.#release(workspace);
    }
  }

  /** Stops waiting for a recording that is being opened. */
  cancel(): void {
    if (this.#shown.kind !== "opening") return;
    this.#wish++;
    this.opening.cancel();
    this.#shown = { kind: "stopped", what: this.#shown.what, again: this.#again };
  }

  async #show(
    what: string,
    ask: (signal: AbortSignal, tell: Progress) => Promise<Result<RecordingSummary, HindcastError>>,
    place?: KeptPlace,
  ): Promise<HindcastError | undefined> {
    const before = this.#shown;
    this.#leave();
    this.#toasts.clear();
    const wish = this.#wish;
    this.#again = () => void this.#show(what, ask, place).then((failure) => this.#tell(failure));
    this.#shown = { kind: "opening", what };
    const opened = await this.opening.run(ask);
    await this.#whenKept;
    if (this.#wish !== wish) return undefined;
    if (!opened.ok) {
      const isThere = before.kind === "open" && this.#open.includes(before.workspace);
      this.#shown = isThere ? before : { kind: "welcome" };
      return opened.error;
    }
    const workspace = this.#knownOf(opened.value) ?? this.#add(opened.value);
    if (place !== undefined) takeUp(workspace, place);
    this.#shown = { kind: "open", workspace };
    return undefined;
  }

  #tell(failure: HindcastError | undefined): void {
    if (failure !== undefined) this.#toasts.fail(failure);
  }

  /** Whatever was on its way is given up, and nothing plays behind what is shown next. */
  #leave(): void {
    this.#wish++;
    this.opening.cancel();
    if (this.workspace?.playhead.isPlaying === true) this.workspace.playhead.togglePlay();
  }

  #release(workspace: Workspace): void {
    this.#open = this.#open.filter((one) => one !== workspace);
    if (!workspace.recording.isSteered) void workspace.recording.call("recording.close", {});
    workspace.marks.dispose();
    workspace.notes.dispose();
    workspace.alerts.dispose();
    workspace.faults.dispose();
    workspace.ranges.dispose();
    workspace.playhead.dispose();
    workspace.recording.dispose();
  }
}

function workspaceOf(link: EngineLink, summary: RecordingSummary, storage: Kept | undefined): Workspace {
  const recording = new OpenRecording(link, summary);
  const playhead = new Playhead(recording);
  playhead.onMoved((cause) => link.turns.moved(cause === "scrub" || cause === "play"));
  const notes = new Notes(recording, storage);
  const alerts = new Alerts(recording);
  return {
    recording,
    playhead,
    ranges: new Ranges(recording, playhead),
    selection: new Selection(),
    watches: new Watches(recording, storage),
    marks: new Marks(recording, notes, alerts),
    notes,
    alerts,
    faults: new AgentFaults(recording),
    recent: new RecentPlaces(playhead),
    firings: new RuleFirings(),
  };
}
