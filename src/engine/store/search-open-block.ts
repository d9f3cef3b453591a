// Rows of one kind that are in no block yet, and what their texts are made of. Nothing of it is in the file: it is made again
// from the rows behind the last block.
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import type { LongColumn } from "./column-buffers.js";
import type { BlockRows, WrittenBlock } from "./search-block-rows.js";
import { partBits } from "./search-grams.js";
import { InstantRanges } from "./search-ranges.js";
import { TextMemo } from "./search-text-memo.js";
import { BlockTexts } from "./search-texts.js";

export class OpenBlock {
  readonly texts: BlockTexts;
  /** Of rows of the same name, or of the same column. */
  readonly #memos = new Map<number, TextMemo>();
  /** Number of the block. */
  block = 0;
  /** Row number of its first row. */
  firstRow = 0;
  rows = 0;
  positions = 0;
  /** Positions of rows of earlier blocks, and their row numbers. */
  others: (readonly [position: number, row: number])[] = [];
  #ranges = new InstantRanges();
  #processes: Uint32Array;
  readonly #code: number;

  constructor(
    readonly kind: SearchKind,
    readonly mostPositions: number,
  ) {
    this.texts = new BlockTexts(partBits(mostPositions));
    this.#code = searchKinds.indexOf(kind);
    this.#processes = new Uint32Array(Math.min(256, mostPositions));
  }

  get nextRow(): number {
    return this.firstRow + this.rows;
  }

  get isFull(): boolean {
    return this.positions >= this.mostPositions || this.texts.isFull;
  }

  begin(block: number, firstRow: number): void {
    [this.block, this.firstRow] = [block, firstRow];
    this.rows = this.positions = 0;
    this.others = [];
    this.#ranges = new InstantRanges();
    this.texts.clear();
    this.#memos.clear();
  }

  /** Position of one more row, which comes behind all others. */
  add(process: number, instant: number): number {
    this.rows++;
    this.#ranges.add(instant);
    return this.#add(process);
  }

  /** The same of a row that is in columns. */
  addRow(process: number, instants: LongColumn, row: number): number {
    this.rows++;
    this.#ranges.addFrom(instants, row);
    return this.#add(process);
  }

  /** Position of a row of an earlier block. */
  addOther(process: number, instant: number, row: number): number {
    this.#ranges.add(instant);
    const position = this.#add(process);
    this.others.push([position, row]);
    return position;
  }

  #add(process: number): number {
    if (this.positions === this.#processes.length) {
      const processes = new Uint32Array(Math.min(2 * this.positions, this.mostPositions));
      processes.set(this.#processes);
      this.#processes = processes;
    }
    this.#processes[this.positions] = process;
    return this.positions++;
  }

  /** The name and the attributes of a row, which are JSON in UTF-8: rows of one name are often alike. */
  addNamed(
    id: number,
    name: Uint8Array | undefined,
    json: Uint8Array,
    start: number,
    end: number,
    position: number,
  ): void {
    const memo = this.#memoOf(id);
    if (memo.isEmpty && name !== undefined) memo.alsoHas(this.texts.learn(name));
    this.texts.addJson(json, start, end, position, memo);
  }

  /** JSON in UTF-8. Of texts with the same number, one is often like the one before it. */
  addJson(bytes: Uint8Array, start: number, end: number, position: number, like: number): void {
    this.texts.addJson(bytes, start, end, position, this.#memoOf(-1 - like));
  }

  #memoOf(like: number): TextMemo {
    let memo = this.#memos.get(like);
    if (memo === undefined) {
      memo = new TextMemo();
      this.#memos.set(like, memo);
    }
    return memo;
  }

  /** Between which instants its rows lie. */
  ranges(): InstantRanges {
    return this.#ranges.copy();
  }

  /** Position of a row of this block. */
  positionOf(row: number): number {
    let position = row - this.firstRow;
    for (const [other] of this.others) if (other <= position) position++;
    return position;
  }

  /** Its rows go into the file, and the next block begins. */
  close(into: BlockRows): void {
    if (this.positions === 0) return;
    for (const memo of this.#memos.values()) memo.close(this.texts.wholes);
    into.add(this.#written(), this.texts, this.#processes, this.positions);
    this.begin(this.block + 1, this.nextRow);
  }

  /** A block of rows that nobody has looked at. */
  pass(into: BlockRows, rows: number, first: bigint, last: bigint): void {
    this.rows = rows;
    this.#ranges.addStretch(Number(first), Number(last));
    into.addUnknown(this.#written());
    this.begin(this.block + 1, this.nextRow);
  }

  #written(): WrittenBlock {
    const others = new Uint32Array(this.others.flat());
    return {
      kind: this.#code,
      block: this.block,
      rows: this.rows,
      ranges: this.#ranges.toBytes(),
      others: new Uint8Array(others.buffer),
      partBits: this.texts.partBits,
    };
  }
}
