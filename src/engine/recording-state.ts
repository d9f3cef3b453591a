// What is kept in memory about one open recording's state: its writes, the graph last looked at, and which writes are
// to which scope.
import { type Asker, nobody } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import { type Instant, type ProcessId, type Seq, instant, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import { type Path, formatPath } from "../shared/trace/path.js";
import { LossLog } from "./loss-log.js";
import { MessageLog } from "./message-log.js";
import { type RecordingAccess, changesOf, writesChangedAt } from "./recording-access.js";
import { FoldedHistory } from "./folded-history.js";
import { SegmentHistory } from "./segment-history.js";
import { type HistoryEntry, PathHistory } from "./replay/history.js";
import { ScopeWrites, type WritePosition, nearestWrite } from "./replay/scope-writes.js";
import { type UpTo, isUpTo } from "./replay/state-at.js";
import type { Found } from "./segment-walks.js";
import type { SegmentedProcess } from "./segmented-process.js";
import { StateGraphs } from "./state-graphs.js";
import { WriteLog } from "./write-log.js";

/** A place in the order of all records: by instant, then process, then Seq. Without a process: all of an instant. */
export interface Place {
  readonly instant: Instant;
  readonly process?: ProcessId;
  readonly seq?: Seq;
}

interface Step {
  readonly direction: "previous" | "next";
  readonly scope?: string | undefined;
}

const toTheEnd = { seq: seq(Number.MAX_SAFE_INTEGER) };
const lookAheadNs = 10_000_000_000n;
/** Of a path's history, where only its end is asked for: as many as the window lists, so that both share one. */
export const newestKept = 1000;

export interface HistoryPage {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

export type KeptHistory = FoldedHistory | SegmentHistory;

/** The window asks about two paths: the whole scope, for its last write, and the value somebody selected. */
const mostHistories = 4;
/** Of where their writes are, in total: ten million and more. */
const mostHistoryBytes = 256 * 1024 * 1024;

export class RecordingState {
  readonly writes: WriteReader;
  readonly graphs: StateGraphs;
  readonly losses: LossLog;
  readonly messages: MessageLog;
  readonly #scopeWrites = new Map<ProcessId, ScopeWrites>();
  /** By what was asked, the one asked for last at the end. */
  readonly #histories = new Map<string, KeptHistory>();
  #turn: Promise<unknown> = Promise.resolve();

  readonly #access: RecordingAccess;

  constructor(access: RecordingAccess) {
    this.#access = access;
    this.writes = new WriteLog(access.writes, () => writesChangedAt(changesOf(access)));
    this.graphs = new StateGraphs(access, this.writes);
    this.losses = new LossLog(access, this.writes, this.graphs);
    this.messages = new MessageLog(access);
  }

  async nearestWrite(
    processes: readonly ProcessId[],
    step: Step,
    from: Place,
    asker = nobody,
  ): Promise<WritePosition | undefined> {
    const found: WritePosition[] = [];
    const order = (position: WritePosition): number => compareToPlace(position, from);
    for (const process of processes) {
      const { direction, scope } = step;
      const steps = await this.graphs.steps(process);
      const nearest =
        steps === undefined
          ? nearestWrite((await this.#upToDate(process, asker)).positions(scope), direction, order)
          : await steps.nearest({ direction, scope, instant: from.instant, order }, asker);
      if (nearest !== undefined) found.push(nearest);
    }
    found.sort((a, b) => compareToPlace(a, b));
    return step.direction === "next" ? found[0] : found.at(-1);
  }

  /** Those that may have happened by then. Comparing lags behind by less than this, unless the program is stuck. */
  writesSoonAfter(process: ProcessId, at: Instant, asker = nobody): Promise<readonly Found[]> {
    return this.graphs.foundLater(process, at, instant(at + lookAheadNs), asker);
  }

  /**
   * Those asked for lately are kept: while a recording grows, only its new writes are looked at. Of who reads it from the
   * beginning `isEnough` says when there is all that is asked for: then it may end before it is whole.
   */
  history(
    process: ProcessId,
    scope: string,
    path: Path,
    limit: number,
    asker = nobody,
    isEnough?: (history: KeptHistory) => boolean,
  ): Promise<KeptHistory> {
    return this.#inTurn(asker, async () => {
      const segmented = await this.graphs.segmented(process);
      const name = nameOf(process, segmented, scope, path, limit);
      let kept = this.#histories.get(name);
      if (segmented !== undefined) kept ??= this.#bySegments(process, segmented, scope, path, limit);
      kept ??= new FoldedHistory(process, this.writes, new PathHistory(process, scope, path, limit));
      this.#histories.delete(name);
      this.#histories.set(name, kept);
      const all = kept;
      await all.extend(asker, isEnough && (() => isEnough(all)));
      this.#forgetHistories();
      return kept;
    });
  }

  /** The one asked for last stays, however long it is. */
  #forgetHistories(): void {
    let bytes = 0;
    for (const { positions } of this.#histories.values()) bytes += positions.bytes;
    for (const [oldest, { positions }] of this.#histories) {
      const isTooMuch = this.#histories.size > mostHistories || bytes > mostHistoryBytes;
      if (!isTooMuch || this.#histories.size === 1) return;
      this.#histories.delete(oldest);
      bytes -= positions.bytes;
    }
  }

  #bySegments(
    process: ProcessId,
    segmented: SegmentedProcess,
    scope: string,
    path: Path,
    limit: number,
  ): SegmentHistory | undefined {
    const { segments } = this.#access;
    return segments === undefined ? undefined : new SegmentHistory(process, segmented, segments, scope, path, limit);
  }

  /** What wrote to a path last at a position; looked for backwards first, where its history was not asked for yet. */
  async lastWrite(
    process: ProcessId,
    scope: string,
    path: Path,
    upTo: UpTo,
    asker = nobody,
  ): Promise<{ readonly existed: boolean; readonly last: HistoryEntry | undefined }> {
    const near = await this.#lastWriteNear(process, scope, path, upTo, asker);
    if (near !== undefined) return { existed: true, last: near };
    const history = await this.history(process, scope, path, newestKept, asker);
    return { existed: history.existed, last: await this.lastOf(process, history, upTo, asker) };
  }

  async #lastWriteNear(
    process: ProcessId,
    scope: string,
    path: Path,
    upTo: UpTo,
    asker: Asker,
  ): Promise<HistoryEntry | undefined> {
    const segmented = await this.graphs.segmented(process);
    if (segmented === undefined || this.#histories.has(nameOf(process, segmented, scope, path, newestKept)))
      return undefined;
    const found = await (await this.graphs.lastWrites(process))?.find(scope, path, upTo, asker);
    const history = this.#bySegments(process, segmented, scope, path, newestKept);
    if (found === undefined || history === undefined) return undefined;
    return (await history.print([found], asker))[0];
  }

  /** The last write of a history at a position; one that is older than those printed is printed now. */
  async lastOf(
    process: ProcessId,
    history: KeptHistory,
    upTo: UpTo,
    asker = nobody,
  ): Promise<HistoryEntry | undefined> {
    const printed = history.entries.findLast(({ write }) => isUpTo(write, upTo));
    if (printed !== undefined) return printed;
    const position = nearestWrite(history.positions, "previous", (one) => (isUpTo(one, upTo) ? -1 : 1));
    return position === undefined ? undefined : (await this.#print(process, history, [position], asker))[0];
  }

  /** The oldest `limit` after a write or the newest `limit` before one, those that are not printed yet included. */
  async page(
    process: ProcessId,
    history: KeptHistory,
    wanted: HistoryPage,
    asker = nobody,
  ): Promise<readonly HistoryEntry[]> {
    const { after = -Infinity, before = Infinity, limit } = wanted;
    const { positions } = history;
    const [from, end] = [positions.countUpTo(after), positions.countUpTo(before - 1)];
    const chosen =
      wanted.after === undefined
        ? positions.slice(Math.max(from, end - limit), end)
        : positions.slice(from, Math.min(end, from + limit));
    const printed = new Map(history.entries.map((entry) => [entry.write.seq, entry]));
    const missing = chosen.filter(({ seq: number }) => !printed.has(number));
    for (const entry of await this.#print(process, history, missing, asker)) printed.set(entry.write.seq, entry);
    return chosen.flatMap(({ seq: number }) => printed.get(number) ?? []);
  }

  async #print(
    process: ProcessId,
    history: KeptHistory,
    positions: readonly WritePosition[],
    asker: Asker,
  ): Promise<readonly HistoryEntry[]> {
    if (history instanceof SegmentHistory) return history.print(positions, asker);
    const entries: HistoryEntry[] = [];
    for (const position of positions) {
      const write = await this.write(position);
      if (write === undefined) continue;
      const justBefore = { seq: seq(write.seq - 1) };
      const entry = await this.graphs.at(process, justBefore, ({ graph }) => history.entryIn(graph, write), asker);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  async write(position: WritePosition): Promise<RecordedWrite | undefined> {
    // One alone is not worth keeping all of them in memory.
    const isBySegments = (await this.graphs.segmented(position.process)) !== undefined;
    const writes = isBySegments ? this.#access.writes : this.writes;
    return (await writes.read(position.process, seq(position.seq - 1), { seq: position.seq }))[0];
  }

  #upToDate(process: ProcessId, asker: Asker): Promise<ScopeWrites> {
    const scopeWrites = this.#scopeWrites.get(process) ?? new ScopeWrites();
    this.#scopeWrites.set(process, scopeWrites);
    return this.#inTurn(asker, async () => {
      const writes = await this.writes.read(process, scopeWrites.last?.seq ?? seq(0), toTheEnd, asker);
      for (const write of writes) scopeWrites.add(write);
      return scopeWrites;
    });
  }

  /** One at a time, or what a live recording wrote meanwhile would be taken in twice. */
  #inTurn<Answer>({ signal }: Asker, work: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#turn.then(() => {
      throwIfCancelled(signal);
      return work();
    });
    this.#turn = answer.catch(() => undefined); // who asked hears of it
    return answer;
  }
}

const nameOf = (
  process: ProcessId,
  segmented: SegmentedProcess | undefined,
  scope: string,
  path: Path,
  limit: number,
): string => JSON.stringify([process, scope, formatPath(path), limit, segmented !== undefined, segmented?.epoch]);

function compareToPlace(position: WritePosition, place: Place): number {
  if (position.instant !== place.instant) return position.instant < place.instant ? -1 : 1;
  if (place.process === undefined || place.seq === undefined) return 0;
  return position.process - place.process || position.seq - place.seq;
}
