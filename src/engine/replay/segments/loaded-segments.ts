// What of one process's segments is in memory: decoded, the least recently used thrown away first. What a look needed stays
// for it until it has an answer, so that it comes to an end however little is kept.
import { throwIfCancelled } from "../../../shared/base/cancel.js";
import { MalformedBytes } from "../../../shared/protocol/bytes.js";
import { type Asker, nobody } from "../../../shared/base/asker.js";
import { Block } from "./block.js";
import { IndexView, Part } from "./keyframe.js";
import { type BlobName, type Blobs, NotLoaded } from "./keyframe-chain.js";
import type { SegmentHead, SegmentHeads } from "./segment-heads.js";
import { nameOfScope } from "./segment-write.js";

export interface FetchedBlob {
  readonly name: BlobName;
  /** How many there are as they were fetched. */
  readonly packedBytes: number;
  /** Of what is needed only: much comes along because it lies beside it. */
  unpack(): Uint8Array;
}

/** Gives the bytes of all that is asked for; more, where that lies beside it, may come along. */
export type FetchBlobs = (names: readonly BlobName[], asker?: Asker) => Promise<readonly FetchedBlob[]>;

/** What came along, and nobody has needed yet. */
class Packed {
  constructor(readonly blob: FetchedBlob) {}

  get bytes(): number {
    return this.blob.packedBytes;
  }
}

type Loaded = Block | IndexView | Part | Packed;

const keptBytes = 64 * 1024 * 1024;
/** One look needs no more than a whole state. */
const mostHeld = 1024 * 1024 * 1024;
/** Parts beside the one needed: each time twice as many. */
const mostAhead = 1 << 14;

export class LoadedSegments implements Blobs {
  readonly #heads: SegmentHeads;
  readonly #fetch: FetchBlobs;
  readonly #scopeName: (id: number) => string;
  readonly #kept = new Map<string, Loaded>();
  #keptBytes = 0;
  #lastIndex: IndexView | undefined;
  /** What the look that runs now has needed. */
  #held: Map<string, Loaded> | undefined;
  #loading: Promise<unknown> = Promise.resolve();

  constructor(heads: SegmentHeads, fetch: FetchBlobs, scopeName: (id: number) => string = nameOfScope) {
    this.#heads = heads;
    this.#fetch = fetch;
    this.#scopeName = scopeName;
  }

  block(segment: number): Block {
    const found = this.#get({ kind: "block", segment });
    if (found instanceof Block) return found;
    throw new NotLoaded([{ kind: "block", segment }]);
  }

  index(segment: number): IndexView {
    const found = this.#get({ kind: "index", segment });
    if (found instanceof IndexView) return found;
    throw new NotLoaded([{ kind: "index", segment }]);
  }

  part(segment: number, part: number): Part {
    const found = this.#get({ kind: "part", segment, part });
    if (found instanceof Part) return found;
    throw new NotLoaded([{ kind: "part", segment, part }]);
  }

  parentOf(segment: number): number {
    return this.#heads.parentOf(this.#headOf(segment).number);
  }

  baseOf(segment: number): number {
    return this.#heads.baseOf(segment);
  }

  /** Runs `look` again and again, until all that it needs is there. It changes nothing but what it answers. */
  async look<Answer>(look: () => Answer, ahead: readonly BlobName[] = [], asker = nobody): Promise<Answer> {
    const held = new Map<string, Loaded>();
    if (ahead.length > 0) await this.#load(ahead, held, asker);
    for (let more = 1; ; more = Math.min(2 * more, mostAhead)) {
      const missing = this.#tryLook(look, held);
      if ("answer" in missing) return missing.answer;
      const wanted = new Map<string, BlobName>();
      for (const blob of missing.blobs)
        for (const one of this.#withNeighbours(blob, more, held)) wanted.set(keyOf(one), one);
      await this.#load([...wanted.values()], held, asker);
    }
  }

  #tryLook<Answer>(
    look: () => Answer,
    held: Map<string, Loaded>,
  ): { readonly answer: Answer } | { readonly blobs: readonly BlobName[] } {
    this.#held = held;
    try {
      return { answer: look() };
    } catch (error) {
      if (error instanceof NotLoaded) return { blobs: error.blobs };
      throw error;
    } finally {
      this.#held = undefined;
    }
  }

