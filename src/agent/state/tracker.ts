// The identity log: every object reachable from a tracked value has an id and a shadow of what was last recorded of it.
// Changes are told by write sites as they happen (writes.ts) or found by looking (`boundary`), and become WriteOperations.
// Invariant: what an operation names was recorded before it, or is waiting to be: until then the recording says that it is not
// captured (first-look.ts). Nothing here takes longer in one go than a look may, however large the state is.
import type { WriteOperation } from "../../shared/trace/write.js";
import type { RecordSink } from "../record-sink.js";
import { changesOf } from "./changes.js";
import type { Encoder } from "./contents.js";
import { FirstLook } from "./first-look.js";
import type { Followed, LocationOf, StateLimits } from "./followed.js";
import { FollowedObjectSet } from "./objects.js";
import { Renewal } from "./renewal.js";
import { Roots } from "./roots.js";
import { Round } from "./round.js";
import { isLong } from "./shadow.js";
import { WriteNotes } from "./writes.js";

export class IdentityLog {
  /** Whether anything is tracked: the one thing write sites check first. */
  isActive = false;
  /** Of all that was done in one go since somebody set it to zero, what took longest, milliseconds. */
  longestMs = 0;
  /** How often something was done in one go, and for how long altogether. */
  slices = 0;
  sliceMs = 0;

  readonly #sink: RecordSink;
  readonly #limits: StateLimits;
  readonly #objects: FollowedObjectSet;
  readonly #firstLook: FirstLook;
  readonly #renewal: Renewal;
  readonly #round: Round;
  readonly #roots = new Roots();
  #location = 0;
  #nextReadMs = 0;
  #nextLookMs = 0;
  /** Of the program's time. */
  #lookShare: number;
  /** Changes that were found by looking. */
  #found = 0;
  #slotsSaved: number;
  /** In a slice, when it is over. */
  #untilMs: number | undefined;
  /** In a slice, how much of what is found to be new is read in any case. */
  #slotsAtOnce = 0;
  #isReadingNext = true;
  #leftAtEnd = 0;
  /** Which somebody else counted. */
  #leftOut = 0;

