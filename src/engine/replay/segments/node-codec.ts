// One object of a keyframe as bytes: what it holds, in the very order the graph keeps, and which of its slots were found by
// comparing; or what was written to it since an earlier keyframe. Property names, which many objects share, are texts of the
// part that holds the objects.
import { type ByteReader, type ByteWriter, MalformedBytes } from "../../../shared/protocol/bytes.js";
import { readContents, readValue, writeContents, writeValue } from "../../../shared/protocol/captured-value-codec.js";
import type { CapturedValue } from "../../../shared/trace/value.js";
import { type GraphNode, contentsFromNode, nodeFromContents } from "../node.js";
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

function writeEntries(out: ByteWriter, texts: TextTable, entries: ReadonlyMap<string, CapturedValue>): void {
  writeCount(out, entries.size);
  for (const [key, value] of entries) {
    writeCount(out, texts.numberOf(key));
    writeValue(out, value);
  }
}

/** Throws `MalformedBytes`. */
export function readKept(from: ByteReader, texts: readonly string[]): KeptNode {
  const foundCount = readLength(from);
  const found = new Set<Slot>();
  for (let left = foundCount; left > 0; left--) found.add(from.u8() === 1 ? readCount(from) : textOf(from, texts));
  const form = forms[from.u8()];
  if (form === "later") return readLater(from);
  return { node: readGraphNode(form, from, texts), found: foundCount === 0 ? undefined : found };
}

function readGraphNode(
  kind: Exclude<(typeof forms)[number], "later"> | undefined,
  from: ByteReader,
  texts: readonly string[],
): GraphNode {
  if (kind === undefined) throw new MalformedBytes("unknown form of an object");
  if (kind === "other") return nodeFromContents(readContents(from));
  const className = textOf(from, texts);
  if (kind !== "array") return { kind, className, entries: readEntries(from, texts) };
  const elements: CapturedValue[] = [];
  for (let left = readLength(from); left > 0; left--) elements.push(readValue(from));
  return { kind, className, elements, entries: readEntries(from, texts) };
}

function readEntries(from: ByteReader, texts: readonly string[]): Map<string, CapturedValue> {
  const entries = new Map<string, CapturedValue>();
  for (let left = readLength(from); left > 0; left--) {
    const key = textOf(from, texts);
    entries.set(key, readValue(from));
  }
  return entries;
}

const textOf = (from: ByteReader, texts: readonly string[]): string => texts[readIndex(from, texts.length)] ?? "";
