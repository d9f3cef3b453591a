// One process's state as its segments tell it, with the writes that no segment has yet: where a position is, and the graph
// there. Positions are counts of writes within a segment; the writes after the last segment are counted as one more.
import { type CallProgress, nobody } from "../shared/base/asker.js";
import { firstWhere } from "../shared/base/first-where.js";
import { MalformedBytes } from "../shared/protocol/bytes.js";
import { type ProcessId, instant, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import { NamedScopes } from "./named-scopes.js";
import { type SegmentReader, writesChangedAt } from "./recording-access.js";
import type { Writes } from "./replay/segments/block.js";
import { type BlobName, KeyframeChain } from "./replay/segments/keyframe-chain.js";
import { ListedWrites } from "./replay/segments/listed-writes.js";
import type { IndexView } from "./replay/segments/keyframe.js";
import { LoadedSegments } from "./replay/segments/loaded-segments.js";
import { type SegmentHead, SegmentHeads, isBase } from "./replay/segments/segment-heads.js";
import type { Places } from "./replay/segments/segment-write.js";
import { SegmentState } from "./replay/segments/segment-state.js";
import type { UpTo } from "./replay/state-at.js";
import { SegmentStates } from "./segment-states.js";
import type { LastChanges } from "./store/last-changes.js";

/** After the first `count` writes of a segment. */
export interface SegmentPosition {
  /** One more than that of the last: the writes after it. */
  readonly segment: number;
  readonly count: number;
}

export const theBeginning: SegmentPosition = { segment: 1, count: 0 };

/** What was read of the file after what is taken in. */
interface Fetched {
  readonly changes: LastChanges;
  readonly heads: readonly SegmentHead[];
  /** They are all that there are, in place of those that there were. */
  readonly isWhole: boolean;
  /** All writes that no segment has. */
  readonly open: readonly RecordedWrite[];
  /** Undefined where they are what they were. */
  readonly scopeNames: ReadonlyMap<number, string> | undefined;
}

/** About a second of them: who follows what comes, or scrubs near its end, comes again sooner. */
const mostCommitsAhead = 8;

const toTheEnd = { seq: seq(Number.MAX_SAFE_INTEGER) };

export class SegmentedProcess {
  readonly #process: ProcessId;
  readonly #segments: SegmentReader;
  readonly #writes: WriteReader;
  readonly #changes: () => LastChanges;
  /** What was read is of then. */
  #read: LastChanges | undefined;
  #reading: Promise<void> | undefined;
  /** Read, and not taken in yet. */
  #ahead: Fetched | undefined;
  #commitsAhead = 0;
  #heads = new SegmentHeads();
  #open = new ListedWrites();
  #hasFound = false;
  #scopeNames: ReadonlyMap<number, string> = new Map();
  readonly #namedScopes = new NamedScopes();
  #loaded: LoadedSegments;
  #epoch = 0;
  readonly #states = new SegmentStates();

  constructor(process: ProcessId, segments: SegmentReader, writes: WriteReader, changes: () => LastChanges) {
    this.#process = process;
    this.#segments = segments;
    this.#writes = writes;
    this.#changes = changes;
    this.#loaded = this.#loadedOf(this.#heads);
  }

  /** Who looks while segments are put aside goes on with those that there were. */
  #loadedOf(heads: SegmentHeads): LoadedSegments {
    const fetch = this.#segments.fetch((segment) => heads.get(segment));
    return new LoadedSegments(heads, fetch, (id) => this.#scopeName(id));
  }

  /** How many segments there are. With none, everything is better asked of the writes. */
  get count(): number {
    return this.#heads.length;
  }

  /** How far somebody is who looks into one segment after the other and has come to this one. */
  part(segment: number): CallProgress {
    return this.#partDone(segment - this.#heads.firstNumber);
  }

  partBackwards(segment: number): CallProgress {
    return this.#partDone(this.#heads.openNumber - segment);
  }

  #partDone(done: number): CallProgress {
    const total = Math.max(1, this.#heads.openNumber - this.#heads.firstNumber + 1);
    return { done: Math.max(0, Math.min(done, total)), total, unit: "segments" };
  }

  /** Changes when segments are not those any more that they were: some were evicted. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Others when some were evicted. */
  get heads(): SegmentHeads {
    return this.#heads;
  }

  /** Of the writes that no segment has. */
  get openNumber(): number {
    return this.#heads.openNumber;
  }

  /** Whether it stands for segments that were evicted. */
  isBase(segment: number): boolean {
    return this.baseAt(segment) !== undefined;
  }

  baseAt(segment: number): SegmentHead | undefined {
    const head = this.#heads.get(segment);
    return head !== undefined && isBase(head) ? head : undefined;
  }

  /** Whether all that was committed is taken in. */
  get isFresh(): boolean {
    return this.generation === writesChangedAt(this.#changes());
  }

  /** Whether any write was found by comparing. */
  get hasFound(): boolean {
    return this.#hasFound;
  }

  /** Changes when more is taken in. */
  get generation(): number {
    return this.#read === undefined ? Number.NaN : writesChangedAt(this.#read);
  }

  /** Takes in what was committed since. Called before anything else, and never while somebody looks. */
  async refresh(): Promise<void> {
    while (this.#reading !== undefined) await this.#reading;
    if (this.isFresh) return;
    this.#reading = this.#readOn(this.#changes()).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /** The same for who looks at one position: what is settled is not asked for again. */
  async refreshFor(upTo: UpTo): Promise<void> {
    if (!this.isSettled(upTo)) await this.refresh();
  }

  /** Whether a position lies within segments that are known and were not removed: whatever else comes is behind them. */
  isSettled(upTo: UpTo): boolean {
    if (this.#read === undefined || this.#read.removed !== this.#changes().removed) return false;
    const { last, length } = this.#heads;
    if (last === undefined) return false;
    return "seq" in upTo ? upTo.seq < last.lastSeq : upTo.instant < this.#heads.latestAt(length - 1);
  }

  /** Whether all writes that were found by comparing are taken in. */
  get hasAllFound(): boolean {
    const { found, removed } = this.#changes();
    return this.#read?.found === found && this.#read.removed === removed;
  }

  /**
   * Reads what was committed since, and lets it wait for the next `refresh`: nothing changes for who looks meanwhile. Only while
   * somebody follows what comes: so many commits after a `refresh` that had something to take in.
   */
  async readAhead(): Promise<void> {
    if (this.#commitsAhead === 0 || this.#reading !== undefined || this.#isReadUpTo(this.#changes())) return;
    this.#commitsAhead--;
    const reading = this.#fetchSince(this.#changes()).then((fetched) => {
      this.#ahead = fetched;
    });
    // Who looks reads it again, and hears of what is wrong.
    this.#reading = reading
      .catch(() => undefined)
      .finally(() => {
        this.#reading = undefined;
      });
    await this.#reading;
  }

  #isReadUpTo(changes: LastChanges): boolean {
    const read = this.#ahead?.changes ?? this.#read;
    return read !== undefined && writesChangedAt(read) === writesChangedAt(changes);
  }

  async #readOn(changes: LastChanges): Promise<void> {
    const ahead = this.#isReadUpTo(changes) ? this.#ahead : undefined;
    const { heads, isWhole, open, scopeNames } = ahead ?? (await this.#fetchSince(changes));
    // All at once from here: others may look meanwhile.
    this.#ahead = undefined;
    this.#commitsAhead = mostCommitsAhead;
    if (scopeNames !== undefined) this.#scopeNames = scopeNames;
    if (isWhole) {
      this.#heads = new SegmentHeads();
      this.#loaded = this.#loadedOf(this.#heads);
      this.#states.clear();
      this.#epoch++;
    }
    const hasNew = isWhole || heads.length > 0;
    if (hasNew) {
      this.#states.delete(this.#heads.openNumber);
      this.#open = new ListedWrites();
    }
    for (const head of heads) this.#heads.push(head);
    const added = open.slice(this.#open.count);
    for (const write of added) this.#open.add(write);
    this.#hasFound ||= [...heads, ...added].some(mayBeFound);
    this.#read = changes;
  }

  /** Beside what is taken in, and what waits to be. */
  async #fetchSince(changes: LastChanges): Promise<Fetched> {
    const ahead = this.#ahead?.changes.removed === changes.removed ? this.#ahead : undefined;
    const isStill = ahead?.changes.segments === changes.segments;
    const { heads, isWhole } = isStill ? ahead : await this.#newHeads(changes);
    const hasNew = isWhole || heads.length > 0;
    const last = heads.at(-1) ?? (isWhole ? undefined : this.#heads.last);
    // What a new segment does not have of them is open as before.
    const before = isWhole && !isStill ? [] : (ahead?.open ?? this.#open.after(0));
    const still = hasNew ? before.filter(({ seq: number }) => number > (last?.lastSeq ?? 0)) : before;
    const known = still.at(-1)?.seq ?? last?.lastSeq ?? 0;
    const isRead = !isWhole && this.count > 0 && (ahead?.changes ?? this.#read)?.writes === changes.writes;
    const read = last === undefined || isRead ? [] : await this.#writes.read(this.#process, seq(known), toTheEnd);
    const namesIfNew = async (): Promise<ReadonlyMap<number, string> | undefined> =>
      hasNew || this.#read?.scopes !== changes.scopes ? this.#segments.scopeNames(this.#process) : undefined;
    const scopeNames = isStill && ahead.changes.scopes === changes.scopes ? ahead.scopeNames : await namesIfNew();
    return { changes, heads, isWhole, open: [...still, ...read], scopeNames };
  }

  /** Those that came, or all of them. */
  async #newHeads(changes: LastChanges): Promise<Pick<Fetched, "heads" | "isWhole">> {
    const before = this.#read;
    const isStill = before?.removed === changes.removed;
    if (isStill && before.segments === changes.segments) return { heads: [], isWhole: false };
    const more = isStill
      ? await this.#segments.headsSince(this.#process, this.#heads.all)
      : await this.#segments.heads(this.#process, this.#heads.all);
    if (more !== undefined) return { heads: more, isWhole: false };
    return { heads: (await this.#segments.heads(this.#process, [])) ?? [], isWhole: true };
  }

  /** What stands for a scope of this name in segments. */
  scopeIds(scope: string | undefined): ReadonlySet<number> {
    return new Set([...this.#scopeNames].filter(([, name]) => name === scope).map(([id]) => id));
  }

  #scopeName(id: number): string {
    return this.#scopeNames.get(id) ?? "";
  }

  /** Runs `look` until all it needs is there: see `LoadedSegments.look`. */
  look<Answer>(
    look: () => Answer,
    ahead: readonly BlobName[] = [],
    asker = nobody,
    epoch = this.#epoch,
  ): Promise<Answer> {
    const lookIfStill = (): Answer => {
      this.mustBeOf(epoch);
      return look();
    };
    return this.#loaded.look(lookIfStill, ahead, asker);
  }

  /** Whoever began to answer before segments were evicted begins anew: what is damaged while it is recorded is asked again. */
  mustBeOf(epoch: number): void {
    if (epoch !== this.#epoch) throw new MalformedBytes("segments were evicted meanwhile");
  }

  writesOf(segment: number): Writes {
    if (segment >= this.#heads.openNumber) return this.#open;
    return this.isBase(segment) ? noWrites : this.#loaded.block(segment);
  }

  /** What is said of a segment's writes without them; of none that is a base or not a segment yet. */
  indexOf(segment: number): IndexView {
    return this.#loaded.index(segment);
  }

  /** What has to be fetched of its writes. */
  blockOf(segment: number): BlobName[] {
    return segment >= this.#heads.openNumber || this.isBase(segment) ? [] : [{ kind: "block", segment }];
  }

  /** The segment at whose end a segment's writes begin; a base has none, and is what it stands for itself. */
  #beforeOf(segment: number): number {
    return this.isBase(segment) ? segment : this.#heads.previous(segment);
  }

  /** With all that is known of a write. */
  recordedAt(segment: number, at: number, places: Places): RecordedWrite {
    if (segment >= this.#heads.openNumber) return this.#open.at(at);
    const block = this.#loaded.block(segment);
    const { location, span } = block.placeAt(at);
    return {
      process: this.#process,
      ...positionOf(block, at),
      certainty: block.certaintyAt(at),
      operation: block.operationAt(at),
      location: places.location(location),
      span: places.span(span),
    };
  }

  /** What a graph in this segment needs at any rate. */
  needs(segment: number): BlobName[] {
    const names = this.blockOf(segment);
    for (let before = this.#beforeOf(segment); before > 0; before = this.#heads.parentOf(before))
      names.push({ kind: "keyframe", segment: before });
    return names;
  }

  state(segment: number): SegmentState {
    return this.#states.of(segment, () => {
      const before = new KeyframeChain(this.#beforeOf(segment), this.#loaded);
      return new SegmentState(before, this.writesOf(segment), (byId) => this.#namedScopes.of(byId, this.#scopeNames));
    });
  }

  /** As at the end of a segment, with no writes after it. */
  stateAtEnd(segment: number): SegmentState {
    return new SegmentState(new KeyframeChain(segment, this.#loaded), noWrites, (byId) =>
      this.#namedScopes.of(byId, this.#scopeNames),
    );
  }

  /** After the last write that counts, as folding from the first on would find it. */
  async locate(upTo: UpTo, asker = nobody): Promise<SegmentPosition> {
    /** Folding ends at the first write that is later, whatever the clock says of those behind it. */
    const isAfter = (writes: Writes, at: number): boolean =>
      "seq" in upTo ? writes.seqAt(at) > upTo.seq : writes.latestAt(at) > upTo.instant;
    // The first segment with a write that does not count any more.
    const heads = this.#heads;
    const place = firstWhere(heads.length, (at) =>
      "seq" in upTo ? (heads.at(at)?.lastSeq ?? 0) > upTo.seq : heads.latestAt(at) > upTo.instant,
    );
    const head = heads.at(place);
    const segment = head?.number ?? heads.openNumber;
    const countIn = async (): Promise<number> =>
      this.look(
        () => {
          const writes = this.writesOf(segment);
          return firstWhere(writes.count, (at) => isAfter(writes, at));
        },
        this.needs(segment),
        asker,
      );
    const isNoneOfIt =
      head === undefined
        ? this.#open.count === 0 || isAfter(this.#open, 0)
        : "seq" in upTo
          ? head.firstSeq > upTo.seq
          : head.firstInstant > upTo.instant;
    if (!isNoneOfIt) return { segment, count: await countIn() };
    const before = heads.at(place - 1);
    return before === undefined ? theBeginning : { segment: before.number, count: before.writes };
  }
}

const noWrites: Writes = new ListedWrites();

const mayBeFound = (some: SegmentHead | RecordedWrite): boolean =>
  "certainty" in some ? some.certainty.kind === "between" : some.foundAfter !== undefined;

export const positionOf = (writes: Writes, at: number): Pick<RecordedWrite, "seq" | "instant"> => ({
  seq: seq(writes.seqAt(at)),
  instant: instant(writes.instantAt(at)),
});
