import { describe, expect, it } from "vitest";
import type { BlobName } from "./keyframe-chain.js";
import { LoadedSegments } from "./loaded-segments.js";
import { SegmentHeads } from "./segment-heads.js";

/** So large that three fit into what is kept. */
const packedBytes = 20 * 1024 * 1024;

const heads = (count: number): SegmentHeads => {
  const all = new SegmentHeads();
  for (let number = 1; number <= count; number++)
    all.push({
      number,
      parent: 0,
      firstSeq: number,
      lastSeq: number,
      firstInstant: 0n,
      latestInstant: 0n,
      foundAfter: undefined,
      writes: 1,
      place: { firstPiece: number, blockBytes: packedBytes, indexBytes: 1, partsBytes: 0 },
    });
  return all;
};

describe("loaded segments", () => {
  it("lets go first of what was needed longest ago", async () => {
    const fetched: number[] = [];
    const loaded = new LoadedSegments(heads(4), (names) => {
      fetched.push(...names.map(({ segment }) => segment));
      return Promise.resolve(names.map((name) => ({ name, packedBytes, unpack: () => new Uint8Array() })));
    });
    const need = (segment: number): Promise<undefined> => {
      const ahead: BlobName[] = [{ kind: "block", segment }];
      return loaded.look(() => undefined, ahead);
    };
    for (const segment of [1, 2, 3, 1, 4, 1, 3, 2]) await need(segment);
    expect(fetched).toEqual([1, 2, 3, 4, 2]);
  });
});
