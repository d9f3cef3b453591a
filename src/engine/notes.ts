// The notes and alerts of one open recording, and where they are kept. While it is recorded they go into its file at once. A saved file is
// only read: a change is written beside it first, where it is safe, and goes into the file a moment later, when nobody asks
// anything of it and no other program has it open; at the latest when it is closed.
import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type Note, type PutNote, mostNotes } from "../shared/protocol/note-calls.js";
import { errorFromWriting } from "./store/cannot-write.js";
import { foldNotes } from "./store/fold-notes.js";
import { type ReadLog, appendChanges, besideOf, ownLogOf, readLog } from "./store/note-log.js";
import { type KeptAlerts, alertsAfter, readAlerts } from "./store/alerts.js";
import { type KeptChange, isOfAlerts, isOfNotes } from "./store/kept-changes.js";
import { applied, readNotes } from "./store/notes.js";
import type { Query } from "./store/readers.js";

/** Where notes of a recording may go. */
export interface NotesPlaces {
  /** The user's folder for notes of recordings beside which nothing can be written. */
  readonly folder: string;
  /** Files in it came with Hindcast: they are not changed. */
  readonly samples: string;
}

export interface NotedFile {
  readonly path: string;
  readonly query: Query;
  /** Of a recording in the making: into its file. False when it is none, or not any more. */
  writeLive(changes: readonly KeptChange[]): Promise<boolean>;
  /** Lets go of the file for as long as `work` takes; false where somebody reads it just now. */
  besideReading(work: () => Promise<void>): Promise<boolean>;
  /** They are not what they were, or lie elsewhere. */
  changed(changes: readonly KeptChange[]): void;
}

export interface Aside {
  readonly path: string;
  readonly reason: string;
}

const foldAfterMs = 300;
const triedAgainAfterMs = 3000;
const settledWithinMs = 5000;
const settleEveryMs = 20;