  constructor(sink: RecordSink, limits: StateLimits, placeholderFor: (name: string) => string | undefined) {
    this.#sink = sink;
    this.#limits = limits;
    this.#slotsSaved = limits.slotsSaved;
    this.#lookShare = limits.lookShare;
    this.#renewal = new Renewal(sink);
    const objects = new FollowedObjectSet({
      clockMs: () => sink.clockMs(),
      limits,
      placeholderFor,
      onAdopted: (object, entry) => this.#firstLook.add(object, entry),
      onReached: (object, entry) => this.#round.add(object, entry),
    });
    const location = (): number => this.#location;
    const found = (entry: Followed, operation: WriteOperation): void => {
      this.#found++;
      this.recordFound(entry, operation);
    };
    this.#objects = objects;
    this.#firstLook = new FirstLook({ sink, limits, objects, location, found });
    this.#round = new Round({
      objects,
      firstLook: this.#firstLook,
      renewal: this.#renewal,
      clockMs: () => sink.clockMs(),
      changesOf: (entry, object) => this.#changes(entry, object),
      record: (operation, afterMs) => {
        this.#found++;
        this.#record(operation, afterMs);
      },
      roots: () => this.#roots.objects(),
      scopes: () => this.#roots.names(),
      renewScope: (name, sinceMs) => this.#renewScope(name, sinceMs),
    });
  }

  get followedCount(): number {
    return this.#objects.count;
  }

  /** What is not captured although it is there: more objects than are followed, and those that were not read at the end. */
  get leftOut(): number {
    return this.#objects.refused + this.#leftAtEnd + this.#leftOut;
  }

  /** Objects that were not read yet, or not to their end. */
  get unread(): number {
    return this.#firstLook.waiting;
  }

  /** How long the program has to itself before the next slice of what is to be read. */
  get pauseMs(): number {
    return this.#limits.lookMs * (1 / this.#limits.readShare - 1);
  }

  track(name: string, value: unknown, location = 0): void {
    if (!this.#roots.set(name, value)) return;
    this.isActive = true;
    this.#location = location;
    this.#record({ kind: "scope", scope: name, value: this.encoder.slot(value, name) }, Number.NaN);
    this.#location = 0;
  }

  leaveOut(): void {
    this.#leftOut++;
  }

  followed(object: unknown): Followed | undefined {
    if (typeof object !== "object" || object === null) return undefined;
    const entry = this.#objects.of(object);
    return entry?.shadow?.kind === "unread" ? undefined : entry;
  }

  waiting(object: unknown): Followed | undefined {
    if (typeof object !== "object" || object === null) return undefined;
    const entry = this.#objects.of(object);
    return entry?.shadow?.kind === "unread" ? entry : undefined;
  }

  stop(): void {
    this.isActive = false;
    this.#roots.clear();
    this.#firstLook.clear();
    this.#round.finish();
    this.#round.finish();
  }

  writeNotes(locationOf: LocationOf): WriteNotes {
    return new WriteNotes(this, locationOf);
  }

  get encoder(): Encoder {
    return this.#objects.encoder;
  }

  get limits(): StateLimits {
    return this.#limits;
  }

  recordExact(operation: WriteOperation, location: number): void {
    this.#location = location;
    this.#record(operation, Number.NaN);
    this.#location = 0;
  }

  recordFound(entry: Followed, operation: WriteOperation): void {
    this.#record(operation, entry.lookedMs);
  }

  lookNow(entry: Followed, object: object): boolean {
    if (entry.walk !== undefined || isLong(entry.shadow, object)) return false;
    const nowMs = this.#sink.clockMs();
    const operations = this.#changes(entry, object);
    if (operations === undefined) return false;
    for (let at = 0; at < operations.length; at++) {
      const operation = operations[at];
      if (operation !== undefined) this.recordFound(entry, operation);
    }
    entry.lookedMs = nowMs;
    return true;
  }

  readAnew(entry: Followed, object: object): void {
    this.#firstLook.begin(entry, object, entry.lookedMs);
    this.#readFresh();
  }

  affords(slots: number): boolean {
    const saved = Math.min(this.#slotsSaved + this.#limits.slotsPerWrite, this.#limits.slotsSaved);
    const isEnough = slots <= saved;
    this.#slotsSaved = isEnough ? saved - slots : saved;
    return isEnough;
  }

  compareAtWrite(entry: Followed, object: object, location: () => number): void {
    if (entry.shadow === undefined) return;
    const isInOneGo = entry.walk === undefined && !isLong(entry.shadow, object);
    const operations = isInOneGo ? this.#changes(entry, object) : undefined;
    if (operations?.length === 0) return;
    this.#location = location();
    if (operations === undefined) {
      this.#firstLook.begin(entry, object, Number.NaN);
      this.#readFresh();
    } else
      for (let n = 0; n < operations.length; n++) {
        const operation = operations[n];
        if (operation !== undefined) this.#record(operation, Number.NaN);
      }
    this.#location = 0;
  }

  /** Reads some of what is waiting to be read, or looks at some of what is tracked for changes nothing told about. */
  boundary(nowMs?: number): void {
    if (!this.isActive) return;
    const startMs = nowMs ?? this.#sink.clockMs();
    const isToRead = this.#firstLook.waiting > 0 && startMs >= this.#nextReadMs && this.#sink.hasPlenty;
    const isToLook = startMs >= this.#nextLookMs;
    if (!isToRead && !isToLook) return;
    this.#renewal.note(startMs);
    this.#untilMs = startMs + this.#limits.lookMs;
    this.#slotsAtOnce = this.#limits.slotsAtOnce;
    // By turns: a program that goes on bringing in more is looked at, too.
    const isReading = isToRead && (this.#isReadingNext || !isToLook);
    this.#isReadingNext = !isReading;
    const foundBefore = this.#found;
    try {
      if (isReading) this.#firstLook.readWaiting(this.#untilMs);
      else this.#round.look(this.#limits.slotsPerLook, () => this.#sink.clockMs() < (this.#untilMs ?? 0));
    } finally {
      this.#untilMs = undefined;
    }
    const tookMs = this.#took(startMs);
    if (isReading) this.#nextReadMs = startMs + tookMs / this.#limits.readShare;
    else this.#nextLookMs = startMs + tookMs / this.#shareAfter(this.#found > foundBefore);
  }

  /** Where write sites tell of everything, looking finds nothing, and takes little. */
  #shareAfter(hasFound: boolean): number {
    const { lookShare, leastLookShare } = this.#limits;
    if (hasFound) this.#lookShare = Math.min(lookShare, this.#lookShare * 4);
    else if (!this.#round.isUnderWay) this.#lookShare = Math.max(leastLookShare, this.#lookShare / 2);
    return this.#lookShare;
  }

  /** Looks at everything tracked, whatever it costs: for the end of the program and of a recording. */
  lookAtEverything(): void {
    if (!this.isActive) return;
    const nowMs = this.#sink.clockMs();
    this.#renewal.note(nowMs);
    this.#untilMs = nowMs + this.#limits.atEndMs;
    this.#firstLook.readAll(this.#untilMs);
    this.#untilMs = undefined;
    if (this.#round.isUnderWay) this.#round.finish();
    this.#round.finish();
    this.#leftAtEnd = this.#firstLook.waiting;
  }

  #took(startMs: number): number {
    const tookMs = this.#sink.clockMs() - startMs;
    this.slices++;
    this.sliceMs += tookMs;
    if (tookMs > this.longestMs) this.longestMs = tookMs;
    return tookMs;
  }

  #renewScope(name: string, sinceMs: number): void {
    const root = this.#roots.find(name);
    if (root === undefined) return;
    this.#record({ kind: "scope", scope: name, value: this.encoder.slot(root.value, name) }, sinceMs);
  }

  #changes(entry: Followed, object: object): WriteOperation[] | undefined {
    if (entry.shadow === undefined) return [];
    const subject = { id: entry.id, className: entry.className, privates: entry.privates, shadow: entry.shadow };
    const operations = changesOf(subject, object, this.#limits, this.encoder);
    entry.shadow = subject.shadow;
    return operations;
  }

  #record(operation: WriteOperation, afterMs: number): void {
    this.#readFresh();
    this.#sink.write(operation, this.#location, afterMs);
  }

  #readFresh(): void {
    if (!this.#firstLook.hasFresh) return;
    if (this.#untilMs !== undefined) {
      this.#slotsAtOnce = this.#firstLook.readFresh(this.#slotsAtOnce, this.#untilMs);
      return;
    }
    const startMs = this.#sink.clockMs();
    this.#firstLook.readFresh(this.#limits.slotsAtOnce, startMs + this.#limits.lookMs);
    this.#took(startMs);
  }
}
