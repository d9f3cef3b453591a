// Writes to arrays, told by write sites. An operation costs what it does, not what the array holds: right before it the
// length says whether others were there unseen, and what they did is recorded as found before the operation itself is.
import type { WriteOperation } from "../../shared/trace/write.js";
import { isArray, isSame } from "./intrinsics.js";
import type { Followed, FollowedObjects, LocationOf } from "./followed.js";
import { isProxy } from "./nature.js";
import { type Shadow, type Slot, hole, lengthOf, readElement, slotsInOneGo } from "./shadow.js";
import { replaceElements } from "./splices.js";

export type ArrayShadow = Extract<Shadow, { kind: "array" }>;

export class ArrayWrites {
  readonly #log: FollowedObjects;
  readonly #locationOf: LocationOf;

  constructor(log: FollowedObjects, locationOf: LocationOf) {
    this.#log = log;
    this.#locationOf = locationOf;
  }

  /** The method `name` with this first argument, or a write to an element or `length` ("="), is about to run. */
  before(entry: Followed, shadow: ArrayShadow, array: object, name: string, first: unknown): void {
    entry.isKnown = !isLocal(name, first);
    if (entry.isKnown) return void this.#log.lookNow(entry, array);
    if (isBeingRead(entry)) return;
    const { elements } = shadow;
    const length = lengthOf(array);
    if (length !== elements.length) this.#findLength(entry, elements, array, length);
    if (entry.shadow !== shadow || length === 0 || length !== elements.length) return;
    if (name === "pop") this.#findElement(entry, elements, array, length - 1);
    else if (name === "shift") this.#findElement(entry, elements, array, 0);
  }

  /** A write to element `index` that may not be made: what is there by then is not this write's. */
  beforeElement(entry: Followed, shadow: ArrayShadow, array: object, index: number): void {
    this.before(entry, shadow, array, "=", undefined);
    if (isBeingRead(entry)) return;
    if (entry.shadow === shadow && index < shadow.elements.length && lengthOf(array) === shadow.elements.length)
      this.#findElement(entry, shadow.elements, array, index);
  }

