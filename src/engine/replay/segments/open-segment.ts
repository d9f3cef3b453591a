// The segment that writes are gathered into until it is closed.
import { BlockWriter } from "./block-writer.js";
import type { SegmentHead } from "./segment-heads.js";
import type { SegmentWrite } from "./segment-write.js";

/** The writes since the last keyframe, and what they changed. */
export class OpenSegment {
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

  facts(): Pick<SegmentHead, "firstSeq" | "lastSeq" | "firstInstant" | "latestInstant" | "writes" | "foundAfter"> {
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
