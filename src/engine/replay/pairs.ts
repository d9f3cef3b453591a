// A Map's entries by the slots of their keys, in insertion order: a Map, or those that a keyframe holds with what was changed
// since. Of these only what is looked at is read, and a copy takes as much as was changed: of a hundred thousand entries a look
// shows a page.
import { type ByteReader, ByteWriter, MalformedBytes } from "../../shared/protocol/bytes.js";
import { readValue, writeValue } from "../../shared/protocol/captured-value-codec.js";
import { endOfValue } from "../../shared/protocol/skip-value.js";
import { keyAsKept, keyFromSlot, slotKeyOf } from "../../shared/trace/slots.js";
import type { CapturedValue } from "../../shared/trace/value.js";

/** Where the bytes of a key that is looked for are made: room of its own for each took longer than to find it. */
const sought = new ByteWriter(64);

export interface MapPair {
  readonly key: CapturedValue;
  readonly value: CapturedValue;
}

/** What of a Map is needed. */
export interface Pairs extends Iterable<readonly [string, MapPair]> {
  readonly size: number;
  get(slot: string): MapPair | undefined;
  set(slot: string, pair: MapPair): unknown;
  delete(slot: string): unknown;
  keys(): Iterable<string>;
  values(): Iterable<MapPair>;
}

/** Keys and values one after the other, as a keyframe has them. It never changes; any number of `KeptPairs` share it. */
export class PairTable {
  readonly #bytes: ByteReader;
  /** Where each key begins, and behind them where the last value ends. */
  readonly #starts: Uint32Array;
  /** By the hash of a key's bytes: one more than its position, 0 for a place that is free. */
  #index: Uint32Array | undefined;
  /** Positions of keys that cannot be told from their slots: few are. */
  #others: ReadonlyMap<string, number> | undefined;

  /** Of so many from where `bytes` is, which is moved behind them. Throws `MalformedBytes`. */
  constructor(bytes: ByteReader, count: number) {
    if (2 * count > bytes.end - bytes.at) throw new MalformedBytes(`${count} entries`);
    this.#bytes = bytes;
    this.#starts = new Uint32Array(count + 1);
    let { at } = bytes;
    for (let position = 0; position < count; position++) {
      this.#starts[position] = at;
      at = endOfValue(bytes.bytes, endOfValue(bytes.bytes, at));
    }
    if (at > bytes.end) throw new MalformedBytes("entries are cut off");
    this.#starts[count] = at;
    bytes.at = at;
  }

  get count(): number {
    return this.#starts.length - 1;
  }

  get end(): number {
    return this.#starts[this.count] ?? 0;
  }

