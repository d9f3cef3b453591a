// What is kept in memory of one process's segments while it is recorded: their heads, what of them was loaded, and the builder
// of the next one.
import { nodeInMemory } from "../replay/node.js";
import { KeyframeChain, nodeFrom } from "../replay/segments/keyframe-chain.js";
import { SegmentBuilder, type SegmentSettings } from "../replay/segments/builder.js";
import { LoadedSegments } from "../replay/segments/loaded-segments.js";
import { SegmentHeads } from "../replay/segments/segment-heads.js";
import type { SegmentWrite } from "../replay/segments/segment-write.js";
import { objectId } from "../../shared/trace/value.js";
import type { Query } from "./readers.js";
import { fetchFrom, readHeads } from "./stored-segments.js";
import { readSegmentWrites } from "./writes.js";

/** More writes than this that no segment has: the process has no segments, for whatever reason. */
const mostOpen = 65_536;

/** Why a process can have none. */
export class NoSegments extends Error {}

export class ProcessSegments {
  #heads = new SegmentHeads();
  #loaded: LoadedSegments;
  readonly #query: Query;
  builder: SegmentBuilder;

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

  /** As the file has them, and with the writes before `before` that no segment has. */
  async restore(before: number): Promise<void> {
    await this.readHeads();
    const { last } = this.#heads;
    if (last !== undefined) {
      const { number, lastSeq } = last;
      this.builder = await this.loaded.look(() => {
        const chain = new KeyframeChain(number, this.loaded);
        return SegmentBuilder.restore(
          { number, lastSeq, entries: chain.entries(), scopes: chain.scopes() },
          this.settings,
        );
      });
    }
    const open = [...(await readSegmentWrites(this.#query, this.process, last?.lastSeq ?? 0, before))];
    if (open.length > mostOpen) throw new NoSegments();
    await this.prepare(open);
    for (const write of open) this.add(write);
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
    if (write.seq <= this.builder.lastSeq) throw new NoSegments();
    this.builder.add(write);
  }
}
