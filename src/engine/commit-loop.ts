// When what waits is committed: soon, at once when it is much, and together. A commit that fails, because the disk is full say,
// is tried again every second; meanwhile agents are not read from.
// Invariant: one commit runs at a time, and nothing else is done to the file meanwhile.
import { stat } from "node:fs/promises";
import type { EngineLoad } from "../shared/protocol/recording-summary.js";
import { defaultDurabilityMs } from "../shared/protocol/engine-environment.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { LoadMeter } from "./load-meter.js";
import type { RecordedProcesses } from "./recorded-processes.js";
import type { Retention } from "./retention.js";
import { errorFromWriting, isFatal } from "./store/cannot-write.js";
import { rowsPerGroup } from "./store/file-settings.js";
import { type LastChanges, allChangedAt, changedAt, noChanges } from "./store/last-changes.js";
import type { RecordingWriter } from "./store/recording-writer.js";

/** Of the durability window, what passes between the first row and its commit; the rest is for the commit itself. */
const waitingShare = 0.4;
/**
 * A commit starts at once when so many rows wait, and agents are paused at five times as many: what was received then is in
 * the file soon, however much comes, and programs need not stop while the log is folded into the file. The first are small, because
 * an engine may be killed again soon after it was started, and what it had committed need not come again. Each lets the next be
 * twice as large until they need no log, and beyond that as long as they take no longer than a commit may: smaller ones cost
 * more and are over no sooner.
 */
const leastRowsPerCommit = 1000;
const mostRowsPerCommit = 2 * rowsPerGroup;
const commitsToPause = 5;
/** Rows differ in size: a commit also starts at once, and agents are paused, when so much of what they sent waits. */
const mostBytesPerCommit = 16 * 1024 * 1024;
const lookForFileEveryMs = 1000;
/** While the file cannot be written. */
const retryEveryMs = 1000;

export interface CommitEvents {
  /** Between receiving a record and its being on the disk, at most. */
  readonly durabilityMs: number | undefined;
  /** After every commit, before anybody is told that something was committed. */
  onCommit(): void;
  /** The file cannot be written; nothing further is acknowledged until the next commit. Once until then. */
  onFailure(error: HindcastError): void;
}

export class CommitLoop {
  readonly #path: string;
  readonly #writer: RecordingWriter;
  readonly #retention: Retention;
  readonly #processes: RecordedProcesses;
  readonly #events: CommitEvents;
  readonly #meter: LoadMeter;
  readonly #delayMs: number;
  #rowsPerCommit = leastRowsPerCommit;
  #generation = 0;
  #changes = noChanges;
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;
  /** Who waits for everything given until now to be committed. */
  #waiting: ((isCommitted: boolean) => void)[] = [];
  #waitingBytes = 0;
  #receivedBytes = 0;
  #pausedReaders: (() => void)[] = [];
  /** Who waits for a commit no longer than commits go well. */
  #impatient: (() => void)[] = [];
  /** Why the last commit did not go well. */
  #trouble: HindcastError | undefined;
  /** Commits go well, and nobody will find them: what is written has no name any more. */
  #vanished: HindcastError | undefined;
  #lookedForFileMs = 0;
  /** No commit will come any more. */
  #hasGivenUp = false;
  /** Records in the file, with those counted there as lost. */
  #accounted: number;
  #isFinishing = false;

  constructor(
    path: string,
    writer: RecordingWriter,
    retention: Retention,
    processes: RecordedProcesses,
    events: CommitEvents,
    load: EngineLoad | undefined,
  ) {
    this.#path = path;
    this.#writer = writer;
    this.#retention = retention;
    this.#processes = processes;
    this.#events = events;
    this.#meter = new LoadMeter(load);
    this.#delayMs = (events.durabilityMs ?? defaultDurabilityMs) * waitingShare;
    this.#accounted = processes.accounted;
  }

  get generation(): number {
    return this.#generation;
  }

  get changes(): LastChanges {
    return this.#changes;
  }

