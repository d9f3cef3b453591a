// Reads what was taken in: records the contents of each object, breadth first. What one operation brings in is read at once as far
// as that goes quickly; the rest waits, and until it is its turn the recording says that it is not captured.
// A container too large for one go is recorded in pieces; as long as there is more of it, it says so itself.
import type { WriteOperation } from "../../shared/trace/write.js";
import type { RecordSink } from "../record-sink.js";
import { contentsOf } from "./contents.js";
import type { Followed, StateLimits } from "./followed.js";
import { ObjectQueue } from "./long-queue.js";
import type { FollowedObjectSet } from "./objects.js";
import { kindOf } from "./nature.js";
import {
  type Budget,
  type Shadow,
  costOf,
  countOf,
  shadowOf,
  sizeOf,
  slotsInOneGo,
  slotsPerPiece,
  tooLargeOf,
} from "./shadow.js";
import { beginningOf } from "./sides.js";
import { type WalkTeller, walkThrough } from "./walks.js";

export interface FirstLookOf {
  readonly sink: RecordSink;
  readonly limits: StateLimits;
  readonly objects: FollowedObjectSet;
  /** Of the write that brought it in; 0 is unknown. */
  location(): number;
  found(entry: Followed, operation: WriteOperation): void;
}

export class FirstLook {
  readonly #for: FirstLookOf;
  /** Brought in by the operation at hand, and by those before it. */
  readonly #fresh = new ObjectQueue();
  readonly #waiting = new ObjectQueue();
  readonly #inOneGo: Budget;

  constructor(what: FirstLookOf) {
    this.#for = what;
    this.#inOneGo = { ...what.limits, slots: Math.min(what.limits.slots, slotsInOneGo) };
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  add(object: object, entry: Followed): void {
    this.#fresh.push(object, entry);
  }

  clear(): void {
    this.#fresh.clear();
    this.#waiting.clear();
  }

  /**
   * Reads what the operation at hand brought in: so many slots in any case, and more until the clock says so. How many of
   * the slots are left.
   */
  readFresh(slots: number, untilMs: number): number {
    let left = slots;
    while (this.#fresh.size > 0 && (left > 0 || this.#for.sink.clockMs() < untilMs))
      left -= this.#readPiece(this.#fresh, Number.NaN);
    this.#putOff();
    return left;
  }

  /**
   * Reads of what is waiting, by turns of about the same cost: an object, or a piece of one, and as much of what that brings in.
   * The rest of it waits, ahead of the rest of what brought it in.
   */
  readWaiting(untilMs: number): void {
    const { sink } = this.#for;
    while (this.#waiting.size > 0 && sink.hasPlenty) {
      let left = slotsPerTurn - this.#readPiece(this.#waiting, undefined);
      let isInTime = sink.clockMs() < untilMs;
      while (isInTime && left > 0 && this.#fresh.size > 0) {
        left -= 1 + this.#readPiece(this.#fresh, undefined);
        isInTime = sink.clockMs() < untilMs;
      }
      this.#putOff();
      if (!isInTime) return;
    }
  }

  /** At the end of the program: reads on as long as there is time, and waits for room. */
  readAll(untilMs: number): void {
    for (;;) {
      const leftMs = untilMs - this.#for.sink.clockMs();
      if (this.#waiting.size === 0 || leftMs <= 0) return;
      if (this.#for.sink.hasPlenty) this.readWaiting(untilMs);
      else if (!this.#for.sink.waitForRoom(leftMs)) return;
    }
  }

  /** Reads an object as it is now, as much of it as is read at once. Its cost in slots. */
  begin(entry: Followed, object: object, afterMs: number): number {
    const { limits } = this.#for;
    const count = countOf(object) ?? 0;
    const shadow = count > slotsInOneGo ? tooLargeOf(count) : shadowOf(object, this.#inOneGo);
    const slots = shadow.kind === "opaque" && shadow.tooLarge ? shadow.slots : 0;
    const isLong = slots > slotsInOneGo && slots <= limits.slots;
    const cost = isLong ? slots : costOf(shadow, limits);
    if (cost > slotsInOneGo && this.#beginWalk(entry, object, afterMs)) return 1;
    this.#beginWith(entry, shadow, afterMs);
    return cost;
  }

  /** Compares a container too large for one go with what is known of it, a piece at a time. */
  compare(entry: Followed, object: object): void {
    entry.walk = walkThrough(entry.shadow ?? tooLargeOf(0), object, this.#tellerOf(entry), false);
    entry.walkRound = this.#for.objects.round;
  }

  /** Whether there is more to go through. */
  step(entry: Followed): boolean {
    const result = entry.walk?.step();
    if (result === "more") return true;
    entry.walk = undefined;
    if (result === "too-large") this.#beginWith(entry, tooLargeOf(sizeOf(entry.shadow)), Number.NaN);
    return false;
  }

  /** `afterMs`: since when it may have been what it is; undefined: since it was taken in. */
  #readPiece(queue: ObjectQueue, afterMs: number | undefined): number {
    const object = queue.take();
    const { entry } = queue;
    if (object === undefined || entry === undefined || !this.#for.objects.isThere(entry)) return 0;
    if (entry.walk === undefined)
      return entry.shadow?.kind === "unread" ? this.begin(entry, object, afterMs ?? entry.lookedMs) : 0;
    if (entry.walk.isReading && this.step(entry)) this.#fresh.push(object, entry);
    return slotsPerPiece;
  }

  #putOff(): void {
    for (let object = this.#fresh.take(); object !== undefined; object = this.#fresh.take())
      if (this.#fresh.entry !== undefined) this.#waiting.push(object, this.#fresh.entry);
  }

  #beginWith(entry: Followed, shadow: Shadow, afterMs: number): void {
    entry.shadow = shadow;
    entry.walk = undefined;
    const { id, className, privates } = entry;
    const contents = contentsOf({ id, className, privates, shadow }, this.#for.objects.encoder);
    this.#write({ kind: "contents", target: id, contents }, afterMs);
  }

  /** False for what is never read in pieces. */
  #beginWalk(entry: Followed, object: object, afterMs: number): boolean {
    const beginning = beginningOf(kindOf(object), object, entry);
    if (beginning === undefined) return false;
    entry.shadow = beginning.shadow;
    this.#write({ kind: "contents", target: entry.id, contents: beginning.contents }, afterMs);
    const teller = this.#tellerOf(entry);
    entry.walk = walkThrough(entry.shadow, object, teller, true);
    entry.walkRound = this.#for.objects.round;
    entry.privates?.forEach((slot, key) => {
      if (!("hasMore" in beginning.shadow))
        teller.read({ kind: "set", target: entry.id, key, value: teller.encoder.slot(slot, key) });
    });
    this.#fresh.push(object, entry);
    return true;
  }

  #tellerOf(entry: Followed): WalkTeller {
    const { objects, limits } = this.#for;
    return {
      id: entry.id,
      budget: limits,
      encoder: objects.encoder,
      read: (operation) => this.#write(operation, Number.NaN),
      found: (operation) => this.#for.found(entry, operation),
      reach: (slot) => objects.reach(slot),
    };
  }

  #write(operation: WriteOperation, afterMs: number): void {
    this.#for.sink.write(operation, this.#for.location(), afterMs);
  }
}

/** About what a turn of reading takes, in slots. */
const slotsPerTurn = 2 * slotsPerPiece;
