// What objects held at the end of a segment, for those that changed since an earlier keyframe, its parent; a full one has no
// parent and knows all. Whoever looks for an object asks a keyframe, then its parent, and so on.
// The index says where each object's contents are: in a part of this keyframe; in that of an earlier one, unchanged since;
// or there with the writes since then to be added, as is done for large ones. A part may say of a large object, instead of
// all that it holds, what was written to it since an earlier keyframe. Parts hold some tens of kilobytes each.
import { ByteReader, ByteWriter, MalformedBytes } from "../../../shared/protocol/bytes.js";
import { readValue, writeValue } from "../../../shared/protocol/captured-value-codec.js";
import type { CapturedValue } from "../../../shared/trace/value.js";
import { type KeptNode, SharedNames, TextTable, readKept, writeKept } from "./node-codec.js";
import { readCount, readIndex, readLength, writeCount } from "./varints.js";

export interface IndexEntry {
  readonly id: number;
  /** The segment at whose end the contents were written down. */
  readonly version: number;
  /** The last segment whose writes are to be added to them; `version` for none. */
  readonly until: number;
  /** Whether the keyframe's own segment wrote to it. */
  readonly isWritten: boolean;
  /** Bytes of its contents. */
  readonly length: number;
}

const bits = { elsewhere: 1, later: 2, written: 4 };
const mostObjects = 1 << 26;
/** Segments whose writes are added to one object's contents: what a damaged index may ask for at most. */
const mostLater = 64;

export interface KeyframeIndex {
  /** By scope id: what those that changed since the parent stand for. */
  readonly scopes: ReadonlyMap<number, CapturedValue>;
  /** Those that the keyframe's own segment wrote to. */
  readonly writtenScopes: ReadonlySet<number>;
  /** First object of each part. */
  readonly partStarts: readonly number[];
  /** By id, ascending. */
  readonly entries: readonly IndexEntry[];
}

export function indexBytes(segment: number, index: KeyframeIndex): Uint8Array {
  const { scopes, writtenScopes, partStarts, entries } = index;
  const out = new ByteWriter();
  writeCount(out, scopes.size);
  for (const [id, value] of scopes) {
    writeCount(out, 2 * id + (writtenScopes.has(id) ? 1 : 0));
    writeValue(out, value);
  }
  writeCount(out, partStarts.length);
  for (const id of partStarts) writeCount(out, id);
  writeCount(out, entries.length);
  let last = 0;
  for (const { id, version, until, isWritten, length } of entries) {
    writeCount(out, id - last);
    last = id;
    const [isElsewhere, isLater] = [version !== segment, until > version];
    out.u8((isElsewhere ? bits.elsewhere : 0) | (isLater ? bits.later : 0) | (isWritten ? bits.written : 0));
    if (isElsewhere) writeCount(out, segment - version);
    if (isLater) writeCount(out, segment - until);
    writeCount(out, length);
  }
  return out.bytes.subarray(0, out.at);
}

/** The index as it is looked into: columns by position. */
export class IndexView {
  readonly scopes: ReadonlyMap<number, CapturedValue>;
  readonly writtenScopes: ReadonlySet<number>;
  readonly partStarts: readonly number[];
  readonly ids: Uint32Array;
  readonly #versions: Uint32Array;
  readonly #untils: Uint32Array;
  readonly #flags: Uint8Array;
  readonly #lengths: Uint32Array;
  /** What is said of scopes. */
  readonly #scopeBytes: Uint8Array;

