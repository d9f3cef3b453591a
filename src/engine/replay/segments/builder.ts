// Makes the segments of one process from its writes: gathers them into a block, keeps the objects they change, and closes the
// segment with a keyframe. What was closed is given out in order; it is written within the commit of the writes.
// Objects are kept in memory up to a budget. Those that were not changed for longest go first: where they are written down
// is known, and they are loaded again before they are written to.
import { instant } from "../../../shared/trace/time.js";
import { type CapturedValue, objectId } from "../../../shared/trace/value.js";
import { type LoadedNode, ObjectGraph } from "../object-graph.js";
import { BlockWriter } from "./block-writer.js";
import { type Kept, KeptObjects } from "./kept-objects.js";
import { type IndexEntry, PartsWriter, indexBytes } from "./keyframe.js";
import { type Ids, Runs, idsFrom, parentOf } from "./runs.js";
import type { SegmentHead } from "./segment-heads.js";
import type { SegmentWrite } from "./segment-write.js";

export interface SegmentSettings {
  /** A segment is closed at so many writes, */
  readonly writes: number;
  /** or when what they say is as long. */
  readonly payloadBytes: number;
  /** State up to here is written down whole every time: then one look finds all of it. */
  readonly smallBytes: number;
  /** An object from here on is written down anew only when enough of it changed, */
  readonly largeBytes: number;
  /** or after so many segments. */
  readonly mostLater: number;
  /** Of objects, as they are written down; in memory they take several times as much. */
  readonly keptBytes: number;
}

export const segmentSettings: SegmentSettings = {
  writes: 8192,
  payloadBytes: 4 * 1024 * 1024,
  smallBytes: 256 * 1024,
  largeBytes: 32 * 1024,
  mostLater: 16,
  keptBytes: 96 * 1024 * 1024,
};

const unknown = { version: 0, length: 0, laterBytes: 0 };

export interface ClosedSegment extends Omit<SegmentHead, "place"> {
  readonly block: Uint8Array;
  readonly index: Uint8Array;
  readonly parts: readonly Uint8Array[];
}

/** What is known after the last segment that was written. */
export interface BuilderState {
  readonly number: number;
  readonly lastSeq: number;
  readonly entries: Iterable<IndexEntry>;
  readonly scopes: ReadonlyMap<number, CapturedValue>;
}

/** What a write takes besides what it says, and an object besides what it holds. */
const overhead = 16;

export class SegmentBuilder {
  readonly #settings: SegmentSettings;
  readonly #graph = ObjectGraph.empty();
  readonly #kept = new KeptObjects();
  readonly #runs = new Runs();
  #number = 1;
  #lastSeq = 0;
  #open = new OpenSegment();
  #totalBytes = 0;
  /** Objects in memory that are written down somewhere. */
  readonly #inMemory = new Set<number>();
  #bytesInMemory = 0;
  #closed: ClosedSegment[] = [];

  constructor(settings: SegmentSettings = segmentSettings) {
    this.#settings = settings;
  }

