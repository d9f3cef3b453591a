// Makes the segments of one process from its writes: gathers them into a block, keeps the objects they change, and closes the
// segment with a keyframe. What was closed is given out in order; it is written within the commit of the writes.
// Objects are kept in memory up to a budget. Those that were not changed for longest go first: where they are written down
// is known, and they are loaded again before they are written to.
import { instant } from "../../../shared/trace/time.js";
import { type CapturedValue, objectId } from "../../../shared/trace/value.js";
import { type LoadedNode, ObjectGraph } from "../object-graph.js";
import { type Kept, KeptObjects } from "./kept-objects.js";
import { type IndexEntry, PartsWriter, indexBytes } from "./keyframe.js";
import { LaterLogs } from "./later-logs.js";
import { OpenSegment } from "./open-segment.js";
import type { ObjectWrite } from "./operation-payload.js";
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
  /** Of an object from here on a keyframe says what was written to it, rather than all that it holds, if that is much less; */
  readonly mediumBytes: number;
  /** and of one from here on, nothing before so many segments. */
  readonly largeBytes: number;
  readonly mostLater: number;
  /** Of objects, as they are written down; in memory they take several times as much. */
  readonly keptBytes: number;
}

export const segmentSettings: SegmentSettings = {
  writes: 8192,
  payloadBytes: 4 * 1024 * 1024,
  smallBytes: 256 * 1024,
  mediumBytes: 256,
  largeBytes: 32 * 1024,
  mostLater: 8,
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
  readonly #logs = new LaterLogs();
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
      if (length >= settings.mediumBytes) builder.#logs.setUnknown(id);
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
    else this.#noteChange(operation, block.payloadBytes - bytesBefore + overhead, after !== undefined);
    if (block.count >= writes || block.payloadBytes >= payloadBytes) this.#close();
  }

  #noteChange(operation: ObjectWrite, bytes: number, isFound: boolean): void {
    const { target } = operation;
    if (!this.#graph.has(objectId(target))) return;
    this.#open.objects.add(target);
    const { version, length, laterBytes } = this.#kept.get(target) ?? unknown;
    if (version > 0 && length >= this.#settings.mediumBytes)
      this.#logs.add(target, version, this.#number, operation, isFound);
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
    const entries = this.#writeDown(covered.objects, parts, { left: room, isFull });
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
    const { mediumBytes } = this.#settings;
    let bytes = 0;
    for (const id of objects) {
      const { length, laterBytes } = this.#kept.get(id) ?? unknown;
      bytes += length < mediumBytes ? length : Math.min(length, laterBytes);
    }
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

  /** Into parts, or where they are written down already. */
  #writeDown(ids: Uint32Array, parts: PartsWriter, room: Room): IndexEntry[] {
    const entries: IndexEntry[] = [];
    for (const id of ids) {
      let kept = this.#kept.get(id);
      if (kept === undefined) continue;
      const isWritten = this.#open.objects.has(id);
      const form = this.#formOf(kept, isWritten, room);
      const later = form === "later" ? this.#logs.say(id, this.#number) : undefined;
      if (later !== undefined) {
        parts.add(id, later);
        kept = { ...kept, version: this.#number, until: this.#number };
        this.#kept.set(id, kept);
      } else if (form !== "elsewhere") {
        kept = this.#writeWhole(id, kept, parts);
        if (form === "fits" && kept.version === this.#number) room.left -= kept.length;
      }
      entries.push({ id, version: kept.version, until: kept.until, isWritten, length: kept.length });
    }
    return entries;
  }

  #writeWhole(id: number, kept: Kept, parts: PartsWriter): Kept {
    const loaded = this.#graph.has(objectId(id)) ? this.#graph.loaded(objectId(id)) : undefined;
    if (loaded === undefined) return kept;
    const length = parts.add(id, loaded);
    this.#totalBytes += length - kept.length;
    this.#bytesInMemory += length - kept.length + (this.#inMemory.has(id) ? 0 : overhead);
    this.#inMemory.add(id);
    this.#logs.writtenWhole(id);
    const written = { version: this.#number, until: this.#number, length, laterBytes: 0 };
    this.#kept.set(id, written);
    return written;
  }

  #formOf({ version, length, laterBytes }: Kept, isWritten: boolean, { left, isFull }: Room): Form {
    const { mediumBytes, largeBytes, mostLater } = this.#settings;
    const isOther = length < mediumBytes || laterBytes >= length / 2;
    if (version === 0 || (isWritten && isOther)) return "whole";
    const mayWait = length >= largeBytes && !isOther && this.#number - version < mostLater;
    if (mayWait) return "elsewhere";
    if (length <= left && (isFull || length < mediumBytes)) return "fits";
    return isWritten ? "later" : "elsewhere";
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
      this.#logs.forget(id);
      this.#inMemory.delete(id);
      this.#bytesInMemory -= (kept?.length ?? 0) + overhead;
    }
  }
}

/**
 * Of an object in a keyframe: all that it holds, because much of it is new or because there is room; what was written to it; or
 * nothing, as it is written down already, in earlier keyframes and blocks.
 */
type Form = "whole" | "fits" | "later" | "elsewhere";

/** Bytes for objects of which not much is new: where the keyframe knows all objects, one look finds all that fits. */
interface Room {
  left: number;
  readonly isFull: boolean;
}
