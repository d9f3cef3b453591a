// An object's properties by name, in the order in which they were added: a Map, or one of a keyframe whose values are read
// when they are asked for. Objects of a kind have the same names, which are kept once; a look at many objects shows few of
// their values, and what nobody looks at is never made.
import type { ByteReader } from "../../shared/protocol/bytes.js";
import { readValue } from "../../shared/protocol/captured-value-codec.js";
import type { CapturedValue, Entry } from "../../shared/trace/value.js";
import { indexFromKey } from "./index-key.js";

/** What of a Map is needed. */
export interface Entries extends Iterable<Entry> {
  readonly size: number;
  get(key: string): CapturedValue | undefined;
  has(key: string): boolean;
  set(key: string, value: CapturedValue): unknown;
  delete(key: string): unknown;
  keys(): Iterable<string>;
  values(): Iterable<CapturedValue>;
}

/** The names of an object's properties, in their order; shared by all that have the same. None is there twice. */
export class Names {
  #places: Map<string, number> | undefined;
  #hasIndexes: boolean | undefined;
  /** Those asked about last. */
  #ofKeys: { readonly keys: readonly string[]; readonly places: Int32Array } | undefined;

  constructor(readonly all: readonly string[]) {}

  placeOf(name: string): number | undefined {
    this.#places ??= new Map(this.all.map((one, at) => [one, at]));
    return this.#places.get(name);
  }

  /** The place of each of the keys, -1 for none: the same are asked for again and again. */
  placesOf(keys: readonly string[]): Int32Array {
    if (this.#ofKeys?.keys !== keys) this.#ofKeys = { keys, places: this.#placesOfEach(keys) };
    return this.#ofKeys.places;
  }

  /** What `Int32Array.from` does, in a tenth of the time. */
  #placesOfEach(keys: readonly string[]): Int32Array {
    const places = new Int32Array(keys.length);
    for (let at = 0; at < keys.length; at++) places[at] = this.placeOf(keys[at] ?? "") ?? -1;
    return places;
  }

  /** Whether some are like array indexes: the language has these before the others. */
  get hasIndexes(): boolean {
    return (this.#hasIndexes ??= this.all.some((name) => indexFromKey(name) !== undefined));
  }
}

/** Writes of which some set a property: what is needed of them to read a value when it is asked for. */
export interface LaterSets {
  readonly keys: readonly string[];
  /** By write: which of the keys it sets. */
  readonly keyOf: ArrayLike<number>;
  valueAt(write: number): CapturedValue;
}

export class KeptEntries implements Entries {
  readonly #names: Names;
  /** Of each name: its value; or where that begins; or which write set it, counted from -1 downwards. */
  readonly #values: (CapturedValue | number)[];
  readonly #bytes: ByteReader;
  /** Where values were set by writes. */
  #later: LaterSets | undefined;
  /** Everything, once there are other names. */
  #map: Map<string, CapturedValue> | undefined;

  private constructor(
    names: Names,
    values: (CapturedValue | number)[],
    bytes: ByteReader,
    later: LaterSets | undefined,
  ) {
    this.#names = names;
    this.#values = values;
    this.#bytes = bytes;
    this.#later = later;
  }

  /** `starts`: where the value of each name begins; they are its own from here on. Readers' places are moved. */
  static within(names: Names, starts: (CapturedValue | number)[], bytes: ByteReader): KeptEntries {
    return new KeptEntries(names, starts, bytes, undefined);
  }