  /** What came later is added again. */
  static restore(state: BuilderState, settings = segmentSettings): SegmentBuilder {
    const builder = new SegmentBuilder(settings);
    builder.#number = state.number + 1;
    builder.#lastSeq = state.lastSeq;
    const ids: number[] = [];
    for (const { id, version, until, length } of state.entries) {
      ids.push(id);
      builder.#kept.set(id, { version, until, length, laterBytes: until > version ? 1 : 0 });
      builder.#totalBytes += length;
    }
    for (const [id, value] of state.scopes) builder.#graph.apply({ kind: "scope", scope: String(id), value });
    builder.#runs.add(state.number, idsFrom(ids, state.scopes.keys()));
    return builder;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Where an object that is not in memory is written down; undefined when it is, or nobody knows it. */
  whereIs(id: number): Kept | undefined {
    if (this.#graph.has(objectId(id))) return undefined;
    const kept = this.#kept.get(id);
    return kept === undefined || kept.version === 0 ? undefined : kept;
  }

  load(id: number, node: LoadedNode): void {
    this.#graph.load(objectId(id), node);
    this.#inMemory.add(id);
    this.#bytesInMemory += (this.#kept.get(id)?.length ?? 0) + overhead;
  }

  /** In Seq order. What `whereIs` says is somewhere has been loaded. */
  add(write: SegmentWrite): void {
    const { payloadBytes, writes } = this.#settings;
    if (this.#open.block.isTooFar(write.instant)) this.#close();
    const { operation, after } = write;
    const { block } = this.#open;
    const bytesBefore = block.payloadBytes;
    this.#open.add(write);
    this.#lastSeq = write.seq;
    this.#graph.apply(operation, after === undefined ? { kind: "exact" } : { kind: "between", after: instant(after) });
    if (operation.kind === "scope") this.#open.scopes.add(Number(operation.scope));
    else this.#noteChange(operation.target, block.payloadBytes - bytesBefore + overhead);
    if (block.count >= writes || block.payloadBytes >= payloadBytes) this.#close();
  }

  #noteChange(target: number, bytes: number): void {
    if (!this.#graph.has(objectId(target))) return;
    this.#open.objects.add(target);
    const { version, length, laterBytes } = this.#kept.get(target) ?? unknown;
    this.#kept.set(target, { version, until: this.#number, length, laterBytes: laterBytes + bytes });
  }

  /** Closes what is open, however little that is. */
  closeOpen(): void {
    if (this.#open.block.count > 0) this.#close();
  }

  /** What was closed since it was asked last. */
  takeClosed(): readonly ClosedSegment[] {
    const closed = this.#closed;
    this.#closed = [];
    return closed;
  }

  #close(): void {
    const [open, number] = [this.#open, this.#number];
    const block = open.block.bytes();
    const changed = this.#runs.add(number, idsFrom(open.objects, open.scopes));
    const room = Math.max(this.#settings.smallBytes, block.length);
    const isFull = parentOf(number) === 0 || this.#isWorthAll(changed, room);
    const covered = isFull ? this.#runs.all() : changed;
    const parts = new PartsWriter();
    const entries = this.#writeDown(covered.objects, parts, room);
    parts.finish();
    const index = { scopes: this.#scopesOf(covered), writtenScopes: open.scopes, partStarts: parts.starts, entries };
    this.#closed.push({
      ...open.facts(),
      number,
      parent: isFull ? 0 : parentOf(number),
      block,
      index: indexBytes(number, index),
      parts: parts.parts,
    });
    this.#number++;
    this.#open = new OpenSegment();
  }

  /** Whether a keyframe that knows everything costs little, or not much more than this one. */
  #isWorthAll({ objects }: Ids, room: number): boolean {
    if (this.#totalBytes <= room) return true;
    const bytes = objects.reduce((total, id) => total + (this.#kept.get(id)?.length ?? 0), 0);
    return bytes >= this.#totalBytes / 2;
  }

  #scopesOf({ scopes }: Ids): ReadonlyMap<number, CapturedValue> {
    const found = new Map<number, CapturedValue>();
    for (const id of scopes) {
      const value = this.#graph.scopes().get(String(id));
      if (value !== undefined) found.set(id, value);
    }
    return found;
  }

  /** Into parts, or where they are written down already. `room`: bytes for objects that did not change. */
  #writeDown(ids: Uint32Array, parts: PartsWriter, room: number): IndexEntry[] {
    const entries: IndexEntry[] = [];
    let left = room;
    for (const id of ids) {
      let kept = this.#kept.get(id);
      if (kept === undefined) continue;
      const isWritten = this.#open.objects.has(id);
      const isWorth = !this.#mayWait(kept) && (isWritten || kept.length <= left);
      const loaded = isWorth && this.#graph.has(objectId(id)) ? this.#graph.loaded(objectId(id)) : undefined;
      if (loaded !== undefined) {
        const length = parts.add(id, loaded);
        if (!isWritten) left -= length;
        this.#totalBytes += length - kept.length;
        this.#bytesInMemory += length - kept.length + (this.#inMemory.has(id) ? 0 : overhead);
        this.#inMemory.add(id);
        kept = { version: this.#number, until: this.#number, length, laterBytes: 0 };
        this.#kept.set(id, kept);
      }
      entries.push({ id, version: kept.version, until: kept.until, isWritten, length: kept.length });
    }
    return entries;
  }

  /** Whether its contents, with the writes since, are not worth being written down anew. */
  #mayWait({ version, length, laterBytes }: Kept): boolean {
    const { largeBytes, mostLater } = this.#settings;
    return version > 0 && length >= largeBytes && laterBytes < length / 2 && this.#number - version < mostLater;
  }

  /** What is written down goes from memory until the rest fits. Called when all that was closed is in the file. */
  makeRoom(): void {
    const { keptBytes } = this.#settings;
    if (this.#bytesInMemory <= keptBytes) return;
    const known = [...this.#inMemory].map((id) => ({ id, kept: this.#kept.get(id) }));
    const candidates = known.filter(({ id }) => !this.#open.objects.has(id));
    candidates.sort((a, b) => (a.kept?.until ?? 0) - (b.kept?.until ?? 0));
    for (const { id, kept } of candidates) {
      // Not a little again and again.
      if (this.#bytesInMemory <= 0.75 * keptBytes) return;
      this.#graph.forget(objectId(id));
      this.#inMemory.delete(id);
      this.#bytesInMemory -= (kept?.length ?? 0) + overhead;
    }
  }
}

/** The writes since the last keyframe, and what they changed. */
class OpenSegment {
  readonly block = new BlockWriter();
  readonly objects = new Set<number>();
  readonly scopes = new Set<number>();
  #first: SegmentWrite | undefined;
  #lastSeq = 0;
  #latestInstant = 0n;
  #foundAfter: bigint | undefined;

  add(write: SegmentWrite): void {
    this.block.add(write);
    const { after, instant: at } = write;
    this.#lastSeq = write.seq;
    if (this.#first === undefined || at > this.#latestInstant) this.#latestInstant = at;
    this.#first ??= write;
    if (after !== undefined && (this.#foundAfter === undefined || after < this.#foundAfter)) this.#foundAfter = after;
  }

  facts(): Pick<ClosedSegment, "firstSeq" | "lastSeq" | "firstInstant" | "latestInstant" | "writes" | "foundAfter"> {
    return {
      firstSeq: this.#first?.seq ?? 0,
      lastSeq: this.#lastSeq,
      firstInstant: this.#first?.instant ?? 0n,
      latestInstant: this.#latestInstant,
      writes: this.block.count,
      foundAfter: this.#foundAfter,
    };
  }
}