  /** Also while nothing can be written: then more and more waits. */
  get load(): EngineLoad {
    return { ...this.#meter.load, waitingRows: this.#writer.waiting };
  }

  /** Why what comes is not written, if so. */
  get failure(): HindcastError | undefined {
    return this.#trouble ?? this.#vanished;
  }

  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  get shouldPause(): boolean {
    if (this.#hasGivenUp) return false;
    if (this.#retention.isFull) return true;
    return (
      this.#writer.waiting >= commitsToPause * this.#rowsPerCommit || this.#waitingBytes >= 2 * this.#bytesPerCommit
    );
  }

  get #bytesPerCommit(): number {
    return Math.min(mostBytesPerCommit, this.#retention.mostCommitBytes);
  }

  /** Resolves when there is no reason to pause any more. */
  async whenRoom(): Promise<void> {
    await this.commit();
    while (this.shouldPause) await new Promise<void>((resolve) => this.#pausedReaders.push(resolve));
  }

  /** So much was read that is to be committed. */
  received(bytes: number): void {
    this.#waitingBytes += bytes;
    this.#receivedBytes += bytes;
  }

  /** Whether everything given until now was committed; a commit that runs already does not hold it. */
  async committed(): Promise<boolean> {
    if (this.#hasGivenUp) return false;
    const committed = new Promise<boolean>((resolve) => this.#waiting.push(resolve));
    this.schedule();
    return committed;
  }

  /** The same of a program that waits for it: committed now, or false as soon as it cannot be. */
  async committedAtOnce(): Promise<boolean> {
    const committed = this.committed();
    if (this.#trouble !== undefined) return false;
    void this.commit();
    const inTrouble = new Promise<false>((resolve) => this.#impatient.push(() => resolve(false)));
    return Promise.race([committed, inTrouble]);
  }

  schedule(): void {
    if (this.#committing !== undefined || this.#hasGivenUp || this.#isFinishing) return;
    if (this.#trouble !== undefined) this.#timer ??= setTimeout(() => void this.commit(), retryEveryMs);
    else if (this.#isMuch || this.#retention.isFull) void this.commit();
    else this.#timer ??= setTimeout(() => void this.commit(), this.#delayMs);
  }

  get #isMuch(): boolean {
    return this.#writer.waiting >= this.#rowsPerCommit || this.#waitingBytes >= this.#bytesPerCommit;
  }

  /** Commits what waits now, after a commit that runs already. */
  async commit(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#committing = this.#commitOnce();
    await this.#committing;
    this.#committing = undefined;
    if (this.#hasMore()) this.schedule();
  }

  async between<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    while (this.#committing !== undefined) await this.#committing;
    const answer = work();
    this.#committing = answer.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await answer;
    } finally {
      this.#committing = undefined;
      this.#tellChange();
      if (this.#hasMore()) this.schedule();
    }
  }

  /**
   * The last commit; the file can be closed afterwards. Whoever waits for a commit that is under way may start another
   * one after it: the file is let go when none runs and nothing waits.
   */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    this.#writer.report(this.#meter.load);
    await this.#commitAll();
    if (!this.#hasGivenUp) await this.between(() => this.#writer.finish());
    await this.#commitAll();
    clearTimeout(this.#timer);
    this.#writer.dispose();
  }

  async #commitAll(): Promise<void> {
    do await this.commit();
    while (this.#committing !== undefined || (this.#hasMore() && !this.#hasGivenUp));
  }

  #hasMore(): boolean {
    return this.#writer.waiting > 0 || this.#waiting.length > 0 || this.#retention.isBusy;
  }

  async #commitOnce(): Promise<void> {
    if (this.#hasGivenUp) return;
    const [promised, bytes, accounted] = [this.#waiting, this.#waitingBytes, this.#processes.accounted];
    this.#waiting = [];
    try {
      const hasWritten = this.#writer.waiting > 0;
      if (hasWritten) await this.#write();
      this.#accounted = accounted;
      this.#waitingBytes -= bytes;
      for (const resolve of promised) resolve(true);
      this.#impatient = [];
      letGo(this.#pausedReaders);
      // What was committed is acknowledged meanwhile.
      if (hasWritten) await this.#writer.foldLogWhenDue(this.#retention.mostLogBytes);
      if (hasWritten || this.#retention.isBusy) await this.#evict();
      letGo(this.#pausedReaders);
    } catch (error) {
      this.#waiting = [...promised, ...this.#waiting];
      this.#failedToWrite(error);
    }
  }

  async #evict(): Promise<void> {
    const { newest, start } = this.#processes;
    const come = { newest, start, bytes: this.#receivedBytes };
    try {
      if (!(await this.#retention.afterCommit(come, performance.now()))) return;
    } catch (error) {
      // Everything that came is in the file all the same; the next commit may find it well again.
      this.#failedToWrite(error);
    }
    this.#tellChange();
  }

  async #write(): Promise<void> {
    const beganMs = performance.now();
    const waiting = { rows: this.#writer.waiting, bytes: this.#waitingBytes };
    await this.#writer.commit();
    const tookMs = performance.now() - beganMs;
    if (this.#meter.committed(waiting, tookMs, this.#writer.waiting)) this.#writer.report(this.#meter.load);
    const isSmall = this.#rowsPerCommit < rowsPerGroup && waiting.rows >= this.#rowsPerCommit;
    if (isSmall || tookMs <= this.#delayMs) this.#rowsPerCommit = Math.min(mostRowsPerCommit, 2 * this.#rowsPerCommit);
    else if (tookMs > 2 * this.#delayMs && this.#rowsPerCommit > rowsPerGroup) this.#rowsPerCommit = rowsPerGroup;
    this.#trouble = undefined;
    await this.#lookForFile();
    this.#changes = changedAt(this.#changes, this.#writer.changed, this.#generation + 1);
    this.#tellCommit();
  }

  /** Of more than rows that were added. */
  #tellChange(): void {
    this.#changes = allChangedAt(this.#generation + 1);
    this.#tellCommit();
  }

  #tellCommit(): void {
    this.#generation++;
    this.#events.onCommit();
  }

  async #lookForFile(): Promise<void> {
    if (performance.now() - this.#lookedForFileMs < lookForFileEveryMs) return;
    this.#lookedForFileMs = performance.now();
    const wasThere = this.#vanished === undefined;
    const path = this.#path;
    this.#vanished = (await isThere(path)) ? undefined : hindcastError("recording-vanished", { path });
    if (wasThere && this.#vanished !== undefined) this.#tellFailure(this.#vanished);
  }

  #failedToWrite(error: unknown): void {
    const wasWell = this.#trouble === undefined;
    this.#trouble = errorFromWriting(this.#path, error);
    if (this.#isFinishing || isFatal(error)) this.#giveUp(this.#trouble);
    else if (wasWell) this.#tellFailure(this.#trouble);
  }

  /** Nobody waits for commits that will not come. */
  #giveUp(because: HindcastError): void {
    this.#hasGivenUp = true;
    for (const resolve of this.#waiting.splice(0)) resolve(false);
    letGo(this.#pausedReaders);
    const missing = this.#processes.made - this.#accounted;
    const notKept = `${this.#processes.haveAllSaidBye ? "" : "at least "}${missing.toLocaleString("en-US")}`;
    this.#trouble = missing === 0 ? because : { ...because, details: { ...because.details, notKept } };
    this.#tellFailure(this.#trouble);
  }

  #tellFailure(error: HindcastError): void {
    letGo(this.#impatient);
    this.#events.onFailure(error);
  }
}

function letGo(waiting: (() => void)[]): void {
  for (const resolve of waiting.splice(0)) resolve();
}

/** A disk that does not answer for a moment has not lost it. */
const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => !(error instanceof Error && "code" in error && error.code === "ENOENT"),
  );