  #withNeighbours(blob: BlobName, more: number, held: ReadonlyMap<string, Loaded>): readonly BlobName[] {
    const index = held.get(keyOf({ kind: "index", segment: blob.segment }));
    if (blob.kind !== "part" || !(index instanceof IndexView)) return [blob];
    const last = Math.min(blob.part + more, index.partStarts.length);
    const parts: BlobName[] = [];
    for (let part = blob.part; part < last; part++) parts.push({ ...blob, part });
    return parts;
  }

  /** One at a time: many looks at one place need the same. */
  async #load(names: readonly BlobName[], held: Map<string, Loaded>, asker: Asker): Promise<void> {
    const missing = (): readonly BlobName[] => names.filter((name) => !this.#hold(name, held));
    if (missing().length === 0) return;
    const load = this.#loading.then(() => this.#fetchInto(missing(), held, asker));
    this.#loading = load.catch(() => undefined); // who asked hears of it
    await load;
    if (missing().length > 0) throw new MalformedBytes("what was asked for did not come");
  }

  /** Whether it is in memory, and stays there for the look. */
  #hold(name: BlobName, held: Map<string, Loaded>): boolean {
    const key = keyOf(name);
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#keep(key, kept, held);
    return held.has(key);
  }

  async #fetchInto(names: readonly BlobName[], held: Map<string, Loaded>, asker: Asker): Promise<void> {
    if (names.length === 0) return;
    throwIfCancelled(asker.signal);
    for (const { segment } of names) this.#headOf(segment);
    for (const blob of await this.#fetch(names, asker)) {
      const key = keyOf(blob.name);
      if (!this.#kept.has(key)) this.#keep(key, new Packed(blob), held);
    }
    let heldBytes = 0;
    for (const loaded of held.values()) heldBytes += loaded.bytes;
    if (heldBytes > mostHeld) throw new MalformedBytes(`${heldBytes} bytes of state`);
    this.#throwAway();
  }

  /** Instead of what is kept of it now; the one used last is at the end. */
  #keep(key: string, loaded: Loaded, held: Map<string, Loaded> | undefined): void {
    this.#keptBytes += loaded.bytes - (this.#kept.get(key)?.bytes ?? 0);
    this.#kept.delete(key);
    this.#kept.set(key, loaded);
    held?.set(key, loaded);
  }

  #unpack({ name, unpack }: FetchedBlob): Exclude<Loaded, Packed> {
    const bytes = unpack();
    if (name.kind === "part") return new Part(bytes);
    if (name.kind !== "block") return (this.#lastIndex = new IndexView(name.segment, bytes, this.#lastIndex));
    const head = this.#headOf(name.segment);
    const block = new Block(bytes, this.#scopeName);
    const last = block.count - 1;
    const isAsItsHeadSays =
      block.count === head.writes &&
      block.seqAt(0) === head.firstSeq &&
      block.seqAt(last) === head.lastSeq &&
      block.instantAt(0) === head.firstInstant &&
      block.latestAt(last) === head.latestInstant;
    if (!isAsItsHeadSays) throw new MalformedBytes(`segment ${name.segment} is not what its head says`);
    return block;
  }

  #headOf(segment: number): SegmentHead {
    const head = this.#heads.get(segment);
    if (head === undefined) throw new MalformedBytes(`no segment ${segment}`);
    return head;
  }

  #get(name: BlobName): Exclude<Loaded, Packed> | undefined {
    const key = keyOf(name);
    const held = this.#held?.get(key);
    // What this look has had in its hands is among those used last.
    if (held !== undefined && !(held instanceof Packed)) return held;
    const known = this.#kept.get(key) ?? held;
    if (known === undefined) return undefined;
    const loaded = known instanceof Packed ? this.#unpack(known.blob) : known;
    if (loaded !== known || this.#kept.has(key)) this.#keep(key, loaded, this.#held);
    return loaded;
  }

  #throwAway(): void {
    for (const [key, loaded] of this.#kept) {
      if (this.#keptBytes <= keptBytes) return;
      this.#kept.delete(key);
      this.#keptBytes -= loaded.bytes;
    }
  }
}

const keyOf = (name: BlobName): string =>
  name.kind === "part"
    ? `${name.segment} part ${name.part}`
    : `${name.segment} ${name.kind === "keyframe" ? "index" : name.kind}`;
