// The identity log: every object reachable from a tracked value has an id and a shadow of what was last recorded of it.
// Changes are told by write sites as they happen (writes.ts) or found by looking (`boundary`), and become WriteOperations.
// Invariant: an operation never names an object whose contents were not recorded before it.
// The look goes round the graph breadth first in rounds. An object no round reaches is forgotten: it keeps its id, loses
// its shadow, and is adopted anew should it come back. Whatever a new reference names counts as reached by the round.
import { type CapturedValue, objectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { RecordSink } from "../record-sink.js";
import { type Encoder, changesOf, contentsOf } from "./changes.js";
import { OwnMap, OwnWeakMap, isSame } from "./intrinsics.js";
import { Renewal } from "./renewal.js";
import { describe, familyOf, isProxy, kindOf } from "./nature.js";
import type { Followed, LocationOf, StateLimits } from "./followed.js";
import { WriteNotes } from "./writes.js";
import { type Shadow, type Slot, accessor, hole, shadowOf, tooLarge } from "./shadow.js";

interface Root {
  readonly object: WeakRef<object> | undefined;
  readonly primitive: unknown;
}

/** Objects recorded between two looks at the clock. */
const contentsPerClock = 32;

export class IdentityLog {
  /** Whether anything is tracked: the one thing write sites check first. */
  isActive = false;

  readonly #sink: RecordSink;
  readonly #limits: StateLimits;
  readonly #placeholderFor: (name: string) => string | undefined;
  readonly #followed = new OwnWeakMap<object, Followed>();
  readonly #roots = new OwnMap<string, Root>();
  readonly #encoder: Encoder = {
    slot: (slot, key) => this.#encoded(slot, key),
    member: (member) => this.#encodedMember(member),
  };
  #nextId = 1;
  /** Objects with a shadow, for forgetting; may briefly hold some that were forgotten. */
  #all: Followed[] = [];
  #adopted: object[] = [];
  #isRecordingAdopted = false;
  #adoptUntilMs = 0;
  #leftOut = 0;
  #round = 0;
  #toVisit: object[] = [];
  #visited = 0;
  #nextLookMs = 0;
  #location = 0;
  #slotsSaved: number;
  readonly #renewal: Renewal;

  constructor(sink: RecordSink, limits: StateLimits, placeholderFor: (name: string) => string | undefined) {
    this.#sink = sink;
    this.#renewal = new Renewal(sink);
    this.#limits = limits;
    this.#slotsSaved = limits.slotsSaved;
    this.#placeholderFor = placeholderFor;
  }

  get followedCount(): number {
    return this.#all.length;
  }

  /** References to objects that there was no time to read. */
  get leftOut(): number {
    return this.#leftOut;
  }

  track(name: string, value: unknown): void {
    const root = this.#roots.get(name);
    const isObject = typeof value === "object" && value !== null;
    if (root !== undefined && isSame(root.object === undefined ? root.primitive : root.object.deref(), value)) return;
    this.#roots.set(
      name,
      isObject ? { object: new WeakRef(value), primitive: undefined } : { object: undefined, primitive: value },
    );
    this.isActive = true;
    this.#location = 0;
    this.#record({ kind: "scope", scope: name, value: this.#encoded(value, name) }, Number.NaN);
  }

  /** The object's entry when it is part of tracked state now. */
  followed(object: unknown): Followed | undefined {
    if (typeof object !== "object" || object === null) return undefined;
    const entry = this.#followed.get(object);
    return entry?.shadow === undefined ? undefined : entry;
  }

  stop(): void {
    this.isActive = false;
    this.#roots.clear();
    this.#startRound();
    this.#endRound();
  }

  writeNotes(locationOf: LocationOf): WriteNotes {
    return new WriteNotes(this, locationOf);
  }

  get encoder(): Encoder {
    return this.#encoder;
  }

  get limits(): StateLimits {
    return this.#limits;
  }

  /** Records an operation seen as it happened. */
  recordExact(operation: WriteOperation, location: number): void {
    this.#location = location;
    this.#record(operation, Number.NaN);
    this.#location = 0;
  }

  /** Records a change that was made some time since the last look at the object, nobody knows where. */
  recordFound(entry: Followed, operation: WriteOperation): void {
    this.#record(operation, entry.lookedMs);
  }

  /** Compares the whole object now, for changes that nothing told about. */
  lookNow(entry: Followed, object: object): void {
    if (entry.shadow === undefined) return;
    const nowMs = this.#sink.clockMs();
    const operations = this.#changes(entry, entry.shadow, object);
    for (let at = 0; at < operations.length; at++) {
      const operation = operations[at];
      if (operation !== undefined) this.recordFound(entry, operation);
    }
    entry.lookedMs = nowMs;
  }

  /** Whether a comparison of so many slots that no operation of the program pays for may be made now. */
  affords(slots: number): boolean {
    const saved = Math.min(this.#slotsSaved + this.#limits.slotsPerWrite, this.#limits.slotsSaved);
    const isEnough = slots <= saved;
    this.#slotsSaved = isEnough ? saved - slots : saved;
    return isEnough;
  }

  /** Compares the whole object now, as part of a write that was seen; asks where only if something changed. */
  compareAtWrite(entry: Followed, object: object, location: () => number): void {
    if (entry.shadow === undefined) return;
    const operations = this.#changes(entry, entry.shadow, object);
    if (operations.length === 0) return;
    const at = location();
    for (let n = 0; n < operations.length; n++) {
      const operation = operations[n];
      if (operation !== undefined) this.recordExact(operation, at);
    }
  }

  /** Looks at some of what is tracked for changes nothing told about. */
  boundary(): void {
    if (!this.isActive) return;
    const startMs = this.#sink.clockMs();
    if (startMs < this.#nextLookMs) return;
    this.#renewal.note(startMs);
    this.#look(startMs, this.#limits.slotsPerLook, startMs + this.#limits.lookMs);
    const endMs = this.#sink.clockMs();
    this.#nextLookMs = endMs + (endMs - startMs) * (1 / this.#limits.lookShare - 1);
  }

  /** Looks at everything tracked, whatever it costs: for the end of the program and of a recording. */
  lookAtEverything(): void {
    if (!this.isActive) return;
    const nowMs = this.#sink.clockMs();
    this.#renewal.note(nowMs);
    if (this.#visited < this.#toVisit.length) this.#look(nowMs, Number.POSITIVE_INFINITY);
    this.#look(nowMs, Number.POSITIVE_INFINITY);
  }

  #look(nowMs: number, slots: number, untilMs = Number.POSITIVE_INFINITY): void {
    if (this.#visited >= this.#toVisit.length) this.#startRound();
    let left = slots;
    let isInTime = true;
    while (this.#visited < this.#toVisit.length && left > 0 && isInTime) {
      const object = this.#toVisit[this.#visited++];
      const entry = object === undefined ? undefined : this.#followed.get(object);
      if (object !== undefined && entry?.shadow !== undefined) left -= this.#lookAt(entry, entry.shadow, object, nowMs);
      isInTime = untilMs === Number.POSITIVE_INFINITY || this.#sink.clockMs() < untilMs;
    }
    if (this.#visited >= this.#toVisit.length) this.#endRound();
  }

  #startRound(): void {
    this.#round++;
    this.#renewal.beginRound();
    this.#toVisit = [];
    this.#visited = 0;
    this.#roots.forEach((root) => {
      const object = root.object?.deref();
      if (object !== undefined) this.#reach(object);
    });
  }

  #endRound(): void {
    this.#toVisit = [];
    this.#visited = 0;
    const kept: Followed[] = [];
    for (let at = 0; at < this.#all.length; at++) {
      const entry = this.#all[at];
      if (entry === undefined) continue;
      if (entry.round === this.#round) kept[kept.length] = entry;
      else entry.shadow = undefined;
    }
    this.#all = kept;
    if (this.#renewal.sinceMs === undefined) return;
    const sinceMs = this.#renewal.sinceMs;
    this.#renewal.endRound();
    this.#roots.forEach((root, name) => {
      const value = root.object === undefined ? root.primitive : root.object.deref();
      if (root.object === undefined || value !== undefined)
        this.#record({ kind: "scope", scope: name, value: this.#encoded(value, name) }, sinceMs);
    });
  }

  /** Returns how many slots it had to compare. */
  #lookAt(entry: Followed, shadow: Shadow, object: object, nowMs: number): number {
    const afterMs = entry.lookedMs;
    const operations = this.#changes(entry, shadow, object);
    entry.lookedMs = nowMs;
    if (this.#renewal.sinceMs !== undefined && entry.shadow !== undefined) {
      const { id, className, privates, shadow: current } = entry;
      const contents = contentsOf({ id, className, privates, shadow: current }, this.#encoder);
      this.#record({ kind: "contents", target: id, contents }, this.#renewal.sinceMs);
    } else
      for (let at = 0; at < operations.length; at++) {
        const operation = operations[at];
        if (operation !== undefined) this.#record(operation, afterMs);
      }
    entry.privates?.forEach((slot) => this.#reach(slot));
    return this.#reachChildren(entry.shadow);
  }

  #changes(entry: Followed, shadow: Shadow, object: object): WriteOperation[] {
    const subject = { id: entry.id, className: entry.className, privates: entry.privates, shadow };
    const operations = changesOf(subject, object, this.#limits, this.#encoder);
    entry.shadow = subject.shadow;
    return operations;
  }

  #reachChildren(shadow: Shadow | undefined): number {
    switch (shadow?.kind) {
      case "object":
      case "error":
        shadow.entries.forEach((slot) => this.#reach(slot));
        return 1 + shadow.entries.size;
      case "array":
        for (let at = 0; at < shadow.elements.length; at++) this.#reach(shadow.elements[at]);
        shadow.entries.forEach((slot) => this.#reach(slot));
        return 1 + shadow.elements.length;
      case "map":
        shadow.pairs.forEach((value, key) => {
          this.#reach(key);
          this.#reach(value);
        });
        return 1 + shadow.pairs.size;
      case "set":
        shadow.members.forEach((member) => this.#reach(member));
        return 1 + shadow.members.size;
      default:
        return 1;
    }
  }

  #reach(slot: Slot): void {
    if (slot === null || (typeof slot !== "object" && typeof slot !== "function")) return;
    const object: object = slot;
    const entry = this.#followed.get(object);
    if (entry?.shadow !== undefined && entry.round !== this.#round) this.#visitLater(object, entry);
  }

  #visitLater(object: object, entry: Followed): void {
    entry.round = this.#round;
    this.#toVisit[this.#toVisit.length] = object;
  }

  #record(operation: WriteOperation, afterMs: number): void {
    this.#recordAdopted();
    this.#sink.write(operation, this.#location, afterMs);
  }

  #recordAdopted(): void {
    if (this.#adopted.length === 0) return;
    this.#isRecordingAdopted = true;
    try {
      this.#recordContents();
    } finally {
      this.#isRecordingAdopted = false;
    }
  }

  /** What there is no time for is said to be too large; a later look takes it in. */
  #recordContents(): void {
    const untilMs = this.#adoptUntilMs + this.#limits.captureMs;
    let recorded = 0;
    let isLate = false;
    while (this.#adopted.length > 0) {
      const batch = this.#adopted;
      this.#adopted = [];
      for (let at = 0; at < batch.length; at++) {
        const object = batch[at];
        const entry = object === undefined ? undefined : this.#followed.get(object);
        if (entry?.shadow === undefined) continue;
        isLate ||= ++recorded % contentsPerClock === 0 && this.#sink.clockMs() > untilMs;
        if (isLate) {
          entry.shadow = tooLarge;
          this.#leftOut++;
        }
        const { id, className, privates, shadow } = entry;
        const contents = contentsOf({ id, className, privates, shadow }, this.#encoder);
        this.#sink.write({ kind: "contents", target: entry.id, contents }, this.#location, Number.NaN);
      }
    }
  }

  #encoded(slot: Slot, key: string): CapturedValue {
    switch (typeof slot) {
      case "string":
        return slot.length <= this.#limits.stringLength
          ? { kind: "primitive", value: slot }
          : { kind: "cut", start: slot.slice(0, this.#limits.stringLength), length: slot.length };
      case "number":
      case "boolean":
      case "bigint":
      case "undefined":
        return { kind: "primitive", value: slot };
      case "symbol":
        if (slot === hole) return { kind: "hole" };
        if (slot === accessor) return { kind: "unavailable", because: "getter", what: `get ${key}()` };
        return { kind: "symbol", description: slot.description ?? "" };
      case "function":
        return { kind: "unavailable", because: isProxy(slot) ? "proxy" : "opaque", what: describe(slot) };
      default: {
        if (typeof slot !== "object" || slot === null) return { kind: "primitive", value: null };
        const placeholder = key === "" ? undefined : this.#placeholderFor(key);
        return placeholder === undefined ? this.#encodedObject(slot) : { kind: "primitive", value: placeholder };
      }
    }
  }

  #encodedObject(object: object): CapturedValue {
    const entry = this.#followed.get(object);
    if (entry?.shadow !== undefined) {
      if (entry.round !== this.#round) this.#visitLater(object, entry);
      return { kind: "object", id: entry.id };
    }
    if (isProxy(object)) return { kind: "unavailable", because: "proxy", what: "Proxy" };
    if (kindOf(object) === "opaque") return { kind: "unavailable", because: "opaque", what: describe(object) };
    return this.#adopt(object, entry);
  }

  #encodedMember(member: unknown): CapturedValue {
    const isObject = typeof member === "function" || (typeof member === "object" && member !== null);
    if (!isObject || isProxy(member)) return this.#encoded(member, "");
    const entry = this.#followed.get(member);
    return entry?.shadow === undefined ? this.#adopt(member, entry) : this.#encodedObject(member);
  }

  #adopt(object: object, before: Followed | undefined): CapturedValue {
    if (this.#all.length >= this.#limits.objects)
      return { kind: "unavailable", because: "too-large", what: describe(object) };
    const lookedMs = this.#sink.clockMs();
    const isFirst = this.#adopted.length === 0 && !this.#isRecordingAdopted;
    if (isFirst) this.#adoptUntilMs = lookedMs + this.#limits.captureMs;
    else if (lookedMs > this.#adoptUntilMs) {
      this.#leftOut++;
      return { kind: "unavailable", because: "too-large", what: describe(object) };
    }
    const shadow = shadowOf(object, this.#limits);
    if (shadow.kind === "opaque" && shadow.tooLarge)
      return { kind: "unavailable", because: "too-large", what: describe(object) };
    const entry = before ?? {
      id: objectId(this.#nextId++),
      className: typeof object === "function" ? describe(object) : familyOf(object).className,
      shadow,
      privates: undefined,
      lookedMs,
      isKnown: false,
      round: this.#round,
    };
    entry.shadow = shadow;
    entry.lookedMs = lookedMs;
    entry.round = this.#round;
    if (before === undefined) this.#followed.set(object, entry);
    this.#all[this.#all.length] = entry;
    this.#adopted[this.#adopted.length] = object;
    return { kind: "object", id: entry.id };
  }
}
