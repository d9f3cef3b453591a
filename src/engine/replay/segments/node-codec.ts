// One object of a keyframe as bytes: what it holds, in the very order the graph keeps, and which of its slots were found by
// comparing; or what was written to it since an earlier keyframe. Property names, which many objects share, are texts of the
// part that holds the objects.
import { type ByteReader, type ByteWriter, MalformedBytes } from "../../../shared/protocol/bytes.js";
import {
  readContents,
  readMapHead,
  readValue,
  writeContents,
  writeValue,
} from "../../../shared/protocol/captured-value-codec.js";
import { endOfValue } from "../../../shared/protocol/skip-value.js";
import type { CapturedValue } from "../../../shared/trace/value.js";
import { type Entries, KeptEntries, Names } from "../entries.js";
import { type GraphNode, contentsFromNode, nodeFromContents } from "../node.js";
import { KeptPairs, PairTable } from "../pairs.js";
import type { LoadedNode } from "../object-graph.js";
import type { Slot } from "../slot.js";
import { type LaterWrites, readLater, writeLater } from "./later-writes.js";
import { readCount, readIndex, readLength, writeCount } from "./varints.js";

/** Texts by number, in order of first use. */
export class TextTable {
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  writeTo(out: ByteWriter): void {
    writeCount(out, this.#numbers.size);
    for (const text of this.#numbers.keys()) out.text(text);
  }

  static read(from: ByteReader): readonly string[] {
    return Array.from({ length: readLength(from) }, () => from.text());
  }
}

interface KnownNames {
  readonly numbers: readonly number[];
  readonly names: Names;
}

/** Entries from which on it is remembered where they are. */
const largeMap = 256;

/** What the objects of a part share: their texts, and the names of properties that some of them have in common. */
export class SharedNames {
  /** By how many there are and which is the first: the last ones read. */
  readonly #known = new Map<number, KnownNames>();
  /** Of large Maps, by where their entries begin. */
  readonly #tables = new Map<number, PairTable>();

  constructor(readonly texts: readonly string[]) {}

  /** Those that may be meant. */
  likely(count: number, first: number): KnownNames | undefined {
    return this.#known.get(count * this.texts.length + first);
  }

  /** So many entries of a Map from where the reader is, which is moved behind them. */
  tableAt(from: ByteReader, count: number): PairTable {
    const { at } = from;
    const known = this.#tables.get(at);
    if (known !== undefined) {
      from.at = known.end;
      return known;
    }
    const table = new PairTable(from, count);
    if (count >= largeMap) this.#tables.set(at, table);
    return table;
  }

  /** The texts with these numbers; throws `MalformedBytes` where one is there twice. */
  add(numbers: readonly number[]): Names {
    const all = numbers.map((number) => this.texts[number] ?? "");
    if (new Set(all).size !== all.length) throw new MalformedBytes("a property that is there twice");
    const names = new Names(all);
    this.#known.set(numbers.length * this.texts.length + (numbers[0] ?? 0), { numbers, names });
    return names;
  }
}

/** How a node is written: append only, the index is stored. Others are written as their contents. */
const forms = ["other", "object", "error", "array", "later"] as const;

export type KeptNode = LoadedNode | LaterWrites;

export const isLater = (kept: KeptNode): kept is LaterWrites => "stretches" in kept;

export function writeKept(out: ByteWriter, texts: TextTable, kept: KeptNode): void {
  if (!isLater(kept)) return writeNode(out, texts, kept);
  writeCount(out, 0);
  out.u8(forms.indexOf("later"));
  writeLater(out, kept);
}

function writeNode(out: ByteWriter, texts: TextTable, { node, found }: LoadedNode): void {
  writeCount(out, found?.size ?? 0);
  for (const slot of found ?? []) {
    out.u8(typeof slot === "number" ? 1 : 0);
    writeCount(out, typeof slot === "number" ? slot : texts.numberOf(slot));
  }
  switch (node.kind) {
    case "object":
    case "error":
      out.u8(forms.indexOf(node.kind));
      writeCount(out, texts.numberOf(node.className));
      return writeEntries(out, texts, node.entries);
    case "array":
      out.u8(forms.indexOf("array"));
      writeCount(out, texts.numberOf(node.className));
      writeCount(out, node.elements.length);
      for (const element of node.elements) writeValue(out, element);
      return writeEntries(out, texts, node.entries);
    default:
      out.u8(forms.indexOf("other"));
      writeContents(out, contentsFromNode(node));
  }
}

function writeEntries(out: ByteWriter, texts: TextTable, entries: Entries): void {
  writeCount(out, entries.size);
  for (const [key, value] of entries) {
    writeCount(out, texts.numberOf(key));
    writeValue(out, value);
  }
}

/** Throws `MalformedBytes`. */
export function readKept(from: ByteReader, shared: SharedNames): KeptNode {
  const foundCount = readLength(from);
  const found = foundCount === 0 ? undefined : readFound(from, foundCount, shared);
  const form = forms[from.u8()];
  if (form === "later") return readLater(from);
  return { node: readGraphNode(form, from, shared), found };
}

function readFound(from: ByteReader, count: number, { texts }: SharedNames): ReadonlySet<Slot> {
  const found = new Set<Slot>();
  for (let left = count; left > 0; left--) found.add(from.u8() === 1 ? readCount(from) : textOf(from, texts));
  return found;
}

function readGraphNode(
  kind: Exclude<(typeof forms)[number], "later"> | undefined,
  from: ByteReader,
  shared: SharedNames,
): GraphNode {
  if (kind === undefined) throw new MalformedBytes("unknown form of an object");
  if (kind === "other") return readMap(from, shared) ?? nodeFromContents(readContents(from));
  const className = textOf(from, shared.texts);
  if (kind !== "array") return { kind, className, entries: readEntries(from, shared) };
  const elements: CapturedValue[] = [];
  for (let left = readLength(from); left > 0; left--) elements.push(readValue(from));
  return { kind, className, elements, entries: readEntries(from, shared) };
}

/** Its entries are read when they are asked for. */
function readMap(from: ByteReader, shared: SharedNames): GraphNode | undefined {
  const head = readMapHead(from);
  if (head === undefined) return undefined;
  const table = shared.tableAt(from, head.count);
  return { kind: "map", className: head.className, pairs: KeptPairs.of(table) };
}

/** Their values are read when they are asked for. */
function readEntries(from: ByteReader, shared: SharedNames): Entries {
  const count = readLength(from);
  if (count === 0) return new Map();
  const starts = new Array<number>(count);
  const { bytes } = from;
  let likely: KnownNames | undefined;
  let numbers: number[] | undefined;
  for (let at = 0; at < count; at++) {
    const number = readIndex(from, shared.texts.length);
    if (at === 0) likely = shared.likely(count, number);
    if (numbers !== undefined) numbers.push(number);
    else if (likely?.numbers[at] !== number) numbers = [...(likely?.numbers.slice(0, at) ?? []), number];
    starts[at] = from.at;
    from.at = endOfValue(bytes, from.at);
  }
  if (from.at > from.end) throw new MalformedBytes("properties are cut off");
  const names = numbers === undefined && likely !== undefined ? likely.names : shared.add(numbers ?? []);
  return KeptEntries.within(names, starts, from);
}

const textOf = (from: ByteReader, texts: readonly string[]): string => texts[readIndex(from, texts.length)] ?? "";