  keyAt(position: number): CapturedValue {
    this.#bytes.at = this.#starts[position] ?? 0;
    return keyAsKept(readValue(this.#bytes));
  }

  valueAt(position: number): CapturedValue {
    this.#bytes.at = endOfValue(this.#bytes.bytes, this.#starts[position] ?? 0);
    return readValue(this.#bytes);
  }

  /** -1 for none. */
  positionOf(slot: string): number {
    const key = keyFromSlot(slot);
    if (key === undefined) return (this.#others ??= this.#withOtherKeys()).get(slot) ?? -1;
    sought.at = 0;
    writeValue(sought, key);
    const [bytes, size] = [sought.bytes, sought.at];
    const index = (this.#index ??= this.#indexed());
    const mask = index.length - 1;
    for (let place = hashOf(bytes, 0, size) & mask; ; place = (place + 1) & mask) {
      const position = (index[place] ?? 0) - 1;
      if (position < 0) return -1;
      if (this.#isKey(position, bytes, size)) return position;
    }
  }

  #withOtherKeys(): ReadonlyMap<string, number> {
    const others = new Map<string, number>();
    for (let position = 0; position < this.count; position++) {
      const slot = slotKeyOf(this.keyAt(position));
      if (keyFromSlot(slot) === undefined) others.set(slot, position);
    }
    return others;
  }

  #isKey(position: number, wanted: Uint8Array, size: number): boolean {
    const { bytes } = this.#bytes;
    const start = this.#starts[position] ?? 0;
    for (let at = 0; at < size; at++) if (bytes[start + at] !== wanted[at]) return false;
    return true;
  }

  #indexed(): Uint32Array {
    const { bytes } = this.#bytes;
    const index = new Uint32Array(2 ** Math.ceil(Math.log2(2 * this.count + 2)));
    const mask = index.length - 1;
    for (let position = 0; position < this.count; position++) {
      const start = this.#starts[position] ?? 0;
      let place = hashOf(bytes, start, endOfValue(bytes, start)) & mask;
      while (index[place] !== 0) place = (place + 1) & mask;
      index[place] = position + 1;
    }
    return index;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

export class KeptPairs implements Pairs {
  readonly #table: PairTable;
  /** Values of entries of the table that were set since, by position. */
  readonly #changed: Map<number, CapturedValue>;
  /** Positions of those that were deleted. */
  readonly #gone: Set<number>;
  /** Behind those of the table. */
  readonly #added: Map<string, MapPair>;

  private constructor(
    table: PairTable,
    changed: Map<number, CapturedValue>,
    gone: Set<number>,
    added: Map<string, MapPair>,
  ) {
    this.#table = table;
    this.#changed = changed;
    this.#gone = gone;
    this.#added = added;
  }

  static of(table: PairTable): KeptPairs {
    return new KeptPairs(table, new Map(), new Set(), new Map());
  }

  copy(): KeptPairs {
    return new KeptPairs(this.#table, new Map(this.#changed), new Set(this.#gone), new Map(this.#added));
  }

  get size(): number {
    return this.#table.count - this.#gone.size + this.#added.size;
  }

  get(slot: string): MapPair | undefined {
    const added = this.#added.get(slot);
    if (added !== undefined) return added;
    const position = this.#there(slot);
    return position < 0 ? undefined : this.#pairAt(position);
  }

  set(slot: string, pair: MapPair): void {
    const position = this.#added.has(slot) ? -1 : this.#there(slot);
    if (position < 0) this.#added.set(slot, pair);
    else this.#changed.set(position, pair.value);
  }

  /** The key stays the one that was there before. */
  put(slot: string, key: CapturedValue, value: CapturedValue): void {
    this.set(slot, { key: this.#added.get(slot)?.key ?? keyAsKept(key), value });
  }

  delete(slot: string): void {
    if (this.#added.delete(slot)) return;
    const position = this.#there(slot);
    if (position >= 0) this.#gone.add(position);
  }

  *keys(): Iterable<string> {
    for (let position = 0; position < this.#table.count; position++)
      if (!this.#gone.has(position)) yield slotKeyOf(this.#table.keyAt(position));
    yield* this.#added.keys();
  }

  *values(): Iterable<MapPair> {
    for (const [, pair] of this) yield pair;
  }

  [Symbol.iterator](): Iterator<readonly [string, MapPair]> {
    return this.between(0, Infinity)[Symbol.iterator]();
  }

  /** Those at [from, to) of the order; the others are not read. */
  *between(from: number, to: number): Generator<readonly [string, MapPair]> {
    const isWhole = this.#gone.size === 0;
    let place = isWhole ? Math.min(from, this.#table.count) : 0;
    for (let position = place; position < this.#table.count && place < to; position++) {
      if (!isWhole && this.#gone.has(position)) continue;
      if (place++ < from) continue;
      const pair = this.#pairAt(position);
      yield [slotKeyOf(pair.key), pair];
    }
    for (const entry of this.#added) {
      if (place >= to) return;
      if (place++ >= from) yield entry;
    }
  }

  /** In the order; -1 for none. */
  positionOf(slot: string): number {
    const position = this.#added.has(slot) ? -1 : this.#there(slot);
    if (position >= 0) {
      let before = 0;
      for (const gone of this.#gone) if (gone < position) before++;
      return position - before;
    }
    let place = this.#table.count - this.#gone.size;
    for (const added of this.#added.keys()) {
      if (added === slot) return place;
      place++;
    }
    return -1;
  }

  /** In the table, where it was not deleted; else -1. */
  #there(slot: string): number {
    const position = this.#table.positionOf(slot);
    return position >= 0 && this.#gone.has(position) ? -1 : position;
  }

  #pairAt(position: number): MapPair {
    return { key: this.#table.keyAt(position), value: this.#changed.get(position) ?? this.#table.valueAt(position) };
  }
}

export function putPair(pairs: Pairs, slot: string, key: CapturedValue, value: CapturedValue): void {
  if (pairs instanceof KeptPairs) pairs.put(slot, key, value);
  else pairs.set(slot, { key: pairs.get(slot)?.key ?? keyAsKept(key), value });
}

/** Which nobody else has. */
export const copyOfPairs = (pairs: Pairs): Pairs => (pairs instanceof KeptPairs ? pairs.copy() : new Map(pairs));

/** With nothing left to be read. */
export const pairsInMemory = (pairs: Pairs): Pairs => (pairs instanceof KeptPairs ? new Map(pairs) : pairs);

/** Those at [from, to) of the order. */
export function* pairsBetween(pairs: Pairs, from: number, to: number): Iterable<readonly [string, MapPair]> {
  if (pairs instanceof KeptPairs) {
    yield* pairs.between(from, to);
    return;
  }
  let place = 0;
  for (const entry of pairs) {
    if (place >= to) return;
    if (place++ >= from) yield entry;
  }
}