export class Notes {
  readonly #file: NotedFile;
  readonly #places: NotesPlaces;
  readonly #isSample: boolean;
  /** Why it could not be written when that was last tried. */
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** One change after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: NotedFile, places: NotesPlaces) {
    this.#file = file;
    this.#places = places;
    this.#isSample = file.path.startsWith(places.samples);
  }

  async list(): Promise<readonly Note[]> {
    // Before the file: what goes from here to there meanwhile is in either.
    const logs = await this.#logs();
    return applied(await readNotes(this.#file.query), changesOf(logs).filter(isOfNotes));
  }

  /** What rules told, and what people did about it. */
  async alerts(): Promise<KeptAlerts> {
    const logs = await this.#logs();
    return alertsAfter(await readAlerts(this.#file.query), changesOf(logs).filter(isOfAlerts));
  }

  /** Where notes are that are not in the recording, once that was tried. */
  async aside(): Promise<Aside | undefined> {
    const [log] = await this.#logs();
    if (log === undefined) return undefined;
    if (this.#isSample) return { path: log.path, reason: "it came with Hindcast" };
    return this.#reason === undefined ? undefined : { path: log.path, reason: this.#reason };
  }

  async put(given: PutNote): Promise<Result<Note, HindcastError>> {
    const { from, to } = given;
    if (to !== undefined && to < from) return failed(hindcastError("bad-note", { reason: "it ends before it begins" }));
    const there = await this.list();
    const before = there.find(({ id }) => id === given.id);
    if (before === undefined && there.length >= mostNotes)
      return failed(
        hindcastError("bad-note", { reason: `a recording has at most ${mostNotes.toLocaleString("en-US")}` }),
      );
    const now = BigInt(Date.now()) * 1_000_000n;
    const { text, label } = given;
    const note: Note = {
      id: given.id ?? randomUUID(),
      from,
      ...(to === undefined || to === from ? {} : { to }),
      text,
      label,
      author: given.author ?? before?.author ?? authorHere(),
      created: before?.created ?? given.created ?? now,
      changed: now,
    };
    const kept = await this.keep([{ kind: "put", note }]);
    return kept.ok ? ok(note) : kept;
  }

  async remove(id: string): Promise<Result<undefined, HindcastError>> {
    const isThere = (await this.list()).some((note) => note.id === id);
    if (!isThere) return failed(hindcastError("bad-note", { reason: "it is not there any more" }));
    return this.keep([{ kind: "remove", id }]);
  }

  /** Resolves when all that is beside the recording is in it, or it is known why not; or after a while. */
  async settled(): Promise<void> {
    this.#reason = undefined;
    const isDecided = (): boolean => this.#reason !== undefined;
    for (const deadline = Date.now() + settledWithinMs; Date.now() < deadline; await wait(settleEveryMs)) {
      if (this.#isSample || (await this.#logs()).length === 0) return;
      await this.#foldWhenIdle();
      if (isDecided()) return;
    }
  }

  /** What was left beside it goes into it. */
  async begin(): Promise<void> {
    if ((await this.#logs()).length > 0) this.#foldSoon(foldAfterMs);
  }

  /** The file is not open here any more. */
  async closed(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#last;
    await this.#fold();
  }

  /** Into the recording, or beside it until it can be. */
  keep(changes: readonly KeptChange[]): Promise<Result<undefined, HindcastError>> {
    const kept = this.#last.then(() => this.#keepNow(changes));
    this.#last = kept.catch(() => undefined); // who asked hears of it
    return kept;
  }

  async #keepNow(changes: readonly KeptChange[]): Promise<Result<undefined, HindcastError>> {
    // A live recording that cannot be written just now: beside it, as with a saved one.
    const isInside = await this.#file.writeLive(changes).catch(() => false);
    const kept = isInside ? ok(undefined) : await this.#leave(changes);
    if (!kept.ok) return kept;
    if (!isInside) this.#foldSoon(foldAfterMs);
    this.#file.changed(changes);
    return kept;
  }

  /** In the order in which they are read: a change goes where those before it are, or further on. */
  get #logPaths(): readonly string[] {
    const own = ownLogOf(this.#file.path, this.#places.folder);
    return this.#isSample ? [own] : [besideOf(this.#file.path), own];
  }

  async #logs(): Promise<readonly ReadLog[]> {
    const logs = await Promise.all(this.#logPaths.map((path) => readLog(path)));
    return logs.filter((log) => log !== undefined);
  }

  async #leave(changes: readonly KeptChange[]): Promise<Result<undefined, HindcastError>> {
    let error: unknown;
    const [beside = "", own] = this.#logPaths;
    // Behind what is in the user's folder already: it is read last.
    const paths = own !== undefined && (await readLog(own)) !== undefined ? [own] : this.#logPaths;
    for (const path of paths) {
      try {
        await appendChanges(path, changes);
        return ok(undefined);
      } catch (reason) {
        error ??= reason;
      }
    }
    return failed(errorFromWriting(beside, error));
  }

  #foldSoon(afterMs: number): void {
    if (this.#isClosed || this.#isSample) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#foldWhenIdle().catch(() => undefined), afterMs); // they stay where they are
    this.#timer.unref();
  }

  async #foldWhenIdle(): Promise<void> {
    const before = this.#reason;
    const folding = this.#last.then(() => this.#file.besideReading(() => this.#fold()));
    this.#last = folding.catch(() => undefined);
    const wasIdle = await folding;
    const isLeft = (await this.#logs()).length > 0;
    if (isLeft) this.#foldSoon(wasIdle ? triedAgainAfterMs : foldAfterMs);
    if (this.#reason !== before) this.#file.changed([]);
  }

  async #fold(): Promise<void> {
    const logs = await this.#logs();
    if (logs.length === 0 || this.#isSample) return;
    this.#reason = await foldNotes(this.#file.path, logs);
  }
}

const changesOf = (logs: readonly ReadLog[]): readonly KeptChange[] => logs.flatMap(({ changes }) => changes);

/** The name that the system knows the user by. */
export function authorHere(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}
