// Every recording that is open in this engine, by id and by file: a file is opened once, however many ask for it.
import { randomBytes } from "node:crypto";
import { realpath, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Asker, nobody } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallResult, EngineNotice } from "../shared/protocol/engine-calls.js";
import type { Pipeline } from "../shared/protocol/pipeline-stages.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { ChangeNotices } from "./change-notices.js";
import type { ReadingDoors } from "./door/reading-doors.js";
import type { RecordingEvents, RecordingSurroundings } from "./live-side.js";
import { actOn } from "./live-actions.js";
import { NewPaths } from "./new-paths.js";
import type { NotesPlaces } from "./notes.js";
import { type ToldPrograms, configure, tellPrograms } from "./live-commands.js";
import { OpenRecording } from "./open-recording.js";
import { type EngineHost, takeOverFolders } from "./private-folder.js";
import type { ReadingJournal } from "./reading-journal.js";
import type { Recents } from "./recents.js";
import type { ProgramEnding } from "./recorded-processes.js";
import type { ExportRequest } from "./store/export-file.js";
import type { Limits } from "./store/flight-store.js";
import type { Webhooks } from "./webhooks.js";
import { KeptRoom } from "./store/search-kept-room.js";
import { SharedWork } from "./store/shared-work.js";

export interface RecordingsOptions {
  readonly host: EngineHost | undefined;
  readonly durabilityMs: number | undefined;
  readonly diskReserveBytes: number | undefined;
  readonly mostBaseBytes: number | undefined;
  readonly recorderThread: URL | undefined;
  readonly doors: ReadingDoors;
  readonly journal: ReadingJournal;
  readonly notes: NotesPlaces;
  readonly webhooks: Webhooks;
}

type Opened = Result<OpenRecording, HindcastError>;

export class Recordings {
  readonly #byId = new Map<string, OpenRecording>();
  /** Also those that are being opened: who asks for the same file meanwhile waits for it. */
  readonly #byPath = new Map<string, Promise<Opened>>();
  readonly #opening = new Map<string, SharedWork<Opened>>();
  /** Files on their way to being closed: who asks for one opens it anew afterwards. */
  readonly #closing = new Map<string, Promise<void>>();
  readonly #notices = new ChangeNotices((id) => void this.#tell(id));
  /** Why recordings of an engine before this one could not be gone on with. */
  readonly #lost = new Map<string, HindcastError>();
  /** An id of an engine before this one names nothing else here. */
  readonly #idPrefix = randomBytes(4).toString("hex");
  #nextId = 1;
  readonly newPaths = new NewPaths();
  readonly #indexRoom = new KeptRoom();

  constructor(
    readonly appVersion: string,
    readonly recents: Recents,
    readonly notify: (notice: EngineNotice) => void,
    readonly options: RecordingsOptions,
  ) {}

