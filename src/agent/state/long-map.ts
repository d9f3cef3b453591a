// A Map, a Set and a WeakMap of several small ones each. The runtime's own move all they hold whenever they have doubled: with
// a hundred thousand entries that takes several milliseconds in one go, of the program's time.
// Which of the small ones holds a key is not known, so looking for one costs a question to each.
import { type Cursor, OwnMap, OwnWeakMap, pairsOf } from "./intrinsics.js";

/** What a small one holds before it grows once more, in V8: growing takes it a millisecond by then. */
const entriesEach = 32_768;
const weakEntriesEach = 43_000;

interface Part<Key, Value> {
  readonly entries: OwnMap<Key, Value>;
  next: Part<Key, Value> | undefined;
}

export class LongMap<Key, Value> {
  #first: Part<Key, Value> = { entries: new OwnMap(), next: undefined };
  #last = this.#first;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: Key): Value | undefined {
    return this.#entriesWith(key)?.get(key);
  }

  has(key: Key): boolean {
    return this.#entriesWith(key) !== undefined;
  }

  set(key: Key, value: Value): this {
    const known = this.#entriesWith(key);
    if (known !== undefined) {
      known.set(key, value);
      return this;
    }
    if (this.#last.entries.size >= entriesEach)
      this.#last = this.#last.next = { entries: new OwnMap<Key, Value>(), next: undefined };
    this.#last.entries.set(key, value);
    this.#size++;
    return this;
  }

  delete(key: Key): boolean {
    let before: Part<Key, Value> | undefined;
    for (let part: Part<Key, Value> | undefined = this.#first; part !== undefined; part = part.next) {
      if (part.entries.delete(key)) {
        this.#size--;
        if (part.entries.size === 0 && part.next !== undefined) {
          // Who is going through it finds the next one still.
          if (before === undefined) this.#first = part.next;
          else before.next = part.next;
        }
        return true;
      }
      before = part;
    }
    return false;
  }

  clear(): void {
    // Who is going through it gets to the last part, and to what is put there.
    for (let part: Part<Key, Value> | undefined = this.#first; part !== undefined; part = part.next)
      part.entries.clear();
    this.#first = this.#last;
    this.#size = 0;
  }

  forEach(visit: (value: Value, key: Key) => void): void {
    for (let part: Part<Key, Value> | undefined = this.#first; part !== undefined; part = part.next)
      part.entries.forEach(visit);
  }

  /** Entries in the order they were added, as a Map of the language has them; live as its iterators are. */
  cursor(): Cursor {
    let part = this.#first;
    let entries = pairsOf(part.entries);
    return {
      next: () => {
        for (;;) {
          const entry = entries.next();
          if (entry !== undefined || part.next === undefined) return entry;
          part = part.next;
          entries = pairsOf(part.entries);
        }
      },
    };
  }

  #entriesWith(key: Key): OwnMap<Key, Value> | undefined {
    for (let part: Part<Key, Value> | undefined = this.#first; part !== undefined; part = part.next)
      if (part.entries.has(key)) return part.entries;
    return undefined;
  }
}

export const inOrder = <Key, Value>(known: OwnMap<Key, Value> | LongMap<Key, Value>): Cursor =>
  known instanceof LongMap ? known.cursor() : pairsOf(known);

/** As far as a Set is asked for. */
export class LongSet<Member> {
  readonly #members = new LongMap<Member, undefined>();

  get size(): number {
    return this.#members.size;
  }

  has(member: Member): boolean {
    return this.#members.has(member);
  }

  add(member: Member): this {
    this.#members.set(member, undefined);
    return this;
  }

  delete(member: Member): boolean {
    return this.#members.delete(member);
  }

  clear(): void {
    this.#members.clear();
  }

  forEach(visit: (member: Member, same: Member) => void): void {
    this.#members.forEach((_nothing, member) => visit(member, member));
  }

  cursor(): Cursor {
    return this.#members.cursor();
  }
}

/** One of the small WeakMaps. */
export interface WeakPart<Key extends WeakKey, Value> {
  readonly entries: OwnWeakMap<Key, Value>;
  /** Of its entries, how many are needed: `keep` and `release`. */
  kept: number;
  /** What is needed of it is to be added anew; then it goes, and with it what is not needed. */
  isLeft: boolean;
}

/** So many of the newest stay, whatever is needed of them. */
const partsKept = 4;
const fewKept = weakEntriesEach / 8;

/**
 * What is gone is gone by itself, but its place is not: asking for what is not there would take longer the more there ever was. So
 * those of which little is needed are left, one by one.
 */
export class LongWeakMap<Key extends WeakKey, Value> {
  #parts: WeakPart<Key, Value>[] = [];
  #inLast = weakEntriesEach;

  get parts(): number {
    return this.#parts.length;
  }

  get(key: Key): Value | undefined {
    for (let at = this.#parts.length - 1; at >= 0; at--) {
      const value = this.#parts[at]?.entries.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Only of a key that is not there, or that is in one that is left. Returns where it is. */
  add(key: Key, value: Value): WeakPart<Key, Value> {
    let last = this.#parts[this.#parts.length - 1];
    if (last === undefined || this.#inLast >= weakEntriesEach) {
      last = { entries: new OwnWeakMap(), kept: 0, isLeft: false };
      this.#parts[this.#parts.length] = last;
      this.#inLast = 0;
    }
    last.entries.set(key, value);
    this.#inLast++;
    return last;
  }

  keep(part: WeakPart<Key, Value>): void {
    part.kept++;
  }

  release(part: WeakPart<Key, Value>): void {
    part.kept--;
    if (part.isLeft && part.kept === 0) this.#dropEmpty();
  }

  leaveSparse(): void {
    for (let at = 0; at < this.#parts.length - partsKept; at++) {
      const part = this.#parts[at];
      if (part !== undefined && part.kept < fewKept) part.isLeft = true;
    }
    this.#dropEmpty();
  }

  #dropEmpty(): void {
    const rest: WeakPart<Key, Value>[] = [];
    for (let at = 0; at < this.#parts.length; at++) {
      const part = this.#parts[at];
      if (part !== undefined && !(part.isLeft && part.kept === 0)) rest[rest.length] = part;
    }
    this.#parts = rest;
  }
}