  /** `like`: another one, which most of the time says the same of scopes. Throws `MalformedBytes`. */
  constructor(
    readonly segment: number,
    bytes: Uint8Array,
    like?: IndexView,
  ) {
    const from = new ByteReader(bytes);
    if (like !== undefined && beginsWith(bytes, like.#scopeBytes)) {
      this.#scopeBytes = like.#scopeBytes;
      this.scopes = like.scopes;
      this.writtenScopes = like.writtenScopes;
      from.at = like.#scopeBytes.length;
    } else {
      const [scopes, written] = readScopes(from);
      this.#scopeBytes = bytes.slice(0, from.at);
      this.scopes = scopes;
      this.writtenScopes = written;
    }
    this.partStarts = Array.from({ length: readLength(from) }, () => readCount(from));
    const count = readLength(from);
    if (count > mostObjects) throw new MalformedBytes(`${count} objects`);
    this.ids = new Uint32Array(count);
    this.#versions = new Uint32Array(count);
    this.#untils = new Uint32Array(count);
    this.#flags = new Uint8Array(count);
    this.#lengths = new Uint32Array(count);
    let last = 0;
    for (let at = 0; at < count; at++) {
      const step = readCount(from);
      last += step;
      if (step === 0 || last > 2 ** 32 - 1) throw new MalformedBytes("objects out of order");
      const flags = from.u8();
      const version = (flags & bits.elsewhere) === 0 ? segment : segment - readCount(from);
      const until = (flags & bits.later) === 0 ? version : segment - readCount(from);
      if (version < 1 || until < version || until - version > mostLater)
        throw new MalformedBytes("contents of no segment");
      this.ids[at] = last;
      this.#flags[at] = flags;
      this.#versions[at] = version;
      this.#untils[at] = until;
      this.#lengths[at] = readIndex(from, 2 ** 32);
    }
    if (from.at !== bytes.length) throw new MalformedBytes("more than its objects");
  }

  /** Roughly, of memory. */
  get bytes(): number {
    return this.ids.length * 17 + this.scopes.size * 200 + 200;
  }

  has(id: number): boolean {
    return positionIn(this.ids, id) >= 0;
  }

  entry(id: number): IndexEntry | undefined {
    const at = positionIn(this.ids, id);
    return at < 0 ? undefined : this.#entryAt(at);
  }

  *entries(): Iterable<IndexEntry> {
    for (let at = 0; at < this.ids.length; at++) yield this.#entryAt(at);
  }

  /** Whether the keyframe's own segment wrote to any of the objects. */
  hasWritten(objects: ReadonlySet<number>): boolean {
    if (objects.size < this.ids.length) {
      for (const id of objects) if (((this.#flags[positionIn(this.ids, id)] ?? 0) & bits.written) !== 0) return true;
      return false;
    }
    return this.ids.some((id, at) => ((this.#flags[at] ?? 0) & bits.written) !== 0 && objects.has(id));
  }

  /** The part that holds an object written down here. */
  partOf(id: number): number {
    let part = -1;
    for (let [low, high] = [0, this.partStarts.length]; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.partStarts[middle] ?? 0) <= id) {
        part = middle;
        low = middle + 1;
      } else high = middle;
    }
    if (part < 0) throw new MalformedBytes(`object ${id} is in no part`);
    return part;
  }

  #entryAt(at: number): IndexEntry {
    const flags = this.#flags[at] ?? 0;
    return {
      id: this.ids[at] ?? 0,
      version: this.#versions[at] ?? 0,
      until: this.#untils[at] ?? 0,
      isWritten: (flags & bits.written) !== 0,
      length: this.#lengths[at] ?? 0,
    };
  }
}

/** What those that changed stand for, and which of them the keyframe's own segment wrote to. */
function readScopes(from: ByteReader): readonly [ReadonlyMap<number, CapturedValue>, ReadonlySet<number>] {
  const scopes = new Map<number, CapturedValue>();
  const written = new Set<number>();
  for (let left = readLength(from); left > 0; left--) {
    const head = readCount(from);
    const id = Math.floor(head / 2);
    scopes.set(id, readValue(from));
    if (head % 2 === 1) written.add(id);
  }
  return [scopes, written];
}

function beginsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  if (bytes.length < beginning.length) return false;
  for (let at = 0; at < beginning.length; at++) if (bytes[at] !== beginning[at]) return false;
  return true;
}

/** Beyond this a part takes no further object. */
const partBytes = 32 * 1024;

/** Objects come in the order of their ids. */
export class PartsWriter {
  readonly parts: Uint8Array[] = [];
  readonly starts: number[] = [];
  #texts = new TextTable();
  #ids: number[] = [];
  #sizes: number[] = [];
  #nodes = new ByteWriter();

  /** Bytes that it took. */
  add(id: number, kept: KeptNode): number {
    if (this.#ids.length === 0) this.starts.push(id);
    const before = this.#nodes.at;
    writeKept(this.#nodes, this.#texts, kept);
    const size = this.#nodes.at - before;
    this.#ids.push(id);
    this.#sizes.push(size);
    if (this.#nodes.at >= partBytes) this.finish();
    return size;
  }

  finish(): void {
    if (this.#ids.length === 0) return;
    const out = new ByteWriter(this.#nodes.at + 4096);
    this.#texts.writeTo(out);
    writeCount(out, this.#ids.length);
    let last = 0;
    this.#ids.forEach((id, at) => {
      writeCount(out, id - last);
      writeCount(out, this.#sizes[at] ?? 0);
      last = id;
    });
    out.raw(this.#nodes.bytes.subarray(0, this.#nodes.at));
    this.parts.push(out.bytes.subarray(0, out.at));
    this.#texts = new TextTable();
    this.#ids = [];
    this.#sizes = [];
    this.#nodes = new ByteWriter();
  }
}

/** Objects of one part; each is decoded when it is asked for, and kept by who asked. */
export class Part {
  readonly #reader: ByteReader;
  readonly #names: SharedNames;
  /** Ascending, and where each begins; behind them where the last one ends. */
  readonly #ids: Uint32Array;
  readonly #starts: Uint32Array;

  /** Throws `MalformedBytes`. */
  constructor(bytes: Uint8Array) {
    const from = new ByteReader(bytes);
    this.#reader = from;
    this.#names = new SharedNames(TextTable.read(from));
    const count = readLength(from);
    this.#ids = new Uint32Array(count);
    this.#starts = new Uint32Array(count + 1);
    let [id, size] = [0, 0];
    for (let at = 0; at < count; at++) {
      id += readCount(from);
      this.#ids[at] = id;
      if (this.#ids[at] !== id) throw new MalformedBytes("an object that is none");
      size += readCount(from);
      if (size > bytes.length) throw new MalformedBytes("a part is cut off");
      this.#starts[at + 1] = size;
    }
    for (let at = 0; at <= count; at++) this.#starts[at] = (this.#starts[at] ?? 0) + from.at;
    if (this.#starts[count] !== bytes.length) throw new MalformedBytes("a part is cut off");
  }

  /** Roughly, of memory. */
  get bytes(): number {
    // Of what is larger than parts usually are it is remembered where entries are, which takes as much again.
    const times = this.#reader.end > 2 * partBytes ? 2 : 1;
    return times * this.#reader.end + this.#ids.length * 8 + this.#names.texts.length * 50;
  }

  node(id: number): KeptNode {
    const place = positionIn(this.#ids, id);
    if (place < 0) throw new MalformedBytes(`object ${id} is not in its part`);
    const from = this.#reader;
    from.at = this.#starts[place] ?? 0;
    const node = readKept(from, this.#names);
    if (from.at !== this.#starts[place + 1]) throw new MalformedBytes(`object ${id} is not what its part says`);
    return node;
  }
}

/** Of one among many that ascend; negative where it is not among them. */
function positionIn(ids: Uint32Array, id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = ids[middle] ?? 0;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle;
  }
  return -1;
}