  get(recordingId: string): Opened {
    const recording = this.#byId.get(recordingId);
    if (recording?.isOpen === true) return ok(recording);
    return failed(this.#lost.get(recordingId) ?? hindcastError("recording-closed"));
  }

  /**
   * Lets `work` look into a file without keeping it open. One that is open here already is used as it is: a second
   * opening within a process would break DuckDB's lock on the first.
   */
  async peek<Value>(
    givenPath: string,
    asker: Asker,
    work: (recording: OpenRecording) => Promise<Value>,
  ): Promise<Value | undefined> {
    const opened = await this.#open(await truePath(givenPath), asker);
    if (!opened.ok) return undefined;
    try {
      return await this.reading(opened.value, () => work(opened.value));
    } finally {
      await this.close(opened.value);
    }
  }

  /** As `peek`, of a file that nobody has open here: who opens it meanwhile waits until that is over. */
  async glance<Value>(givenPath: string, work: (path: string) => Promise<Value>): Promise<Value | undefined> {
    const path = await truePath(givenPath);
    if (this.isOpen(path) || this.options.journal.isCondemned(path)) return undefined;
    const looking = this.options.journal.reading(path, () => work(path));
    const over = looking.then(
      () => undefined,
      () => undefined,
    );
    this.#closing.set(path, over);
    try {
      return await looking;
    } finally {
      if (this.#closing.get(path) === over) this.#closing.delete(path);
    }
  }

  /** Here, or on its way to being opened or closed. */
  isOpen(path: string): boolean {
    return this.#byPath.has(path) || this.#closing.has(path);
  }

  /** Of programs that are recorded from here. */
  get livePids(): ReadonlySet<number> {
    const live = [...this.#byId.values()].flatMap((recording) => recording.live?.programs ?? []);
    return new Set(live.flatMap(({ pid }) => pid ?? []));
  }

  /** Whatever is asked of a saved file: should the database crash on it, the next engine knows which it was. */
  reading<Value>(recording: OpenRecording, work: () => Promise<Value>): Promise<Value> {
    return recording.live === undefined ? this.options.journal.reading(recording.path, work) : work();
  }

  /** Throws `Cancelled` when who asks gives up. */
  async open(givenPath: string, asker: Asker): Promise<Opened> {
    const path = await truePath(givenPath);
    const opened = await this.#open(path, asker);
    if (opened.ok) await this.recents.used(path);
    return opened;
  }

  async #open(path: string, asker: Asker): Promise<Opened> {
    for (;;) {
      await this.#closing.get(path);
      const opening = this.#byPath.get(path);
      const shared = opening === undefined ? this.#beginToOpen(path) : this.#opening.get(path);
      if (shared?.canBeJoined === false) {
        await shared.outcome.catch(() => undefined); // it was given up, and is opened anew
        continue;
      }
      const known = await (shared?.wait(asker) ?? opening);
      if (known?.ok === false) return known;
      if (known?.value.isOpen === true) {
        known.value.holders++;
        return known;
      }
      // Closed while this waited.
      if (this.#byPath.get(path) === opening && !this.#closing.has(path)) this.#byPath.delete(path);
    }
  }

  /** For all who wait for it; each who is still there when it is open holds it. */
  #beginToOpen(path: string): SharedWork<Opened> {
    const work = new SharedWork(async (asker) => {
      const opened = await this.#register(path, () => OpenRecording.open(this.#newId(), path, asker));
      if (!opened.ok) return opened;
      if (asker.signal.aborted) await this.close(opened.value);
      throwIfCancelled(asker.signal);
      opened.value.holders = 0;
      return opened;
    });
    this.#opening.set(path, work);
    work.outcome.finally(() => this.#opening.delete(path)).catch(() => undefined); // who waits hears of it
    return work;
  }

  async create(givenPath: string, limits?: Limits): Promise<Opened> {
    const path = join(await truePath(dirname(resolve(givenPath))), basename(givenPath));
    const id = this.#newId();
    if (this.#byPath.has(path)) return failed(hindcastError("file-exists", { path }));
    const created = await this.#register(path, () =>
      OpenRecording.create(id, path, this.#surroundings, this.#eventsOf(id), limits),
    );
    if (created.ok) await this.recents.used(path);
    return created;
  }

  /** Goes on with what engines of the same host, which are gone, were recording. */
  async resume(): Promise<void> {
    const { host } = this.options;
    if (host === undefined) return;
    for (const { folder, note } of await takeOverFolders(host.session)) {
      const { id, path, socketPath, token } = note;
      const address = { folder, socketPath, token, hostPid: host.pid };
      const resumed = await this.#register(path, () =>
        OpenRecording.resume(note, address, this.#surroundings, this.#eventsOf(id)),
      );
      if (!resumed.ok) {
        this.#lost.set(id, resumed.error);
        continue;
      }
      for (const program of resumed.value.live?.programs ?? [])
        void program.exited.then(() => this.stop(resumed.value));
    }
  }

  get #surroundings(): RecordingSurroundings {
    const { host, recorderThread, doors } = this.options;
    return { appVersion: this.appVersion, host, recorderThread, doors };
  }

  #eventsOf(id: string): RecordingEvents {
    return {
      durabilityMs: this.options.durabilityMs,
      diskReserveBytes: this.options.diskReserveBytes,
      mostBaseBytes: this.options.mostBaseBytes,
      onChange: () => {
        this.#byId.get(id)?.committed();
        this.#notices.changed(id);
      },
      onConsole: () => this.notify({ kind: "console-changed", recordingId: id }),
      onFailure: (error) => this.notify({ kind: "recording-failed", recordingId: id, error }),
    };
  }

  async #register(path: string, open: () => Promise<Opened>): Promise<Opened> {
    const { journal } = this.options;
    const opening = journal.isCondemned(path) ? Promise.resolve(failed(condemned(path))) : journal.reading(path, open);
    this.#byPath.set(path, opening);
    let isOpen = false;
    try {
      const opened = await opening;
      isOpen = opened.ok;
      if (opened.ok) {
        const { id } = opened.value;
        this.#byId.set(id, opened.value);
        opened.value.keepNotes({
          places: this.options.notes,
          changed: ({ notes, alerts }) => {
            if (notes) this.notify({ kind: "notes-changed", recordingId: id });
            if (alerts) this.notify({ kind: "alerts-changed", recordingId: id });
          },
          reading: (work) => journal.reading(path, work),
        });
        opened.value.keepRules({
          changed: () => this.notify({ kind: "alerts-changed", recordingId: id }),
          act: (incident, actions) => actOn(incident, actions, this.options.webhooks),
        });
        opened.value.keepIndex(this.#indexRoom, (work) => journal.reading(path, work));
      }
      return opened;
    } finally {
      // Also when opening threw: the next who asks tries anew.
      if (!isOpen) this.#byPath.delete(path);
    }
  }

  /** Writes a copy or an export of an open recording to a path that no open one has. */
  async export(
    recording: OpenRecording,
    request: ExportRequest,
  ): Promise<Result<CallResult<"recording.export">, HindcastError>> {
    const path = join(await truePath(dirname(resolve(request.path))), basename(request.path));
    const open = await this.#byPath.get(await truePath(path))?.catch(() => undefined); // given up
    if (open?.ok === true) {
      if (open.value !== recording) return failed(hindcastError("recording-in-use", { path }));
      return failed(hindcastError("cannot-write", { path, reason: "it is the recording that is to be copied" }));
    }
    const copied = await recording.exportTo({ ...request, path });
    if (!copied.ok) return copied;
    if (request.format === "hindcast") await this.recents.used(path);
    const { sizeBytes, removed, evictedUntil } = copied.value;
    return ok({ path, sizeBytes, removed: [...removed], ...(evictedUntil === undefined ? {} : { evictedUntil }) });
  }

  /** Everybody is told what its programs were told. */
  async tellPrograms(
    recording: OpenRecording,
    told: ToldPrograms,
  ): Promise<Result<Record<string, never>, HindcastError>> {
    const answer = await recording.whileLive((live) => tellPrograms(live, told));
    if (answer.ok) this.#notices.changed(recording.id);
    return answer;
  }

  /** Everybody is told what records go through from now on. */
  async configure(recording: OpenRecording, pipeline: Pipeline): Promise<Result<Record<string, never>, HindcastError>> {
    const configured = await recording.whileLive((live) => configure(live, pipeline));
    if (configured.ok) this.#notices.changed(recording.id);
    return configured;
  }

  /** Ends recording; everybody is told. */
  async stop(
    recording: OpenRecording,
    ended?: ProgramEnding,
    asker = nobody,
  ): Promise<Result<RecordingSummary, HindcastError>> {
    const stopped = await recording.stop(ended, asker);
    this.#notices.quiet(recording.id);
    if (!recording.isOpen) return stopped.ok ? failed(hindcastError("recording-closed")) : stopped;
    const summary = await recording.summary();
    this.notify({ kind: "recording-changed", summary });
    return stopped.ok ? ok(summary) : stopped;
  }

  /** Closes it for one of those who opened it, and for good when that was the last. */
  async close(recording: OpenRecording): Promise<void> {
    recording.holders--;
    if (recording.holders > 0) return;
    this.#byId.delete(recording.id);
    this.#notices.quiet(recording.id);
    // What a killed engine left is put into the file then, which reads it once more.
    const closed = this.reading(recording, () => recording.close()).finally(() => {
      this.#byPath.delete(recording.path);
      this.#closing.delete(recording.path);
    });
    this.#closing.set(recording.path, closed);
    await closed;
  }

  /** Closes it and removes its file: nothing was recorded into it. */
  async discard(recording: OpenRecording): Promise<void> {
    recording.holders = 1;
    await this.close(recording);
    for (const file of [recording.path, `${recording.path}.wal`]) await rm(file, { force: true });
  }

  /**
   * Each live recording ends when no agent has been connected for longer than agents take to come back. What was started
   * from here is stopped first: there is nobody left to whom it is shown.
   */
  async finishAlone(): Promise<void> {
    await Promise.allSettled([...this.#byPath.values()]);
    // One that is closed meanwhile, because the engine is told to end, is used up.
    await Promise.allSettled([...this.#byId.values()].map((recording) => recording.whenUsedUp()));
  }

  /** Ends and closes everything. */
  async dispose(): Promise<void> {
    this.options.webhooks.dispose();
    await Promise.allSettled([...this.#byPath.values()]);
    for (const recording of this.#byId.values()) {
      this.#notices.quiet(recording.id);
      await this.reading(recording, () => recording.close());
    }
    this.#byId.clear();
    this.#byPath.clear();
    await this.options.journal.dispose();
  }

  #newId(): string {
    return `${this.#idPrefix}-${this.#nextId++}`;
  }

  async #tell(id: string): Promise<void> {
    const recording = this.#byId.get(id);
    if (recording?.isOpen !== true) return;
    const summary = await recording.summary();
    if (this.#byId.get(id) === recording) this.notify({ kind: "recording-changed", summary });
  }
}

const condemned = (path: string): HindcastError =>
  hindcastError("damaged-recording", { path, reason: "reading it stopped the engine" });

/** Links resolved, so that one file has one name here. */
async function truePath(path: string): Promise<string> {
  const whole = resolve(path);
  return realpath(whole).catch(() => whole);
}
