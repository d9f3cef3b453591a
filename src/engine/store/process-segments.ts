// What is kept in memory of one process's segments while it is recorded: their heads, what of them was loaded, and the builder
// of the next one.
import { MalformedBytes } from "../../shared/protocol/bytes.js";
import { nodeInMemory } from "../replay/node.js";
import { KeyframeChain, nodeFrom } from "../replay/segments/keyframe-chain.js";
import { SegmentBuilder, type SegmentSettings } from "../replay/segments/builder.js";
import { LoadedSegments } from "../replay/segments/loaded-segments.js";
import { SegmentHeads, isBase } from "../replay/segments/segment-heads.js";
import type { SegmentWrite } from "../replay/segments/segment-write.js";
import { objectId } from "../../shared/trace/value.js";
import type { Query } from "./readers.js";
import { fetchFrom, readHeads } from "./stored-segments.js";
import { UnreadableStored } from "./value-json.js";
import { readSegmentWrites, stretchesOfWrites } from "./writes.js";

/**
 * So many writes that no segment has are taken in again from their rows at once, and as many as came since the last time: taking
 * in all of them twice is what late ones cost at most. Of more than this the process has no segments, for whatever reason.
 */
const mostRestored = 262_144;
const restoredAtOnce = 65_536;

/** Why a process can have none. */
export class NoSegments extends Error {}

/** Then the rows say the same, only slower. */
export const isAboutWrites = (error: unknown): boolean =>
  error instanceof NoSegments || error instanceof MalformedBytes || error instanceof UnreadableStored;

export class ProcessSegments {
  #heads = new SegmentHeads();
  #loaded: LoadedSegments;
  readonly #query: Query;
  builder: SegmentBuilder;
  #mayRestore = mostRestored;

  constructor(
    readonly process: number,
    query: Query,
    readonly settings: SegmentSettings,
  ) {
    this.#query = query;
    this.builder = new SegmentBuilder(settings);
    this.#loaded = this.#loadedOf(this.#heads);
  }

  #loadedOf(heads: SegmentHeads): LoadedSegments {
    return new LoadedSegments(
      heads,
      fetchFrom(this.#query, (segment) => heads.get(segment)),
    );
  }

  get heads(): SegmentHeads {
    return this.#heads;
  }

  get loaded(): LoadedSegments {
    return this.#loaded;
  }

  /** As the file has them; between commits, and after some were evicted. */
  async readHeads(): Promise<void> {
    const heads = new SegmentHeads();
    for (const head of await readHeads(this.#query, this.process)) heads.push(head);
    this.#heads = heads;
    this.#loaded = this.#loadedOf(heads);
  }

  /** As the file has them: the next write is the one after the last segment. */
  async goOn(): Promise<void> {
    await this.readHeads();
    this.builder = await this.#builderAfterLast();
  }

  /** As the file has them, and with all writes that no segment has. */
  async restore(): Promise<void> {
    await this.goOn();
    const left = await stretchesOfWrites(this.#query, this.process, this.builder.lastSeq, restoredAtOnce);
    if (left.count > this.#mayRestore) throw new NoSegments();
    this.#mayRestore -= left.count;
    for (const last of left.lastSeqs) {
      const open = [...(await readSegmentWrites(this.#query, this.process, this.builder.lastSeq, last))];
      await this.prepare(open);
      for (const write of open) this.builder.add(write);
    }
  }

  async #builderAfterLast(): Promise<SegmentBuilder> {
    const { last } = this.#heads;
    if (last === undefined) return new SegmentBuilder(this.settings);
    const { number, lastSeq } = last;
    return this.loaded.look(() => {
      const chain = new KeyframeChain(number, this.loaded);
      return SegmentBuilder.restore(
        { number, lastSeq, entries: chain.entries(), scopes: chain.scopes() },
        this.settings,
      );
    });
  }

  /** Whether nothing earlier was taken in already. */
  isNext({ seq }: Pick<SegmentWrite, "seq">): boolean {
    return seq > this.builder.lastSeq;
  }

  /** Segments that end there or later are to be made again. Where what was evicted is one of them, there can be none. */
  checkRemovable(since: number): void {
    if (this.#heads.all.some((head) => head.lastSeq >= since && isBase(head))) throw new NoSegments();
  }

  /** Loads what the writes change. */
  async prepare(writes: readonly SegmentWrite[]): Promise<void> {
    const targets = new Set<number>();
    for (const { operation } of writes)
      if (operation.kind !== "scope" && this.builder.whereIs(operation.target) !== undefined)
        targets.add(operation.target);
    const segment = this.#heads.last?.number ?? 0;
    for (const target of targets) {
      const where = this.builder.whereIs(target);
      if (where === undefined) continue;
      const loaded = await this.loaded.look(() => {
        const { node, found } = nodeFrom(this.loaded, objectId(target), segment, where);
        return { node: nodeInMemory(node), found };
      });
      this.builder.load(target, loaded);
    }
  }

  /** What it loads was prepared. */
  add(write: SegmentWrite): void {
    if (!this.isNext(write)) throw new NoSegments();
    this.builder.add(write);
    this.#mayRestore = Math.min(this.#mayRestore + 1, mostRestored);
  }
}
