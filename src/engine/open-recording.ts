// A recording that is open in this engine, live or saved, behind one face: summary, queries, writes. When a live one is
// stopped it becomes a saved one under the same id; questions asked meanwhile wait.
import { basename } from "node:path";
import { type Asker, nobody } from "../shared/base/asker.js";
import { CancelSource } from "../shared/base/cancel.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type Instant, instant } from "../shared/trace/time.js";
import type { AgentAddress } from "./agent-server.js";
import { Alerts } from "./alerts.js";
import { keptSummary } from "./kept-summary.js";
import { toldSummary } from "./live-commands.js";
import { Notes, type NotesPlaces } from "./notes.js";
import {
  type Live,
  type RecordingEvents,
  type RecordingSurroundings,
  beginLive,
  endLive,
  resumeLive,
  rowsLeftIn,
  whenUsedUp,
} from "./live-side.js";
import type { RecordingNote } from "./private-folder.js";
import type { ProgramEnding } from "./recorded-processes.js";
import type { LiveFacts } from "./recorder/messages.js";
import { RecordedProgram } from "./recorded-program.js";
import { RecordedRules, type RecordedRulesAround } from "./recorded-rules.js";
import type { RecordingFacts } from "./recording-access.js";
import { RecordingLooks } from "./recording-looks.js";
import { Switching } from "./switching.js";
import { errorFromWriting } from "./store/cannot-write.js";
import type { ExportRequest, Exported } from "./store/export-file.js";
import type { Extent } from "./store/events.js";
import { logSizeOf, sizeOf } from "./store/file-size.js";
import type { Limits } from "./store/flight-store.js";
import { FileClosed, type Query } from "./store/readers.js";
import { isOfAlerts } from "./store/kept-changes.js";
import { type LastChanges, allChangedAt } from "./store/last-changes.js";
import { type RecordingFile, SavedFile, openedAgain } from "./store/recording-file.js";
import { formatVersion } from "./store/schema.js";
import type { Keeping } from "./store/search-kept-blocks.js";
import type { KeptRoom } from "./store/search-kept-room.js";
import type { StoredFacts } from "./store/summary.js";
import { underWords } from "./store/watched.js";

export interface NoteKeeping {
  readonly places: NotesPlaces;
  /** Notes or alerts are others now. */
  changed(kinds: { readonly notes: boolean; readonly alerts: boolean }): void;
  /** Around whatever may crash on the file. */
  reading(work: () => Promise<boolean>): Promise<boolean>;
}

interface Saved {
  readonly kind: "saved";
  readonly file: SavedFile;
}

type State = (Live & { readonly kind: "live" }) | Saved | { readonly kind: "closed" };

export class OpenRecording {
  readonly looks: RecordingLooks;
  /** Absent until it is said where they are kept. */
  #notes: Notes | undefined;
  #alerts: Alerts | undefined;
  /** Of one that is being made. */
  #rules: RecordedRules | undefined;
  readonly name: string;
  #state: State;
  #stopping: Promise<Result<undefined, HindcastError>> | undefined;
  readonly #switching = new Switching();
  #generation = 0;
  #lateWrites = 0;
  #copying: Promise<unknown> = Promise.resolve();
  readonly #closing = new CancelSource();
  /** Of one that was recorded here: who looks at it counts time from there, also when the file begins later by now. */
  #begun: Instant | undefined;
  /** Why it is not whole, once it is saved. */
  #failure: HindcastError | undefined;
  /** That was started into it. */
  readonly program = new RecordedProgram();
  /** How often it was opened and not closed. */
  holders = 1;

  private constructor(
    readonly id: string,
    readonly path: string,
    state: State,
    /** There is more on its console. */
    readonly onConsole: () => void = () => undefined,
  ) {
    this.#state = state;
    this.name = basename(path).replace(/\.hindcast$/, "");
    this.looks = new RecordingLooks({
      query: this.query,
      generation: () => this.generation(),
      changes: () => this.#changes(),
      facts: () => this.facts(),
      isLive: () => this.live !== undefined,
      lateWrites: () => this.live?.recorder.facts.lateWrites ?? this.#lateWrites,
    });
  }

  static async create(
    id: string,
    path: string,
    surroundings: RecordingSurroundings,
    events: RecordingEvents,
    limits: Limits = {},
  ): Promise<Result<OpenRecording, HindcastError>> {
    const begun = await beginLive(id, path, surroundings, events, limits);
    if (!begun.ok) return begun;
    return ok(new OpenRecording(id, path, { kind: "live", ...begun.value }, events.onConsole));
  }

