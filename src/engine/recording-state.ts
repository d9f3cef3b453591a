// What is kept in memory about one open recording's state: its writes, the graph last looked at, and which writes are
// to which scope.
import { type Instant, type ProcessId, type Seq, instant, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import { type Path, formatPath } from "../shared/trace/path.js";
import { GraphCache } from "./graph-cache.js";
import type { RecordingAccess } from "./recording-access.js";
import { type History, PathHistory } from "./replay/history.js";
import { ScopeWrites, type WritePosition, nearestWrite } from "./replay/scope-writes.js";
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

export class RecordingState {
  readonly writes: WriteReader;
  readonly graphs: GraphCache;
  readonly #scopeWrites = new Map<ProcessId, ScopeWrites>();
  #history: { readonly name: string; readonly history: PathHistory; last: Seq } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(access: RecordingAccess) {
    this.writes = new WriteLog(access.writes, () => access.generation());
    this.graphs = new GraphCache(this.writes);
  }

  async nearestWrite(processes: readonly ProcessId[], step: Step, from: Place): Promise<WritePosition | undefined> {
    const found: WritePosition[] = [];
    for (const process of processes) {
      const positions = (await this.#upToDate(process)).positions(step.scope);
      const nearest = nearestWrite(positions, step.direction, (position) => compareToPlace(position, from));
      if (nearest !== undefined) found.push(nearest);
    }
    found.sort((a, b) => compareToPlace(a, b));
    return step.direction === "next" ? found[0] : found.at(-1);
  }

  /** The writes that follow a position. Comparing lags behind by less than this, unless the program is stuck. */
  async writesSoonAfter(process: ProcessId, at: Instant): Promise<readonly RecordedWrite[]> {
    const last = await this.graphs.at(process, { instant: at }, (position) => position.last?.seq ?? seq(0));
    return this.writes.read(process, last, { instant: instant(at + lookAheadNs) });
  }

  /** The last one asked for is kept: while a recording grows, only its new writes are looked at. */
  history(process: ProcessId, scope: string, path: Path, limit: number): Promise<History> {
    return this.#inTurn(async () => {
      const name = JSON.stringify([process, scope, formatPath(path), limit]);
      if (this.#history?.name !== name)
        this.#history = { name, history: new PathHistory(scope, path, limit), last: seq(0) };
      const kept = this.#history;
      const writes = await this.writes.read(process, kept.last, toTheEnd);
      kept.history.extend(writes);
      kept.last = writes.at(-1)?.seq ?? kept.last;
      return kept.history;
    });
  }

  async write(position: WritePosition): Promise<RecordedWrite | undefined> {
    const [write] = await this.writes.read(position.process, seq(position.seq - 1), { seq: position.seq });
    return write;
  }

  #upToDate(process: ProcessId): Promise<ScopeWrites> {
    const scopeWrites = this.#scopeWrites.get(process) ?? new ScopeWrites();
    this.#scopeWrites.set(process, scopeWrites);
    return this.#inTurn(async () => {
      const writes = await this.writes.read(process, scopeWrites.last?.seq ?? seq(0), toTheEnd);
      for (const write of writes) scopeWrites.add(write);
      return scopeWrites;
    });
  }

  /** One at a time, or what a live recording wrote meanwhile would be taken in twice. */
  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#turn.then(work);
    this.#turn = answer.catch(() => undefined); // who asked hears of it
    return answer;
  }
}

function compareToPlace(position: WritePosition, place: Place): number {
  if (position.instant !== place.instant) return position.instant < place.instant ? -1 : 1;
  if (place.process === undefined || place.seq === undefined) return 0;
  return position.process - place.process || position.seq - place.seq;
}