  /** Undefined when the method is none of those whose effect is known from what it left: all is to be compared. */
  method(
    entry: Followed,
    { elements }: ArrayShadow,
    array: object,
    name: string,
    first: unknown,
    result: unknown,
    site: number,
  ): true | undefined {
    const { before, now } = lengthsOf(entry, elements, array);
    const grown = now - before;
    if (entry.isKnown || now > this.#log.limits.slots) return undefined;
    switch (name) {
      case "push":
      case "unshift":
        if (grown < 0) return undefined;
        if (grown > 0) this.#splice(entry, elements, array, name === "push" ? before : 0, 0, grown, site);
        return true;
      case "pop":
      case "shift":
        if (grown !== (before === 0 ? 0 : -1)) return undefined;
        if (grown === -1) this.#splice(entry, elements, array, name === "pop" ? before - 1 : 0, 1, 0, site);
        return true;
      case "splice": {
        if (typeof result !== "object" || result === null || isProxy(result) || !isArray(result)) return undefined;
        const start = startOf(first, before);
        const removed = lengthOf(result);
        const added = grown + removed;
        if (start === undefined || added < 0 || start + removed > before) return undefined;
        if (removed > 0 || added > 0) this.#splice(entry, elements, array, start, removed, added, site);
        return true;
      }
      default:
        return undefined;
    }
  }

  /** The element was assigned, updated or deleted. Undefined when something else is different, too. */
  element(entry: Followed, { elements }: ArrayShadow, array: object, index: number, site: number): true | undefined {
    const { now: length } = lengthsOf(entry, elements, array);
    if (isBeingRead(entry) && index >= elements.length) return true; // not read yet
    const before = isBeingRead(entry) ? length : elements.length;
    const isWithin = index < before;
    if (isWithin ? length !== before : length !== before && length !== index + 1) return undefined;
    if (length > this.#log.limits.slots) return undefined;
    if (length === before && !isWithin) return true; // a deletion past the end, or a frozen array
    const now = isWithin ? readElement(array, index) : undefined;
    if (isWithin && isSame(elements[index], now)) return true;
    if (now === hole) {
      elements[index] = hole;
      this.#record({ kind: "delete", target: entry.id, key: String(index) }, site);
    } else {
      const start = Math.min(index, before);
      this.#splice(entry, elements, array, start, isWithin ? 1 : 0, index + 1 - start, site);
    }
    return true;
  }

  /** `length` was assigned. Undefined when the array is too long to follow. */
  length(entry: Followed, { elements }: ArrayShadow, array: object, site: number): true | undefined {
    const { before, now: length } = lengthsOf(entry, elements, array);
    if (length > this.#log.limits.slots) return undefined;
    if (length < before) this.#splice(entry, elements, array, length, before - length, 0, site);
    else if (length > before) this.#splice(entry, elements, array, before, 0, length - before, site);
    return true;
  }

  /** A length nobody told about: everything is compared, or where that would cost too much, one end is believed. */
  #findLength(entry: Followed, elements: Slot[], array: object, length: number): void {
    const before = elements.length;
    const grown = length - before;
    if (this.#log.affords(Math.max(before, length)) && this.#log.lookNow(entry, array)) return;
    if (length > this.#log.limits.slots || grown > slotsInOneGo) return this.#log.readAnew(entry, array);
    const isHeadSame = isSame(elements[0], readElement(array, 0));
    const isHeadMoved = !isHeadSame && isSame(elements[Math.max(-grown, 0)], readElement(array, Math.max(grown, 0)));
    const start = isHeadMoved ? 0 : Math.min(before, length);
    entry.walk?.moved?.(start, Math.max(-grown, 0), Math.max(grown, 0));
    const operation = replaceElements(
      entry.id,
      elements,
      array,
      start,
      Math.max(-grown, 0),
      Math.max(grown, 0),
      this.#log.encoder,
    );
    this.#log.recordFound(entry, operation);
  }

  #findElement(entry: Followed, elements: Slot[], array: object, index: number): void {
    if (isSame(elements[index], readElement(array, index))) return;
    this.#log.recordFound(entry, replaceElements(entry.id, elements, array, index, 1, 1, this.#log.encoder));
  }

  #splice(
    entry: Followed,
    elements: Slot[],
    array: object,
    start: number,
    deleteCount: number,
    added: number,
    site: number,
  ): void {
    const isReading = isBeingRead(entry);
    if (isReading && start >= elements.length) return; // not read yet
    if (added > slotsInOneGo) return this.#log.compareAtWrite(entry, array, () => this.#locationOf(site));
    const taken = isReading ? Math.min(deleteCount, elements.length - start) : deleteCount;
    entry.walk?.moved?.(start, taken, added);
    this.#record(replaceElements(entry.id, elements, array, start, taken, added, this.#log.encoder), site);
    if (isReading && !isInStep(elements, array)) this.#log.readAnew(entry, array);
  }

  #record(operation: WriteOperation, site: number): void {
    this.#log.recordExact(operation, this.#locationOf(site));
  }
}

/** Of its elements the first are known so far. */
const isBeingRead = ({ walk }: Followed): boolean => walk?.isReading === true;

/** How many elements it had when it was looked at or told of last, and how many it has: it is told of now. */
function lengthsOf(
  { walk }: Followed,
  elements: readonly Slot[],
  array: object,
): { readonly before: number; readonly now: number } {
  const now = lengthOf(array);
  if (walk?.isReading !== true) return { before: elements.length, now };
  const before = walk.length ?? 0;
  walk.length = now;
  return { before, now };
}

/** Whether the part that is known is the array's first still, as far as its ends tell. */
const isInStep = (elements: readonly Slot[], array: object): boolean =>
  elements.length === 0 ||
  (isSame(elements[0], readElement(array, 0)) &&
    isSame(elements[elements.length - 1], readElement(array, elements.length - 1)));

/** Whether the operation's effect can be told from the lengths before and after it. */
function isLocal(name: string, first: unknown): boolean {
  switch (name) {
    case "=":
    case "push":
    case "pop":
    case "shift":
    case "unshift":
      return true;
    case "splice":
      return typeof first === "number";
    default:
      return false;
  }
}

/** The index `splice` began at, as the language computes it from its first argument; undefined when that needs coercion. */
function startOf(first: unknown, length: number): number | undefined {
  if (typeof first !== "number") return undefined;
  const start = Math.trunc(first) || 0;
  return start < 0 ? Math.max(length + start, 0) : Math.min(start, length);
}
