// The writes of one segment as bytes, column by column: columns of one kind deflate well, and what a look at one object
// does not need is not decoded. Reading checks every count and offset: blocks come from files that anybody may have made.
// Section by section: head, seqs, instants, times of found ones, operations, objects, keys, places, spans, payload sizes,
// key texts, payloads.
import { ByteReader, ByteWriter, MalformedBytes } from "../../../shared/protocol/bytes.js";
import {
  readContents,
  readList,
  readValue,
  writeContents,
  writeList,
  writeValue,
} from "../../../shared/protocol/captured-value-codec.js";
import { unreachable } from "../../../shared/base/unreachable.js";
import { type ObjectId, objectId } from "../../../shared/trace/value.js";
import { instant } from "../../../shared/trace/time.js";
import type { Certainty, WriteOperation } from "../../../shared/trace/write.js";
import { type SegmentWrite, nameOfScope } from "./segment-write.js";
import {
  readCount,
  readDifference,
  readIndex,
  readLength,
  readSigned,
  writeCount,
  writeDifference,
  writeSigned,
} from "./varints.js";

/** Append only: the index is stored. */
const kinds = [
  "set",
  "delete",
  "splice",
  "map-set",
  "map-delete",
  "set-add",
  "set-delete",
  "clear",
  "contents",
  "scope",
] as const satisfies readonly WriteOperation["kind"][];
const scopeCode = kinds.indexOf("scope");
const foundBit = 0x80;
/** A segment has a few thousand. */
const mostWrites = 1 << 20;
const maxId = 2 ** 32 - 1;
/** Nanoseconds between the first write of a block and any other: 52 days, so that a number holds it. */
const furthest = 2 ** 52;

const sectionCount = 10;

export class BlockWriter {
  count = 0;
  readonly #keys = new Map<string, number>();
  readonly #seqs = new ByteWriter();
  readonly #instants = new ByteWriter();
  readonly #afters = new ByteWriter();
  readonly #codes = new ByteWriter();
  readonly #objects = new ByteWriter();
  readonly #keyIds = new ByteWriter();
  readonly #locations = new ByteWriter();
  readonly #spans = new ByteWriter();
  readonly #sizes = new ByteWriter();
  readonly #payloads = new ByteWriter();
  #lastSeq = 0;
  #first = 0n;
  #lastOffset = 0;
  #lastSpan = 0;

  /** Bytes of what was written, as opposed to when and where. */
  get payloadBytes(): number {
    return this.#payloads.at;
  }

