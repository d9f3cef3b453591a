// What the file is told of a full block: what many of its rows have, with their positions, and grams of all other words.
import { DuckDBBlobValue, type DuckDBConnection } from "@duckdb/node-api";
import { blobs, bytes, integers, longs, texts } from "./column-buffers.js";
import { lowered } from "./search-lower-case.js";
import { type Positions, bytesFromPositions, noPositions } from "./search-positions.js";
import { type SearchSettings, textKinds } from "./search-tables.js";
import type { TextSet } from "./search-text-set.js";
import type { BlockTexts } from "./search-texts.js";
import { TableBuffer } from "./table-buffer.js";

/** Of each kind. More would be slow to look through. */
const mostTextsKept = 1024;
const mostTextBytes = 512;

/** A block that is written. */
export interface WrittenBlock {
  readonly kind: number;
  readonly block: number;
  readonly rows: number;
  readonly ranges: Uint8Array;
  readonly others: Uint8Array;
  readonly partBits: number;
}

/** Of one commit. */
export class BlockRows {
  readonly #blocks = new TableBuffer([bytes(), integers(), longs(), blobs(), blobs(), bytes(), blobs()]);
  readonly #filters = new TableBuffer([bytes(), integers(), bytes(), blobs()]);
  readonly #texts = new TableBuffer([bytes(), integers(), bytes(), texts(), blobs()]);

  constructor(readonly settings: SearchSettings) {}

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  async append(connection: DuckDBConnection): Promise<void> {
    if (this.#blocks.length > 0) await this.#blocks.appendInto(connection, "search_block");
    if (this.#filters.length > 0) await this.#filters.appendInto(connection, "search_filter");
    if (this.#texts.length > 0) await this.#texts.appendInto(connection, "search_text");
  }

  clear(): void {
    for (const buffer of [this.#blocks, this.#filters, this.#texts]) buffer.clear();
  }

  /** One of whose texts nothing is known. */
  addUnknown(block: WrittenBlock): void {
    this.#addBlock(block, undefined);
  }

  /** `processes` has the process of each of `count` positions. */
  add(block: WrittenBlock, content: BlockTexts, processes: Uint32Array, count: number): void {
    content.end();
    this.#addWholes(block, content, count);
    // What overflowed is not all there, and may be found anywhere.
    if (content.hasOverflowed) return this.addUnknown(block);
    this.#addWords(block, content, count);
    this.#addProcesses(block, processes, count);
    this.#addBlock(block, content.grams.trigramBytes());
    for (const [shard, bits] of content.grams.shards().entries())
      this.#filters.push(block.kind, block.block, shard, new DuckDBBlobValue(bits));
  }

  #addBlock({ kind, block, rows, ranges, others, partBits }: WrittenBlock, trigrams: Uint8Array | undefined): void {
    const blob = (of: Uint8Array): DuckDBBlobValue => new DuckDBBlobValue(of);
    const known = trigrams === undefined ? null : blob(trigrams);
    this.#blocks.push(kind, block, BigInt(rows), blob(ranges), blob(others), partBits, known);
  }

  /** Those that are rare are taken apart. */
  #addWholes(block: WrittenBlock, content: BlockTexts, count: number): void {
    const { wholes } = content;
    this.#keep(block, textKinds.whole, wholes, count, (whole, position) => {
      content.takeApart(wholes.bytes, wholes.starts[whole] ?? 0, wholes.ends[whole] ?? 0, position);
    });
  }

  #addWords(block: WrittenBlock, { words, grams, partBits }: BlockTexts, count: number): void {
    const [parts, furtherParts] = [new Uint32Array(words.count), new Uint32Array(words.count)];
    this.#keep(block, textKinds.word, words, count, (word, position) => {
      const part = position >>> partBits;
      if (part < 32) parts[word] = (parts[word] ?? 0) | (1 << part);
      else furtherParts[word] = (furtherParts[word] ?? 0) | (1 << (part - 32));
    });
    for (let word = 0; word < words.count; word++) {
      if ((parts[word] ?? 0) === 0 && (furtherParts[word] ?? 0) === 0) continue;
      const [start, end] = [words.starts[word] ?? 0, words.ends[word] ?? 0];
      grams.addWord(words.bytes, start, end, parts[word] ?? 0, furtherParts[word] ?? 0);
    }
  }

  #addProcesses(block: WrittenBlock, processes: Uint32Array, count: number): void {
    const found = new Map<number, Positions>();
    let [of, positions] = [-1, noPositions(count)];
    for (let position = 0; position < count; position++) {
      const process = processes[position] ?? 0;
      if (process !== of) {
        of = process;
        positions = found.get(process) ?? noPositions(count);
        found.set(process, positions);
      }
      positions[position >> 5] = (positions[position >> 5] ?? 0) | (1 << (position & 31));
    }
    for (const [process, positions] of found)
      this.#pushText(block, textKinds.process, String(process), positions, count);
  }

  /** Texts of many rows go into the file with their positions, others to `takeOther` with each of theirs. */
  #keep(
    block: WrittenBlock,
    what: number,
    texts: TextSet,
    count: number,
    takeOther: (text: number, position: number) => void,
  ): void {
    const counts = texts.counts();
    const kept: number[] = [];
    for (let text = 0; text < texts.count; text++)
      if ((counts[text] ?? 0) >= this.settings.leastRowsOfText && sizeOf(texts, text) <= mostTextBytes) kept.push(text);
    kept.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
    kept.splice(mostTextsKept);
    const places = new Int32Array(texts.count).fill(-1);
    for (const [place, text] of kept.entries()) places[text] = place;
    const positions = texts.positionsOf(places, kept.length, count, takeOther);
    for (const [place, text] of kept.entries()) {
      const bytes = texts.bytes.subarray(texts.starts[text] ?? 0, texts.ends[text] ?? 0);
      this.#pushText(block, what, lowered(bytes.toString("utf8")), positions[place] ?? noPositions(count), count);
    }
  }

  #pushText({ kind, block }: WrittenBlock, what: number, text: string, positions: Positions, count: number): void {
    this.#texts.push(kind, block, what, text, new DuckDBBlobValue(bytesFromPositions(positions, count)));
  }
}

const sizeOf = ({ starts, ends }: TextSet, text: number): number => (ends[text] ?? 0) - (starts[text] ?? 0);
