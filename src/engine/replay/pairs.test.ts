import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { ByteReader, ByteWriter, MalformedBytes } from "../../shared/protocol/bytes.js";
import { writeValue } from "../../shared/protocol/captured-value-codec.js";
import { keyFromSlot, slotKeyOf } from "../../shared/trace/slots.js";
import { type CapturedValue, objectId } from "../../shared/trace/value.js";
import { type GraphNode, copyOfNode, nodeInMemory, sizeOfNode } from "./node.js";
import { applyToNode } from "./apply-to-node.js";
import { childAt, childrenBetween, childrenOf, positionOfSlot } from "./children.js";
import { KeptPairs, type MapPair, PairTable, type Pairs } from "./pairs.js";

const primitive = (value: string | number | boolean | bigint | null | undefined): CapturedValue => ({
  kind: "primitive",
  value,
});

/** Keys of all kinds, some of which look alike. */
const keys: readonly CapturedValue[] = [
  ...["", "a", "1", "id 7", 'number 1"', "ä€😀\ud800", "x".repeat(40)].map(primitive),
  ...[0, 1, -1, 1.5, NaN, Infinity, 2 ** 40, 5n, true, false, null, undefined].map(primitive),
  { kind: "object", id: objectId(7) },
  { kind: "object", id: objectId(1) },
  { kind: "symbol", description: "what" },
  { kind: "cut", length: 1000, start: "the beginning" },
  { kind: "unavailable", because: "getter", what: "get" },
];

/** A Map keeps -0 as 0. */
const written = [...keys, primitive(-0)];

function tableOf(pairs: readonly MapPair[]): PairTable {
  const out = new ByteWriter();
  out.u8(99);
  for (const { key, value } of pairs) {
    writeValue(out, key);
    writeValue(out, value);
  }
  const from = new ByteReader(out.bytes, 1, out.at);
  const table = new PairTable(from, pairs.length);
  expect(from.at).toBe(out.at);
  return table;
}

const nodeOf = (pairs: Pairs): GraphNode => ({ kind: "map", className: "Map", pairs });
const target = objectId(1);

function lookAt(node: GraphNode, from: number, to: number): unknown {
  const slots = keys.map(slotKeyOf);
  return [
    sizeOfNode(node),
    [...childrenOf(node)],
    childrenBetween(node, from, to),
    slots.map((slot) => positionOfSlot(node, slot)),
    keys.map((key) => (node.kind === "map" ? node.pairs.get(slotKeyOf(key)) : undefined)),
    childAt(node, { kind: "entry", position: from }),
    node.kind === "map" ? [[...node.pairs.keys()], [...node.pairs.values()]] : [],
  ];
}

describe("entries of a Map that are read when they are looked at", () => {
  it.each([1, 2, 3, 4, 5, 6])("and their copies are what a Map's are (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const first = keys.filter(() => below(3) > 0).map((key, at): MapPair => ({ key, value: primitive(`value ${at}`) }));
    const plain = new Map(first.map((pair) => [slotKeyOf(pair.key), pair]));
    let nodes = [{ kept: nodeOf(KeptPairs.of(tableOf(first))), plain: nodeOf(plain) }];
    for (let turn = 0; turn < 150; turn++) {
      const [one, key] = [nodes[below(nodes.length)], written[below(written.length)]];
      if (one === undefined || key === undefined) throw new Error("no such node");
      const action = below(10);
      if (action === 0) nodes = [...nodes.slice(-3), { kept: copyOfNode(one.kept), plain: copyOfNode(one.plain) }];
      else {
        const operation =
          action < 6
            ? ({ kind: "map-set", target, key, value: primitive(turn) } as const)
            : ({ kind: "map-delete", target, key } as const);
        for (const node of [one.kept, one.plain]) applyToNode(node, operation);
      }
      const [from, to] = [below(keys.length), below(keys.length + 3)];
      for (const { kept, plain: whole } of nodes) {
        expect(kept.kind === "map" && kept.pairs).toBeInstanceOf(KeptPairs);
        expect(lookAt(kept, from, to)).toEqual(lookAt(whole, from, to));
      }
      const [last] = nodes.slice(-1);
      if (last !== undefined) expect(nodeInMemory(last.kept)).toEqual(last.plain);
    }
  });

  it("are refused where they are cut off", () => {
    const { bytes, at } = new ByteWriter();
    expect(() => new PairTable(new ByteReader(bytes, 0, at), 1)).toThrow(MalformedBytes);
    const out = new ByteWriter();
    writeValue(out, primitive("key"));
    writeValue(out, primitive("value"));
    for (let end = 1; end < out.at; end++)
      expect(() => new PairTable(new ByteReader(out.bytes.slice(0, end)), 1)).toThrow(MalformedBytes);
  });

  it.each([
    "id x",
    "id -1",
    "id 1.5",
    "bigint x",
    "bigint 1.5",
    "number",
    "number x",
    "number 1e",
    "number 01",
    "hole",
    "",
  ])("have no key that %o is the slot of", (slot) => {
    expect(keyFromSlot(slot)).toBeUndefined();
    expect(KeptPairs.of(tableOf([{ key: primitive("a"), value: primitive(1) }])).get(slot)).toBeUndefined();
  });

  it.each(keys)("have keys that slots lead back to, or are searched for (%o)", (key) => {
    expect(keyFromSlot(slotKeyOf(key)) ?? key).toEqual(key);
  });
});
