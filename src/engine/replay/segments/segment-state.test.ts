// Positions that are kept while somebody looks, which begin where objects have many writes or many children: against the plain
// fold of the same writes.
import { describe, expect, it } from "vitest";
import { seq } from "../../../shared/trace/time.js";
import { type CapturedValue, objectId } from "../../../shared/trace/value.js";
import type { RecordedWrite, WriteOperation } from "../../../shared/trace/write.js";
import { textOfGraph } from "../graph-text.test-support.js";
import { randomFrom } from "../live-program.test-support.js";
import { writeOf } from "../notation.test-support.js";
import { seeds } from "../seeds.test-support.js";
import { stateAt } from "../state-at.js";
import { type Blobs, KeyframeChain } from "./keyframe-chain.js";
import { ListedWrites } from "./listed-writes.js";
import { SegmentState } from "./segment-state.js";

const [list, record, map, set, small] = [objectId(1), objectId(2), objectId(3), objectId(4), objectId(5)] as const;

const none = (): never => {
  throw new Error("nothing is in segments");
};
const nothing: Blobs = { block: none, index: none, part: none, parentOf: () => 0, baseOf: () => 0 };

const primitive = (value: number | string): CapturedValue => ({ kind: "primitive", value });

/** Of a program with a few containers that become large, shrink, are emptied and begin anew. */
function manyWrites(seed: number, count: number): readonly RecordedWrite[] {
  const below = randomFrom(seed);
  let length = 0;
  const ofList = (): WriteOperation => {
    const start = below(length + 1);
    const deleteCount = below(length > 500 ? 300 : 2) % (length - start + 1);
    const elements = Array.from({ length: below(5) }, () => primitive(below(1e6)));
    length += elements.length - deleteCount;
    return { kind: "splice", target: list, start, deleteCount, elements };
  };
  const ways: readonly (() => WriteOperation)[] = [
    ofList,
    () => ({ kind: "set", target: record, key: `key_${below(400)}`, value: primitive(below(1e6)) }),
    () => ({ kind: "delete", target: record, key: `key_${below(400)}` }),
    () => ({ kind: "map-set", target: map, key: primitive(below(600)), value: primitive(below(1e6)) }),
    () => ({ kind: "map-set", target: map, key: primitive(below(600)), value: primitive(below(1e6)) }),
    () =>
      below(150) === 0
        ? { kind: "clear", target: map }
        : { kind: "map-delete", target: map, key: primitive(below(600)) },
    () => ({ kind: "set-add", target: set, member: primitive(below(700)) }),
    () => ({ kind: "set", target: small, key: "n", value: primitive(below(1e6)) }),
  ];
  const beginning: readonly WriteOperation[] = [
    { kind: "contents", target: list, contents: { kind: "array", className: "Array", elements: [], entries: [] } },
    { kind: "contents", target: record, contents: { kind: "object", className: "Object", entries: [] } },
    { kind: "contents", target: map, contents: { kind: "map", className: "Map", pairs: [] } },
    { kind: "contents", target: set, contents: { kind: "set", className: "Set", members: [] } },
    { kind: "contents", target: small, contents: { kind: "object", className: "Object", entries: [] } },
    { kind: "scope", scope: "s", value: { kind: "object", id: record } },
  ];
  return Array.from({ length: count }, (_, at) =>
    writeOf(beginning[at] ?? ways[below(ways.length)]?.() ?? ofList(), at + 1),
  );
}

describe("state within one long segment", () => {
  it.each(seeds(1, 2, 3, 4))("is the plain fold, in whichever order it is asked for (seed %i)", (seed) => {
    const count = 6000;
    const writes = manyWrites(seed, count);
    const listed = new ListedWrites();
    for (const write of writes) listed.add(write);
    const state = new SegmentState(new KeyframeChain(0, nothing), listed, () => new Map());
    const folds = new Map<number, string>();
    const foldedAfter = (first: number): string => {
      const known = folds.get(first) ?? textOfGraph(stateAt(writes, { seq: seq(first) }), small);
      folds.set(first, known);
      return known;
    };
    const below = randomFrom(seed + 100);
    const places = Array.from({ length: 40 }, () => below(count));
    const neighbours = Array.from({ length: 12 }, (_, step) => (places[0] ?? 0) - 6 + step).filter((at) => at >= 0);
    const inOrder = [...places].sort((a, b) => a - b);
    const asked = [...inOrder, ...neighbours, ...neighbours.toReversed(), ...inOrder.toReversed(), ...places];
    for (const place of asked) expect(textOfGraph(state.graphAfter(place), small)).toBe(foldedAfter(place));
    // Positions were kept, and none of them anew for each look.
    expect(state.bytes).toBeGreaterThan(0);
  });
});
