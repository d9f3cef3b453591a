// What is kept in memory about one open recording's state: its writes, the graph last looked at, and which writes are
// to which scope.
import { type Instant, type ProcessId, type Seq, instant, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import { GraphCache } from "./graph-cache.js";
import type { RecordingAccess } from "./recording-access.js";
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

const lookAheadNs = 10_000_000_000n;

export class RecordingState {
  readonly writes: WriteReader;
  readonly graphs: GraphCache;
  readonly #scopeWrites = new Map<ProcessId, ScopeWrites>();
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

  async write(position: WritePosition): Promise<RecordedWrite | undefined> {
    const [write] = await this.writes.read(position.process, seq(position.seq - 1), { seq: position.seq });
    return write;
  }

  /** Takes in what a live recording wrote since; one at a time, or a write would be taken in twice. */
  #upToDate(process: ProcessId): Promise<ScopeWrites> {
    const scopeWrites = this.#scopeWrites.get(process) ?? new ScopeWrites();
    this.#scopeWrites.set(process, scopeWrites);
    const turn = this.#turn.then(async () => {
      const after = scopeWrites.last?.seq ?? seq(0);
      const writes = await this.writes.read(process, after, { seq: seq(Number.MAX_SAFE_INTEGER) });
      for (const write of writes) scopeWrites.add(write);
      return scopeWrites;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function compareToPlace(position: WritePosition, place: Place): number {
  if (position.instant !== place.instant) return position.instant < place.instant ? -1 : 1;
  if (place.process === undefined || place.seq === undefined) return 0;
  return position.process - place.process || position.seq - place.seq;
}
