// What objects held at the end of one segment, looked up in its keyframe and those before it that it builds on.
// Bytes that are not in memory are asked for by throwing `NotLoaded`: who asked fetches them and looks again. So a look at
// fifty rows of a large state fetches what those rows show, and all that looks at state needs no promises.
import { ByteReader, MalformedBytes } from "../../../shared/protocol/bytes.js";
import type { CapturedValue, ObjectId } from "../../../shared/trace/value.js";
import type { LoadedNode } from "../object-graph.js";
import type { Block } from "./block.js";
import type { IndexEntry, IndexView, Part } from "./keyframe.js";
import { type LaterWrites, writesIn } from "./later-writes.js";
import { type KeptNode, isLater } from "./node-codec.js";
import { OneObject } from "./one-object.js";

/** One thing of a segment that can be fetched; a keyframe is its index, with its parts when they are small. */
export type BlobName =
  | { readonly kind: "block" | "index" | "keyframe"; readonly segment: number }
  | { readonly kind: "part"; readonly segment: number; readonly part: number };

export class NotLoaded extends Error {
  constructor(readonly blobs: readonly BlobName[]) {
    super(`not loaded: ${blobs.map(({ kind, segment }) => `${kind} of segment ${segment}`).join(", ")}`);
  }
}

/** What is loaded of one process's segments; throws `NotLoaded` for what is not, `MalformedBytes` for what cannot be. */
export interface Blobs {
  block(segment: number): Block;
  index(segment: number): IndexView;
  part(segment: number, part: number): Part;
  /** Of a segment's keyframe; 0 for none. */
  parentOf(segment: number): number;
  /** The last base up to a segment: what was written down before it is there, as it was then. 0 for none. */
  baseOf(segment: number): number;
}

/** Bytes, as they are written down. */
const keptFrom = 4096;
const timesInMemory = 8;

export class KeyframeChain {
  /** Those that take long to make again. */
  readonly #large = new Map<ObjectId, LoadedNode>();
  #bytes = 0;
  /** Those that objects were found in, by segment. */
  readonly #written = new Map<number, { readonly index: IndexView; readonly parts: Part[] }>();
  #scopes: ReadonlyMap<number, CapturedValue> | undefined;
  /** The keyframes on the way back, nearest first. */
  #indexes: IndexView[] | undefined;

  /** At the end of `segment`; 0 for the beginning, when there is nothing. */
  constructor(
    readonly segment: number,
    readonly blobs: Blobs,
  ) {}

  /** Roughly, of memory: of the objects that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  node(id: ObjectId): LoadedNode | undefined {
    return this.object(id).now;
  }

  /** To apply writes to. */
  object(id: ObjectId): OneObject {
    const known = this.#large.get(id);
    if (known !== undefined) return OneObject.shared(id, known);
    for (const index of this.#way()) {
      const entry = index.entry(id);
      if (entry === undefined) continue;
      const where = keptPlace(this.blobs, this.segment, entry);
      const written = where.until === where.version ? this.#writtenDown(id, where.version) : undefined;
      const isWhole = written !== undefined && !isLater(written);
      const node = isWhole ? written : nodeFrom(this.blobs, id, this.segment, where);
      if (entry.length < keptFrom) return OneObject.own(id, node);
      this.#large.set(id, node);
      this.#bytes += timesInMemory * entry.length;
      return OneObject.shared(id, node);
    }
    return OneObject.own(id, undefined);
  }