  /** Goes on with a recording whose engine is gone: same id, same file, and agents connect where they did. */
  static async resume(
    note: RecordingNote,
    address: AgentAddress,
    surroundings: RecordingSurroundings,
    events: RecordingEvents,
  ): Promise<Result<OpenRecording, HindcastError>> {
    const begun = await resumeLive(note, address, surroundings, events);
    if (!begun.ok) return begun;
    const { live, console } = begun.value;
    const resumed = new OpenRecording(note.id, note.path, { kind: "live", ...live }, events.onConsole);
    resumed.program.resumes(console, note.launched);
    return ok(resumed);
  }

  /** Throws `Cancelled` when who asks gives up. */
  static async open(id: string, path: string, asker: Asker): Promise<Result<OpenRecording, HindcastError>> {
    const file = await SavedFile.open(path, asker);
    return file.ok ? ok(new OpenRecording(id, path, { kind: "saved", file: file.value })) : file;
  }

  /**
   * Writes a copy or an export as of now, while recording goes on. One at a time, so that
   * questions still find connections. Closing the recording gives it up.
   */
  async exportTo(request: ExportRequest): Promise<Result<Exported, HindcastError>> {
    if (this.#state.kind === "live") await this.#state.recorder.commit();
    const copy = this.#copying.then(async () => {
      await this.#switching.over();
      const signal = new CancelSource();
      const forget = [request.asker.signal, this.#closing].map((either) => either.onAbort(() => signal.abort()));
      try {
        const [notes, alerts] = [await this.#notes?.list(), await this.#notes?.alerts()];
        return await this.#file().exportTo({ ...request, notes, alerts, asker: { ...request.asker, signal } });
      } finally {
        for (const one of forget) one();
      }
    });
    this.#copying = copy.catch(() => undefined); // who asked hears of it
    return copy;
  }

  get notes(): Notes {
    if (this.#notes === undefined) throw new Error("nobody said where notes are kept");
    return this.#notes;
  }

  get alerts(): Alerts {
    this.#alerts ??= new Alerts(this.notes);
    return this.#alerts;
  }

  /** Of one that is being made: from here on rules may be set. `act` does what they ask for. */
  keepRules({ changed, act }: Pick<RecordedRulesAround, "changed" | "act">): void {
    const { live, alerts, query } = this;
    if (live === undefined) return;
    const { path: folder } = live.address.folder;
    this.#rules = new RecordedRules({ query, start: () => this.start, alerts, folder, changed, act });
    void this.#rules.resume();
  }

  get rules(): RecordedRules | undefined {
    return this.#rules;
  }

  /** Something was committed. */
  committed(): void {
    if (this.#state.kind !== "live") return;
    this.#rules?.committed();
    this.looks.committed();
  }

  /** From here on what its search index says is kept in memory, once somebody searches. */
  keepIndex(room: KeptRoom, reading: Keeping["reading"]): void {
    this.looks.index.keepAs({ room, reading, isSaved: () => this.#state.kind === "saved" });
  }

  /** From here on it has notes. */
  keepNotes({ places, changed, reading }: NoteKeeping): void {
    const { path, query } = this;
    this.#notes = new Notes(
      {
        path,
        query,
        changed: (changes) => changed({ notes: !changes.some(isOfAlerts), alerts: changes.some(isOfAlerts) }),
        writeLive: async (changes) => {
          if (this.#state.kind !== "live") return false;
          await this.#state.recorder.changeKept(changes);
          return true;
        },
        besideReading: (work) => reading(() => this.#besideReading(work)),
      },
      places,
    );
    this.#notes.begin().catch(() => undefined); // what is left there stays
  }

  /** Questions wait meanwhile. False when somebody asks just now, or it is no saved recording. */
  async #besideReading(work: () => Promise<void>): Promise<boolean> {
    const state = this.#state;
    if (state.kind !== "saved" || this.#switching.isRunning || !state.file.isIdle) return false;
    if (state.file.isCopy) {
      await work();
      return true;
    }
    return this.#switching.during(async () => {
      await state.file.close();
      await work();
      const again = await openedAgain(this.path);
      if (this.#state === state) this.#state = again.ok ? { kind: "saved", file: again.value } : { kind: "closed" };
      else if (again.ok) await again.value.close();
      return true;
    });
  }

  #file(): RecordingFile {
    if (this.#state.kind === "closed") throw new FileClosed();
    return this.#state.kind === "live" ? this.#state.recorder : this.#state.file;
  }

  readonly query: Query = async (sql, values, asker) => {
    await this.#switching.over();
    return this.#file().query(sql, values, asker);
  };

  /** Resolves when all is known of it here that was acknowledged to any program. */
  async caughtUp(): Promise<void> {
    if (this.#state.kind === "live") await this.#state.recorder.caughtUp();
  }

  /** Columns of answers count time from here. */
  get start(): bigint {
    return this.facts().start;
  }

  generation(): number {
    return this.#state.kind === "live" ? this.#state.recorder.facts.generation : this.#generation;
  }

  #changes(): LastChanges {
    return this.#state.kind === "live" ? this.#state.recorder.facts.changes : allChangedAt(this.#generation);
  }

  /** False when it was closed, or could not be reopened after it had ended. */
  get isOpen(): boolean {
    return this.#state.kind !== "closed";
  }

  /** What listens for agents; absent once it is not live. */
  get live(): Live | undefined {
    return this.#state.kind === "live" ? this.#state : undefined;
  }

  facts(): RecordingFacts {
    const state = this.#state;
    if (state.kind === "closed") throw new Error("a closed recording was asked for its facts");
    if (state.kind === "saved") {
      const { start, end, processes, scopes } = state.file.facts;
      return { state: "saved", start: this.#begun ?? instant(start), end: instant(end), processes, scopes };
    }
    const { scopes, facts } = state.recorder;
    const { start, processes } = facts;
    const end = processes.reduce((latest, { lastSeen }) => (lastSeen > latest ? lastSeen : latest), start);
    return { state: "live", start: instant(start), end: instant(end), processes, scopes };
  }

  async summary(): Promise<RecordingSummary> {
    // All of one moment: it may be closed while the size is looked up.
    const { state, start, end, processes, scopes } = this.facts();
    const { counts, engine, kept } = this.#told;
    return {
      recordingId: this.id,
      path: this.path,
      name: this.name,
      state,
      formatVersion,
      start,
      end,
      sizeBytes: (await sizeOf(this.path)) + (await logSizeOf(this.path)),
      processes: [...processes],
      scopes: [...scopes],
      counts,
      ...keptSummary(kept),
      ...(this.live === undefined ? {} : toldSummary(this.live)),
      ...this.program.summary,
      engine,
      failure: this.live?.recorder.facts.failure ?? this.#failure,
    };
  }

  extent(): Extent {
    const { start, end } = this.facts();
    return { start, end, counts: this.#told.counts };
  }

  /** What its recorder told last, or its file says. */
  get #told(): LiveFacts | StoredFacts {
    const state = this.#state;
    if (state.kind === "closed") throw new Error("a closed recording was asked what is in it");
    return state.kind === "live" ? state.recorder.facts : state.file.facts;
  }

  /** What only a live one can do. */
  async whileLive<Value>(
    work: (live: Live) => Promise<Result<Value, HindcastError>>,
  ): Promise<Result<Value, HindcastError>> {
    return this.#state.kind === "live" ? work(this.#state) : failed(hindcastError("recording-not-live"));
  }

  /** Ends recording. Whoever asks while that happens gets the same answer. `ended` is what the program's parent saw. */
  stop(ended?: ProgramEnding, asker = nobody): Promise<Result<undefined, HindcastError>> {
    const state = this.#state;
    if (state.kind !== "live") return Promise.resolve(failed(hindcastError("recording-not-live")));
    const stopping = (this.#stopping ??= this.#stop(state, ended));
    return underWords(asker, rowsLeftIn(state.recorder), () => stopping);
  }

  async #stop(live: Live, ended: ProgramEnding | undefined): Promise<Result<undefined, HindcastError>> {
    const { recorder } = live;
    await endLive(live, ended);
    await this.#rules?.finish(this.facts().end);
    return this.#switching.during(() => this.#save(recorder));
  }

  async #save(recorder: Live["recorder"]): Promise<Result<undefined, HindcastError>> {
    const { generation, lateWrites, failure } = recorder.facts;
    const { start } = this.facts();
    try {
      await recorder.close();
      const saved = await SavedFile.open(this.path);
      if (!saved.ok) {
        this.#state = { kind: "closed" };
        return saved.error.code === "no-such-file"
          ? failed(hindcastError("recording-vanished", saved.error.details))
          : saved;
      }
      this.#generation = generation + 1;
      this.#lateWrites = lateWrites;
      this.#begun = start;
      this.#state = { kind: "saved", file: saved.value };
      // It may have come back.
      this.#failure = failure?.code === "recording-vanished" ? undefined : failure;
      return this.#failure === undefined ? ok(undefined) : failed(this.#failure);
    } catch (error) {
      this.#state = { kind: "closed" };
      return failed(errorFromWriting(this.path, error));
    }
  }

  /** With nobody left who would stop it. */
  async whenUsedUp(): Promise<void> {
    if (this.live !== undefined) await whenUsedUp(this.live);
  }

  /** A live recording is stopped first. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.looks.index.close();
    if (this.#state.kind === "live") await this.stop();
    await this.#switching.over();
    if (this.#state.kind !== "saved") return;
    const { file } = this.#state;
    this.#state = { kind: "closed" };
    this.program.dispose();
    await file.close();
    await this.#notes?.closed();
  }
}
