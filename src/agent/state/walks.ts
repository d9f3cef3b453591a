// Going through a container that is too large for one go, a piece at a time, while the program goes on changing it. Writes that
// are told in between are applied to the object and to its shadow alike, so the two stay in step where they were.
// Either it is read: what is not recorded yet is not in the shadow, and the recording says that there is more. Or what was
// recorded is compared, and what is different is recorded as found.
import type { ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { Encoder } from "./contents.js";
import type { Walk, WalkResult } from "./followed.js";
import { type Cursor, isSame } from "./intrinsics.js";
import { type Side, sideOf } from "./sides.js";
import {
  type Budget,
  type Shadow,
  type Slot,
  bytesOfSlot,
  costOfSlot,
  lengthOf,
  readElement,
  slotsPerPiece,
} from "./shadow.js";
import { replaceElements } from "./splices.js";

export interface WalkTeller {
  readonly id: ObjectId;
  readonly budget: Budget;
  readonly encoder: Encoder;
  /** What was there before anybody looked. */
  read(operation: WriteOperation): void;
  /** What came since the last look. */
  found(operation: WriteOperation): void;
  /** The program holds it still. */
  reach(slot: Slot): void;
}

class KeyedWalk implements Walk {
  isReading: boolean;
  readonly #side: Side;
  readonly #teller: WalkTeller;
  /** Where the known entries are, as long as they are in the order of the container. */
  #inOrder: Cursor | undefined;
  /** Looks for known entries that are gone. */
  #sweep: Cursor | undefined;
  #bytes = 0;

  constructor(side: Side, teller: WalkTeller, isReading: boolean) {
    this.#side = side;
    this.#teller = teller;
    this.isReading = isReading;
    this.#inOrder = isReading ? undefined : side.knownInOrder();
  }

  step(): WalkResult {
    const { budget } = this.#teller;
    let cost = 0;
    while (cost < slotsPerPiece) {
      if (this.#sweep !== undefined) {
        if (this.#sweepOne(this.#sweep)) cost++;
        else return this.#end();
        continue;
      }
      const pair = this.#side.live.next();
      if (pair === undefined) {
        this.#sweep = this.#inOrder ?? this.#side.knownInOrder();
        if (this.#inOrder === undefined && this.#side.known.size === this.#side.count()) return this.#end();
        continue;
      }
      this.#take(pair[0], pair[1]);
      cost += costOfSlot(pair[0], budget) + costOfSlot(pair[1], budget);
      this.#bytes += bytesOfSlot(pair[0], budget) + bytesOfSlot(pair[1], budget);
    }
    return this.#bytes > budget.contentBytes ? "too-large" : "more";
  }

  #take(key: unknown, slot: Slot): void {
    this.#teller.reach(key);
    this.#teller.reach(slot);
    const { known } = this.#side;
    if (!this.#side.isOrdered(key)) {
      if (!known.has(key) || !isSame(known.get(key), slot)) this.#tell(this.#side.put(key, slot));
      return;
    }
    if (this.#inOrder !== undefined && this.#isNext(this.#inOrder, key)) {
      if (!isSame(known.get(key), slot)) this.#tell(this.#side.put(key, slot));
      return;
    }
    // From here on all are taken out and put in again: that is their order.
    this.#inOrder = undefined;
    if (known.has(key)) this.#tell(this.#side.drop(key));
    this.#tell(this.#side.put(key, slot));
  }

  /** Whether the next known entry has this key. Those that are gone are taken out on the way. */
  #isNext(inOrder: Cursor, key: unknown): boolean {
    for (let pair = inOrder.next(); pair !== undefined; pair = inOrder.next()) {
      if (isSame(pair[0], key)) return true;
      if (!this.#side.isOrdered(pair[0])) continue;
      if (this.#side.has(pair[0])) return false;
      this.#tell(this.#side.drop(pair[0]));
    }
    return false;
  }

  #sweepOne(sweep: Cursor): boolean {
    const pair = sweep.next();
    if (pair === undefined) return false;
    if (!this.#side.has(pair[0])) this.#tell(this.#side.drop(pair[0]));
    return true;
  }

  noteKey(key: string, isThere: boolean): void {
    this.#side.noteKey?.(key, isThere);
  }

  #end(): WalkResult {
    this.#sweep = undefined;
    const noRest = this.isReading ? this.#side.noRest() : undefined;
    if (noRest !== undefined) this.#teller.read(noRest);
    this.isReading = false;
    return "through";
  }

  #tell(operation: WriteOperation): void {
    if (this.isReading) this.#teller.read(operation);
    else this.#teller.found(operation);
  }
}

class ArrayWalk implements Walk {
  isReading: boolean;
  /** Of the array, as far as it was told of or seen. */
  length: number;
  readonly #elements: Slot[];
  readonly #array: object;
  readonly #teller: WalkTeller;
  #at = 0;
  #bytes = 0;

  constructor(elements: Slot[], array: object, teller: WalkTeller, isReading: boolean) {
    this.#elements = elements;
    this.#array = array;
    this.#teller = teller;
    this.isReading = isReading;
    this.length = lengthOf(array);
  }

  /** A write that was told replaced elements. */
  moved(start: number, deleteCount: number, added: number): void {
    if (start + deleteCount <= this.#at) this.#at += added - deleteCount;
    else this.#at = Math.min(this.#at, start);
  }

  step(): WalkResult {
    const elements = this.#elements;
    this.length = lengthOf(this.#array);
    if (this.isReading) this.#at = Math.min(elements.length, this.length);
    else this.#compare();
    if (this.#at < Math.min(this.length, elements.length)) return "more";
    if (elements.length > this.length) this.#replace(this.length, elements.length - this.length, 0);
    const added = Math.min(slotsPerPiece, this.length - elements.length);
    if (added > 0) this.#replace(elements.length, 0, added);
    if (this.#bytes > this.#teller.budget.contentBytes) return "too-large";
    if (elements.length < this.length) return "more";
    if (this.isReading)
      this.#teller.read({ kind: "splice", target: this.#teller.id, start: this.length, deleteCount: 1, elements: [] });
    this.isReading = false;
    return "through";
  }

  #compare(): void {
    const elements = this.#elements;
    const until = Math.min(this.#at + slotsPerPiece, this.length, elements.length);
    while (this.#at < Math.min(until, elements.length)) {
      const now = readElement(this.#array, this.#at);
      this.#teller.reach(now);
      if (!isSame(elements[this.#at], now)) this.#replaceAt(this.#at, now, until);
      else this.#at++;
    }
  }

  /** Something was put in or taken out here; or one element after the other is another. */
  #replaceAt(start: number, now: Slot, until: number): void {
    const grown = this.length - this.#elements.length;
    if (grown < 0 && isSame(this.#elements[start - grown], now)) return this.#replace(start, -grown, 0);
    if (grown > 0 && grown <= slotsPerPiece && isSame(this.#elements[start], readElement(this.#array, start + grown)))
      return this.#replace(start, 0, grown);
    let end = start + 1;
    while (end < until && !isSame(this.#elements[end], readElement(this.#array, end))) end++;
    this.#replace(start, end - start, end - start);
  }

  #replace(start: number, deleteCount: number, added: number): void {
    const { id, encoder, budget } = this.#teller;
    const operation = replaceElements(id, this.#elements, this.#array, start, deleteCount, added, encoder);
    for (let at = start; at < start + added; at++) this.#bytes += bytesOfSlot(this.#elements[at], budget);
    if (!this.isReading) this.#at = start + added;
    if (this.isReading) this.#teller.read(operation);
    else this.#teller.found(operation);
  }
}

/** Undefined for what is never too large for one go. */
export function walkThrough(shadow: Shadow, object: object, teller: WalkTeller, isReading: boolean): Walk | undefined {
  if (shadow.kind === "array") return new ArrayWalk(shadow.elements, object, teller, isReading);
  const side = sideOf(shadow, object, teller.id, teller.encoder);
  return side === undefined ? undefined : new KeyedWalk(side, teller, isReading);
}