  #writtenDown(id: ObjectId, version: number): KeptNode {
    let written = this.#written.get(version);
    if (written === undefined) {
      written = { index: this.blobs.index(version), parts: [] };
      this.#written.set(version, written);
    }
    const number = written.index.partOf(id);
    const part = (written.parts[number] ??= this.blobs.part(version, number));
    return part.node(id);
  }

  /** Where every object is written down. */
  *entries(): Iterable<IndexEntry> {
    const seen = new Set<number>();
    for (const index of this.#way())
      for (const entry of index.entries()) {
        if (seen.has(entry.id)) continue;
        seen.add(entry.id);
        yield entry;
      }
  }

  #way(): readonly IndexView[] {
    if (this.#indexes !== undefined) return this.#indexes;
    const indexes: IndexView[] = [];
    for (let segment = this.segment; segment > 0; segment = this.blobs.parentOf(segment))
      indexes.push(this.blobs.index(segment));
    this.#indexes = indexes;
    return indexes;
  }

  /** What scopes stand for, by id, in the order in which they came. */
  scopes(): ReadonlyMap<number, CapturedValue> {
    if (this.#scopes !== undefined) return this.#scopes;
    const newest = newestOf(this.#way());
    this.#scopes = isAscending(newest.keys()) ? newest : new Map([...newest].sort(([a], [b]) => a - b));
    return this.#scopes;
  }
}

/** One that knows everything is shared with all that say the same. */
function newestOf(way: readonly IndexView[]): ReadonlyMap<number, CapturedValue> {
  const [only] = way;
  if (only !== undefined && way.length === 1) return only.scopes;
  const newest = new Map<number, CapturedValue>();
  for (const index of way) for (const [id, value] of index.scopes) if (!newest.has(id)) newest.set(id, value);
  return newest;
}

function isAscending(ids: Iterable<number>): boolean {
  let last = -1;
  for (const id of ids) {
    if (id < last) return false;
    last = id;
  }
  return true;
}

const writtenDown = (blobs: Blobs, id: ObjectId, version: number): KeptNode =>
  blobs.part(version, blobs.index(version).partOf(id)).node(id);

/** What is missing for any of them is asked for at once. */
export function allOf<Item, Value>(items: Iterable<Item>, look: (item: Item) => Value): readonly Value[] {
  const values: Value[] = [];
  const missing: BlobName[] = [];
  for (const item of items)
    try {
      values.push(look(item));
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error;
      missing.push(...error.blobs);
    }
  if (missing.length > 0) throw new NotLoaded(missing);
  return values;
}

type Place = Pick<IndexEntry, "version" | "until">;

/** A base knows of every object what it held at the base's end. */
function keptPlace(blobs: Blobs, segment: number, { version, until }: Place): Place {
  const base = blobs.baseOf(segment);
  return { version: Math.max(version, base), until: Math.max(until, base) };
}

/** An object as of the end of `segment`, from where it is written down, with the writes that no keyframe has. */
export function nodeFrom(blobs: Blobs, id: ObjectId, segment: number, place: Place): LoadedNode {
  const { version, until } = keptPlace(blobs, segment, place);
  const written = writtenDown(blobs, id, version);
  if (!isLater(written) && until === version) return written;
  const object = isLater(written) ? wholeOf(blobs, id, segment, written) : OneObject.own(id, written);
  const later = Array.from({ length: until - version }, (_, at) => version + 1 + at);
  for (const block of allOf(later, (number) => blobs.block(number))) {
    const positions = block.positionsOf(id);
    object.apply(block, positions, 0, positions.length);
  }
  const node = object.now;
  if (node === undefined) throw new MalformedBytes(`object ${id} is lost`);
  return node;
}

/** What was written down whole, with the writes that are written down behind it. */
function wholeOf(blobs: Blobs, id: ObjectId, segment: number, newest: LaterWrites): OneObject {
  // What was evicted stands whole in the base, with those of the writes that it was made of.
  const base = blobs.baseOf(segment);
  const kept = newest.versions.filter((version) => version > base);
  const root = kept.length === newest.versions.length ? (kept.pop() ?? base) : base;
  const [whole, ...logs] = allOf([root, ...kept.reverse()], (version) => writtenDown(blobs, id, version));
  if (whole === undefined || isLater(whole)) throw new MalformedBytes(`object ${id} is nowhere whole`);
  const object = OneObject.own(id, whole);
  for (const log of [...logs, newest]) {
    if (!isLater(log)) throw new MalformedBytes(`object ${id} is whole where it should not be`);
    for (const { segment: number, count, bytes } of log.stretches) {
      if (number <= root) continue;
      for (const { operation, isFound } of writesIn(new ByteReader(bytes), count, id))
        object.applyOperation(operation, isFound);
    }
  }
  return object;
}
