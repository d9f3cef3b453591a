// A block of writes as block-writer.ts makes it, decoded where it is looked into. Reading checks every count and offset: blocks
// come from files that anybody may have made.
import { ByteReader, MalformedBytes } from "../../../shared/protocol/bytes.js";
import { readValue } from "../../../shared/protocol/captured-value-codec.js";
import { instant } from "../../../shared/trace/time.js";
import { type CapturedValue, type ObjectId, objectId } from "../../../shared/trace/value.js";
import type { Certainty, WriteOperation } from "../../../shared/trace/write.js";
import type { KeptEntries, LaterSets } from "../entries.js";
import {
  type Column,
  type ShortColumn,
  idsFrom,
  offsetsFrom,
  roomUpTo,
  seqsFrom,
  spansFrom,
  startsFrom,
} from "./block-columns.js";
import { blockKinds, foundBit } from "./block-format.js";
import { type ObjectPositions, positionsByObject } from "./object-positions.js";
import { readPayload } from "./operation-payload.js";
import { nameOfScope } from "./segment-write.js";
import { readCount, readDifference, readIndex, readLength } from "./varints.js";

const setCode = blockKinds.indexOf("set");
const scopeCode = blockKinds.indexOf("scope");
/** The first ones are of properties. */
const kindsWithKeys = 2;
/** A segment has a few thousand. */
const mostWrites = 1 << 20;
const sectionCount = 10;
/** Objects whose writes are looked for one by one. */
const mostScans = 16;

/** Writes in Seq order, by position from 0. What positions are and what is at one never changes; more may follow. */
export interface Writes {
  readonly count: number;
  seqAt(at: number): number;
  instantAt(at: number): bigint;
  /** The latest instant of the writes up to this one: it never goes back. */
  latestAt(at: number): bigint;
  operationAt(at: number): WriteOperation;
  kindAt(at: number): WriteOperation["kind"];
  /**
   * Of the writes at [from, to) of the positions, all to one object: takes those in that only set a property that is there,
   * exactly then, up to the first that does not, and answers which that is. Their values are read when they are asked for.
   */
  setLater(positions: ArrayLike<number>, from: number, to: number, entries: KeptEntries): number;
  /** Undefined for a write to a scope. */
  objectAt(at: number): ObjectId | undefined;
  certaintyAt(at: number): Certainty;
  /** Positions of an object's writes, ascending. */
  positionsOf(object: number): ArrayLike<number>;
  /** Positions of writes to what scopes stand for, ascending. */
  scopePositions(): ArrayLike<number>;
  /** Ids of places, of the recording, and of spans, of the process; 0 where there is none. */
  placeAt(at: number): { readonly location: number; readonly span: number };
  /** Positions of writes that were found by comparing, ascending. */
  foundPositions(): Iterable<number>;
}

const exact: Certainty = { kind: "exact" };

/** By id, of each write. */
interface Places {
  readonly locations: Uint16Array | Uint32Array;
  readonly spans: Uint32Array;
}

export class Block implements Writes {
  readonly count: number;
  readonly #firstSeq: number;
  /** After the first; undefined where they have no gaps. */
  readonly #seqs: Column | undefined;
  readonly #first: bigint;
  /** Nanoseconds after the first: of each, and the most until then. */
  readonly #offsets: Column;
  readonly #latest: Column;
  readonly #codes: Uint8Array;
  readonly #objects: Uint16Array | Uint32Array;
  /** As bytes until somebody asks for one. */
  readonly #placeColumns: { readonly locations: ByteReader; readonly spans: ByteReader };
  #places: Places | undefined;
  readonly #keyIds: ShortColumn;
  readonly #keys: readonly string[];
  readonly #sets: LaterSets;
  /** When the found ones were seen to have been otherwise, by position. */
  readonly #afters = new Map<number, bigint>();
  readonly #starts: ShortColumn;
  readonly #inflatedBytes: number;
  /** All of them: one is read at a time. */
  readonly #payloads: ByteReader;
  readonly #scopeName: (id: number) => string;
  readonly #toScopes: Uint32Array;
  #byObject: ObjectPositions | undefined;
  /** Before it is worth knowing them all. */
  readonly #asked = new Map<number, Uint32Array>();