  copy(): Entries {
    return this.#map === undefined
      ? new KeptEntries(this.#names, this.#values.slice(), this.#bytes, this.#later)
      : new Map(this.#map);
  }

  get size(): number {
    return this.#map?.size ?? this.#values.length;
  }

  /** Whether some names are like array indexes. */
  get hasIndexes(): boolean {
    if (this.#map === undefined) return this.#names.hasIndexes;
    for (const name of this.#map.keys()) if (indexFromKey(name) !== undefined) return true;
    return false;
  }

  get(key: string): CapturedValue | undefined {
    if (this.#map !== undefined) return this.#map.get(key);
    const place = this.#names.placeOf(key);
    return place === undefined ? undefined : this.#valueAt(place);
  }

  has(key: string): boolean {
    return this.#map?.has(key) ?? this.#names.placeOf(key) !== undefined;
  }

  set(key: string, value: CapturedValue): void {
    const place = this.#map === undefined ? this.#names.placeOf(key) : undefined;
    if (place === undefined) this.#asMap().set(key, value);
    else this.#values[place] = value;
  }

  /**
   * Takes in the writes at [from, to) of the positions, all of which set a property; answers the first of which it cannot be
   * said like this, or `to`. One loop over numbers: most of what a look does is this.
   */
  setLater(sets: LaterSets, positions: ArrayLike<number>, from: number, to: number): number {
    if (this.#map !== undefined || (this.#later !== undefined && this.#later !== sets)) return from;
    this.#later = sets;
    const { keyOf } = sets;
    const places = this.#names.placesOf(sets.keys);
    const values = this.#values;
    for (let at = from; at < to; at++) {
      const write = positions[at] ?? 0;
      const place = places[keyOf[write] ?? 0] ?? -1;
      if (place < 0) return at;
      values[place] = -1 - write;
    }
    return to;
  }

  delete(key: string): void {
    if (this.has(key)) this.#asMap().delete(key);
  }

  keys(): Iterable<string> {
    return this.#map?.keys() ?? this.#names.all;
  }

  *values(): Iterable<CapturedValue> {
    if (this.#map !== undefined) yield* this.#map.values();
    else for (let place = 0; place < this.#values.length; place++) yield this.#valueAt(place);
  }

  *[Symbol.iterator](): Iterator<Entry> {
    if (this.#map !== undefined) yield* this.#map;
    else for (let place = 0; place < this.#values.length; place++) yield [this.#nameAt(place), this.#valueAt(place)];
  }

  /** One after the other, until `see` answers that it has seen enough. What it saw is not read again. */
  each(see: (name: string, value: CapturedValue) => boolean): void {
    if (this.#map !== undefined) return eachOf(this.#map, see);
    for (let place = 0; place < this.#values.length; place++) {
      const value = this.#valueAt(place);
      this.#values[place] = value;
      if (!see(this.#nameAt(place), value)) return;
    }
  }

  /** All of them at once. */
  list(): Entry[] {
    if (this.#map !== undefined) return [...this.#map];
    return this.#values.map((_, place): Entry => [this.#nameAt(place), this.#valueAt(place)]);
  }

  #nameAt(place: number): string {
    return this.#names.all[place] ?? "";
  }

  #valueAt(place: number): CapturedValue {
    const value = this.#values[place] ?? 0;
    if (typeof value !== "number") return value;
    if (value < 0 && this.#later !== undefined) return this.#later.valueAt(-1 - value);
    this.#bytes.at = value;
    return readValue(this.#bytes);
  }

  #asMap(): Map<string, CapturedValue> {
    return (this.#map ??= new Map(this.list()));
  }
}

/** With nothing left to be read. */
export const entriesInMemory = (entries: Entries): Entries =>
  entries instanceof KeptEntries ? new Map(entries.list()) : entries;

/** Which nobody else has. */
export const copyOfEntries = (entries: Entries): Entries =>
  entries instanceof KeptEntries ? entries.copy() : new Map(entries);

/** The language's own order: array-index-like keys ascending, then the others as they were added. */
export function orderedEntries(entries: Entries): readonly Entry[] {
  if (entries instanceof KeptEntries && !entries.hasIndexes) return entries.list();
  const indexed: { readonly index: number; readonly entry: Entry }[] = [];
  const named: Entry[] = [];
  for (const entry of entries) {
    const index = indexFromKey(entry[0]);
    if (index === undefined) named.push(entry);
    else indexed.push({ index, entry });
  }
  if (indexed.length === 0) return named;
  indexed.sort((a, b) => a.index - b.index);
  return [...indexed.map(({ entry }) => entry), ...named];
}

/** Goes through the first of them, in this order, as long as `see` answers that it wants more. */
export function eachInOrder(entries: Entries, see: (name: string, value: CapturedValue) => boolean): void {
  if (entries instanceof KeptEntries && !entries.hasIndexes) entries.each(see);
  else eachOf(inOrder(entries), see);
}

function eachOf(entries: Iterable<Entry>, see: (name: string, value: CapturedValue) => boolean): void {
  for (const [name, value] of entries) if (!see(name, value)) return;
}

/** The same, of which only what is looked at is made. */
export function inOrder(entries: Entries): Iterable<Entry> {
  if (entries instanceof KeptEntries) return entries.hasIndexes ? orderedEntries(entries) : entries;
  for (const key of entries.keys()) if (indexFromKey(key) !== undefined) return orderedEntries(entries);
  return entries;
}
