import { describe, expect, it } from "vitest";
import { randomFrom } from "../../../shared/base/random.test-support.js";
import { objectId } from "../../../shared/trace/value.js";
import { Block } from "./block.js";
import { BlockWriter } from "./block-writer.js";
import type { SegmentWrite } from "./segment-write.js";

/** `most` between two writes, of Seqs and of nanoseconds; a third of them go back, if any may. */
function writesOf(seed: number, count: number, most: number, mayGoBack: boolean): readonly SegmentWrite[] {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  let [seq, instant] = [below(2 ** 40), 10n ** 18n];
  return Array.from({ length: count }, (_, at): SegmentWrite => {
    seq += 1 + below(most);
    instant += BigInt(below(most)) * (mayGoBack && below(3) === 0 ? -1n : 1n);
    const operation = { kind: "set", target: objectId(1 + below(9)), key: `k${below(3)}` } as const;
    const after = below(9) === 0 ? instant - 3n : undefined;
    return {
      seq,
      instant,
      after,
      operation:
        below(4) === 0 ? { ...operation, kind: "delete" } : { ...operation, value: { kind: "primitive", value: at } },
      location: below(5),
      span: below(5),
    };
  });
}

describe("a block", () => {
  it.each([
    { what: "without gaps", count: 500, most: 1, mayGoBack: false },
    { what: "close together", count: 500, most: 3, mayGoBack: false },
    { what: "whose clock goes back", count: 500, most: 3000, mayGoBack: true },
    { what: "over a long time", count: 500, most: 2 ** 26, mayGoBack: false },
    { what: "far apart", count: 500, most: 2 ** 36, mayGoBack: false },
    { what: "of which there are many", count: 20_000, most: 1000, mayGoBack: false },
    { what: "of which there is one", count: 1, most: 5, mayGoBack: false },
  ])("says of writes $what what was written", ({ count, most, mayGoBack }) => {
    const writes = writesOf(count + most, count, most, mayGoBack);
    const writer = new BlockWriter();
    for (const write of writes) writer.add(write);
    const block = new Block(writer.bytes());
    let latest = 0n;
    const said = writes.map(({ instant }, at) => {
      latest = instant > latest ? instant : latest;
      expect(block.latestAt(at)).toBe(latest);
      const certainty = block.certaintyAt(at);
      const after = certainty.kind === "between" ? BigInt(certainty.after) : undefined;
      const [seq, time, operation] = [block.seqAt(at), block.instantAt(at), block.operationAt(at)];
      return { seq, instant: time, after, operation, ...block.placeAt(at) };
    });
    expect(said).toEqual(writes);
  });

  it.each([1, 100, 129, 3000])("finds the writes to each of %d objects, and none to others", (objects) => {
    const random = randomFrom(objects);
    const writer = new BlockWriter();
    const positions = new Map<number, number[]>();
    for (let at = 0; at < 2 * objects; at++) {
      // Of ids far apart as well.
      const target = objectId(1 + Math.floor(random() * objects) * (at % 2 === 0 ? 1 : 4096));
      const value = { kind: "primitive", value: at } as const;
      const isScope = at % 7 === 3;
      writer.add({
        seq: at + 1,
        instant: BigInt(at),
        after: undefined,
        operation: isScope ? { kind: "scope", scope: "5", value } : { kind: "set", target, key: `k${at}`, value },
        location: 0,
        span: 0,
      });
      if (!isScope) positions.set(target, [...(positions.get(target) ?? []), at]);
    }
    const block = new Block(writer.bytes());
    const found = new Map([...positions.keys()].map((id) => [id, [...Array.from(block.positionsOf(id))]]));
    expect(found).toEqual(positions);
    expect(block.positionsOf(2 ** 31)).toHaveLength(0);
  });

  it("says which property each write set where there are more than two bytes tell", () => {
    const writer = new BlockWriter();
    const count = 2 ** 16 + 3;
    for (let at = 0; at < count; at++) {
      const operation = { kind: "delete", target: objectId(1), key: `k${at}` } as const;
      writer.add({ seq: 1 + 3 * at, instant: BigInt(at), after: undefined, operation, location: 0, span: 0 });
    }
    const block = new Block(writer.bytes());
    const last = count - 1;
    expect(block.operationAt(last)).toEqual({ kind: "delete", target: 1, key: `k${last}` });
    expect([block.seqAt(last), block.instantAt(last)]).toEqual([1 + 3 * last, BigInt(last)]);
  });
});