  /** Whether it comes too much later, or earlier, to stand beside those that are there. */
  isTooFar(instant: bigint): boolean {
    return this.count > 0 && Math.abs(Number(instant - this.#first)) > furthest / 2;
  }

  /** Writes come in Seq order, and none that is too far. */
  add({ seq, instant, after, operation, location, span }: SegmentWrite): void {
    if (this.count === 0) this.#first = instant;
    this.count++;
    writeCount(this.#seqs, seq - this.#lastSeq);
    const offset = Number(instant - this.#first);
    writeSigned(this.#instants, offset - this.#lastOffset);
    this.#codes.u8(kinds.indexOf(operation.kind) | (after === undefined ? 0 : foundBit));
    if (after !== undefined) writeDifference(this.#afters, instant - after);
    writeCount(this.#objects, operation.kind === "scope" ? Number(operation.scope) : operation.target);
    writeCount(this.#locations, location);
    writeSigned(this.#spans, span - this.#lastSpan);
    this.#lastSeq = seq;
    this.#lastOffset = offset;
    this.#lastSpan = span;
    const before = this.#payloads.at;
    this.#payload(operation);
    writeCount(this.#sizes, this.#payloads.at - before);
  }

  #payload(operation: WriteOperation): void {
    const out = this.#payloads;
    switch (operation.kind) {
      case "set":
        writeCount(this.#keyIds, this.#keyId(operation.key));
        return writeValue(out, operation.value);
      case "delete":
        return writeCount(this.#keyIds, this.#keyId(operation.key));
      case "splice":
        writeCount(out, operation.start);
        writeCount(out, operation.deleteCount);
        return writeList(out, operation.elements);
      case "map-set":
        writeValue(out, operation.key);
        return writeValue(out, operation.value);
      case "map-delete":
        return writeValue(out, operation.key);
      case "set-add":
      case "set-delete":
        return writeValue(out, operation.member);
      case "clear":
        return;
      case "contents":
        return writeContents(out, operation.contents);
      case "scope":
        return writeValue(out, operation.value);
      default:
        return unreachable(operation);
    }
  }

  #keyId(key: string): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    this.#keys.set(key, this.#keys.size);
    return this.#keys.size - 1;
  }

  bytes(): Uint8Array {
    const texts = new ByteWriter();
    for (const key of this.#keys.keys()) texts.text(key);
    const sections = [
      this.#seqs,
      this.#instants,
      this.#afters,
      this.#codes,
      this.#objects,
      this.#keyIds,
      this.#locations,
      this.#spans,
      this.#sizes,
      texts,
    ];
    const out = new ByteWriter(this.#payloads.at + sections.reduce((total, { at }) => total + at, 0) + 128);
    writeCount(out, this.count);
    writeCount(out, this.#keys.size);
    writeDifference(out, this.#first);
    for (const section of sections) writeCount(out, section.at);
    for (const section of [...sections, this.#payloads]) out.raw(section.bytes.subarray(0, section.at));
    return out.bytes.subarray(0, out.at);
  }
}

/** Writes in Seq order, by position from 0. What positions are and what is at one never changes; more may follow. */
export interface Writes {
  readonly count: number;
  seqAt(at: number): number;
  instantAt(at: number): bigint;
  /** The latest instant of the writes up to this one: it never goes back. */
  latestAt(at: number): bigint;
  operationAt(at: number): WriteOperation;
  kindAt(at: number): WriteOperation["kind"];
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
const nowhere = new Uint32Array(0);

export class Block implements Writes {
  readonly count: number;
  readonly #seqs: Float64Array;
  readonly #first: bigint;
  /** Nanoseconds after the first: of each, and the most until then. */
  readonly #offsets: Float64Array;
  readonly #latest: Float64Array;
  readonly #codes: Uint8Array;
  readonly #objects: Uint32Array;
  readonly #locations: Uint32Array;
  readonly #spans: Float64Array;
  readonly #keyIds: Uint32Array;
  readonly #keys: readonly string[];
  /** When the found ones were seen to have been otherwise, by position. */
  readonly #afters = new Map<number, bigint>();
  readonly #starts: Uint32Array;
  readonly #bytes: Uint8Array;
  /** All of them: one is read at a time. */
  readonly #payloads: ByteReader;
  readonly #scopeName: (id: number) => string;
  #byObject: ReadonlyMap<number, Uint32Array> | undefined;

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
    this.#bytes = bytes;
    this.#payloads = new ByteReader(bytes);
    this.#scopeName = scopeName;
    this.#keys = Array.from({ length: keyCount }, () => textFrom(texts));
    this.#seqs = new Float64Array(count);
    this.#offsets = new Float64Array(count);
    this.#latest = new Float64Array(count);
    this.#codes = new Uint8Array(count);
    this.#objects = new Uint32Array(count);
    this.#locations = new Uint32Array(count);
    this.#spans = new Float64Array(count);
    this.#keyIds = new Uint32Array(count);
    this.#starts = new Uint32Array(count + 1);
    let [seq, offset, latest, span] = [0, 0, 0, 0];
    for (let index = 0; index < count; index++) {
      const step = readCount(seqs);
      seq += step;
      if ((step === 0 && index > 0) || seq > Number.MAX_SAFE_INTEGER) throw new MalformedBytes("writes out of order");
      offset += readSigned(instants);
      if (Math.abs(offset) > furthest) throw new MalformedBytes("a time that is none");
      if (offset > latest) latest = offset;
      const code = codes.u8();
      if ((code & ~foundBit) >= kinds.length) throw new MalformedBytes(`operation ${code}`);
      if ((code & foundBit) !== 0) this.#afters.set(index, this.#first + BigInt(offset) - readDifference(afters));
      span += readSigned(spans);
      if (span < 0 || span > maxId) throw new MalformedBytes(`span ${span}`);
      this.#seqs[index] = seq;
      this.#offsets[index] = offset;
      this.#latest[index] = latest;
      this.#codes[index] = code & ~foundBit;
      this.#objects[index] = readIndex(objects, maxId + 1);
      this.#keyIds[index] = (code & ~foundBit) < 2 ? readIndex(keyIds, keyCount) : 0;
      this.#locations[index] = readIndex(locations, maxId + 1);
      this.#spans[index] = span;
      this.#starts[index] = at;
      at += readCount(payloads);
      if (at > bytes.length) throw new MalformedBytes("payloads are cut off");
    }
    this.#starts[count] = at;
    if (at !== bytes.length) throw new MalformedBytes("more than its sections");
  }

  /** Roughly, of memory. */
  get bytes(): number {
    return this.#bytes.length + this.count * 80;
  }

  seqAt(at: number): number {
    return this.#seqs[at] ?? 0;
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
    return { location: this.#locations[at] ?? 0, span: this.#spans[at] ?? 0 };
  }

  objectAt(at: number): ObjectId | undefined {
    return this.#codes[at] === scopeCode ? undefined : objectId(this.#objects[at] ?? 0);
  }

  kindAt(at: number): WriteOperation["kind"] {
    return kinds[this.#codes[at] ?? 0] ?? "set";
  }

  foundPositions(): Iterable<number> {
    return this.#afters.keys();
  }

  positionsOf(object: number): Uint32Array {
    return this.#index().get(object) ?? nowhere;
  }

  scopePositions(): Uint32Array {
    return this.#index().get(scopes) ?? nowhere;
  }

  #index(): ReadonlyMap<number, Uint32Array> {
    if (this.#byObject !== undefined) return this.#byObject;
    const lists = new Map<number, number[]>();
    for (let at = 0; at < this.count; at++) {
      const object = this.#codes[at] === scopeCode ? scopes : (this.#objects[at] ?? 0);
      const list = lists.get(object);
      if (list === undefined) lists.set(object, [at]);
      else list.push(at);
    }
    this.#byObject = new Map([...lists].map(([object, list]) => [object, Uint32Array.from(list)]));
    return this.#byObject;
  }

  operationAt(at: number): WriteOperation {
    const kind = kinds[this.#codes[at] ?? kinds.length];
    if (kind === undefined) throw new MalformedBytes("no such write");
    const from = this.#payloads;
    from.at = this.#starts[at] ?? 0;
    const operation = this.#operation(kind, from, at);
    if (from.at !== this.#starts[at + 1]) throw new MalformedBytes("a write is not as long as its block says");
    return operation;
  }

  #operation(kind: WriteOperation["kind"], from: ByteReader, at: number): WriteOperation {
    const target = objectId(this.#objects[at] ?? 0);
    switch (kind) {
      case "set":
        return { kind, target, key: this.#keyAt(at), value: readValue(from) };
      case "delete":
        return { kind, target, key: this.#keyAt(at) };
      case "splice":
        return { kind, target, start: readCount(from), deleteCount: readCount(from), elements: readList(from) };
      case "map-set":
        return { kind, target, key: readValue(from), value: readValue(from) };
      case "map-delete":
        return { kind, target, key: readValue(from) };
      case "set-add":
      case "set-delete":
        return { kind, target, member: readValue(from) };
      case "clear":
        return { kind, target };
      case "contents":
        return { kind, target, contents: readContents(from) };
      case "scope":
        return { kind, scope: this.#scopeName(target), value: readValue(from) };
      default:
        return unreachable(kind);
    }
  }

  #keyAt(at: number): string {
    return this.#keys[this.#keyIds[at] ?? 0] ?? "";
  }
}

/** In place of an object's id. */
const scopes = -1;

const textFrom = (texts: ByteReader): string => texts.text();