  /** Throws `MalformedBytes`. */
  constructor(bytes: Uint8Array, scopeName: (id: number) => string = nameOfScope) {
    const head = new ByteReader(bytes);
    const count = readCount(head);
    const keyCount = readLength(head);
    this.#first = readDifference(head);
    if (BigInt.asIntN(63, this.#first) !== this.#first) throw new MalformedBytes("a time that is none");
    if (count > mostWrites || count > bytes.length) throw new MalformedBytes(`${count} writes`);
    const sizes = Array.from({ length: sectionCount }, () => readCount(head));
    const sections: ByteReader[] = [];
    let at = head.at;
    for (const size of sizes) {
      if (at + size > bytes.length) throw new MalformedBytes("a section is cut off");
      sections.push(new ByteReader(bytes, at, at + size));
      at += size;
    }
    const [seqs, instants, afters, codes, objects, keyIds, locations, spans, payloads, texts] = sections;
    if (!seqs || !instants || !afters || !codes || !objects || !keyIds || !locations || !spans || !payloads || !texts)
      throw new MalformedBytes("sections are missing");
    this.count = count;
    this.#inflatedBytes = bytes.length;
    this.#payloads = new ByteReader(bytes.subarray(at));
    this.#scopeName = scopeName;
    this.#keys = Array.from({ length: keyCount }, () => textFrom(texts));
    const { first, later } = seqsFrom(seqs, count);
    this.#firstSeq = first;
    this.#seqs = later;
    const { offsets, latest } = offsetsFrom(instants, count);
    this.#offsets = offsets;
    this.#latest = latest;
    this.#codes = codes.raw(count);
    this.#objects = idsFrom(objects, count);
    this.#placeColumns = { locations, spans };
    this.#starts = startsFrom(payloads, count, bytes.length - at);
    this.#keyIds = roomUpTo(count, Math.max(0, keyCount - 1));
    this.#toScopes = this.#readCodes(afters, keyIds);
    this.#sets = { keys: this.#keys, keyOf: this.#keyIds, valueAt: (write) => this.#valueSetAt(write) };
  }

  /** What only some writes have; positions of those to scopes. */
  #readCodes(afters: ByteReader, keyIds: ByteReader): Uint32Array {
    const [codes, keys] = [this.#codes, this.#keyIds];
    const toScopes: number[] = [];
    for (let index = 0; index < codes.length; index++) {
      const code = codes[index] ?? 0;
      if (code < kindsWithKeys) {
        keys[index] = readIndex(keyIds, this.#keys.length);
        continue;
      }
      const kind = code & ~foundBit;
      if (kind >= blockKinds.length) throw new MalformedBytes(`operation ${code}`);
      if (code !== kind) {
        this.#afters.set(index, this.instantAt(index) - readDifference(afters));
        codes[index] = kind;
      }
      if (kind < kindsWithKeys) keys[index] = readIndex(keyIds, this.#keys.length);
      else if (kind === scopeCode) toScopes.push(index);
    }
    return Uint32Array.from(toScopes);
  }

  #readPlaces(): Places {
    const { locations, spans } = this.#placeColumns;
    return { locations: idsFrom(locations, this.count), spans: spansFrom(spans, this.count) };
  }

  /** Roughly, of memory. */
  get bytes(): number {
    return this.#inflatedBytes + this.count * 64;
  }

  seqAt(at: number): number {
    return this.#firstSeq + (this.#seqs === undefined ? at : (this.#seqs[at] ?? 0));
  }

  instantAt(at: number): bigint {
    return this.#first + BigInt(this.#offsets[at] ?? 0);
  }

  latestAt(at: number): bigint {
    return this.#first + BigInt(this.#latest[at] ?? 0);
  }

  certaintyAt(at: number): Certainty {
    const after = this.#afters.get(at);
    return after === undefined ? exact : { kind: "between", after: instant(after) };
  }

  placeAt(at: number): { readonly location: number; readonly span: number } {
    const { locations, spans } = (this.#places ??= this.#readPlaces());
    return { location: locations[at] ?? 0, span: spans[at] ?? 0 };
  }

  objectAt(at: number): ObjectId | undefined {
    return this.#codes[at] === scopeCode ? undefined : objectId(this.#objects[at] ?? 0);
  }

  kindAt(at: number): WriteOperation["kind"] {
    return blockKinds[this.#codes[at] ?? 0] ?? "set";
  }

  foundPositions(): Iterable<number> {
    return this.#afters.keys();
  }

  positionsOf(object: number): Uint32Array {
    if (this.#byObject !== undefined) return this.#byObject.of(object);
    const known = this.#asked.get(object);
    if (known !== undefined) return known;
    if (this.#asked.size >= mostScans) {
      this.#byObject = positionsByObject(this.#objects, this.#toScopes);
      return this.#byObject.of(object);
    }
    const found: number[] = [];
    for (let at = this.#objects.indexOf(object); at >= 0; at = this.#objects.indexOf(object, at + 1))
      if (this.#codes[at] !== scopeCode) found.push(at);
    const positions = Uint32Array.from(found);
    this.#asked.set(object, positions);
    return positions;
  }

  scopePositions(): Uint32Array {
    return this.#toScopes;
  }

  operationAt(at: number): WriteOperation {
    const kind = blockKinds[this.#codes[at] ?? blockKinds.length];
    if (kind === undefined) throw new MalformedBytes("no such write");
    const from = this.#payloads;
    from.at = this.#starts[at] ?? 0;
    const target = this.#objects[at] ?? 0;
    const operation: WriteOperation =
      kind === "scope"
        ? { kind, scope: this.#scopeName(target), value: readValue(from) }
        : readPayload(from, kind, objectId(target), this.#keyAt(at));
    this.#mustEnd(at);
    return operation;
  }

  setLater(positions: ArrayLike<number>, from: number, to: number, entries: KeptEntries): number {
    const codes = this.#codes;
    const found = this.#afters.size > 0 ? this.#afters : undefined;
    let end = from;
    for (; end < to; end++) {
      const write = positions[end] ?? 0;
      if (codes[write] !== setCode || found?.has(write) === true) break;
    }
    return end === from ? from : entries.setLater(this.#sets, positions, from, end);
  }

  #valueSetAt(at: number): CapturedValue {
    this.#payloads.at = this.#starts[at] ?? 0;
    const value = readValue(this.#payloads);
    this.#mustEnd(at);
    return value;
  }

  #mustEnd(at: number): void {
    if (this.#payloads.at !== this.#starts[at + 1])
      throw new MalformedBytes("a write is not as long as its block says");
  }

  #keyAt(at: number): string {
    return this.#keys[this.#keyIds[at] ?? 0] ?? "";
  }
}

const textFrom = (texts: ByteReader): string => texts.text();
