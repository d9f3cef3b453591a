// What the worker holds until the engine acknowledges it, in order: batches sent, chunks not sent yet, those on disk, and
// those that found no room there. Bounded by `maxBytes` of memory: then nothing is taken in, or the oldest is given up.
// What is given up leaves its definitions and a gap that counts it. A batch keeps its number then: the engine may have
// it, and discards the gap if so. Chunks that were never sent cannot be there, so theirs become one gap.
import type { GapReason } from "../shared/protocol/agent-records.js";
import { definesForNext } from "../shared/protocol/agent-record-codec.js";
import { type Chunk, gapRecord } from "./intake.js";
import { joined } from "./joined.js";
import { type RecordTally, isDefinition, newTally, tallyRecord, totalOf } from "./record-tally.js";
import type { Spill } from "./spill.js";

export interface Batch extends Chunk {
  readonly number: number;
}

interface GivenUp extends Chunk {
  readonly tally: RecordTally;
}

/** Sent and not acknowledged at once, at most: what is sent can no longer be given up. */
const maxWindowBytes = 32 * 1024 * 1024;
const bytesOf = ({ definitions, records }: Chunk): number => definitions.length + records.length;

export class Outbox {
  #sent: (Batch & { readonly isGivenUp: boolean })[] = [];
  /** Of the unsent, those given up: they were the oldest. */
  #givenUp: GivenUp | undefined;
  #unsent: Chunk[] = [];
  #late: Chunk[] = [];
  #bytes = 0;
  #sentBytes = 0;
  #lastNumber = 0;

  constructor(
    /** Changed when the threads of a process become more or fewer, who share it. */
    public maxBytes: number,
    readonly givesUpOldest: boolean,
    readonly spill: Spill | undefined,
    readonly onGivenUp: (tally: RecordTally) => void,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether everything was sent. */
  get isEmpty(): boolean {
    return this.#unsent.length === 0 && this.#givenUp === undefined && this.#isDiskEmpty && this.#late.length === 0;
  }

  get hasRoom(): boolean {
    if (this.givesUpOldest) return true;
    if (this.#late.length > 0) return false;
    return (this.#isDiskEmpty && this.#bytes < this.maxBytes) || this.spill?.hasRoom(1) === true;
  }

  /** Whether something can be added for which nothing has to be given up. */
  get hasFreeRoom(): boolean {
    return this.hasRoom && (this.#isDiskEmpty ? this.#bytes < this.maxBytes : this.spill?.hasRoom(1) === true);
  }

  /** What is added now may soon have to be given up. */
  get isCongested(): boolean {
    return this.#bytes > this.maxBytes / 2 || !this.#isDiskEmpty;
  }

  get canSend(): boolean {
    return this.#sentBytes < Math.min(maxWindowBytes, this.maxBytes / 2);
  }

  /** `canReach`: the engine is there, so what was sent is on its way and is not given up. */
  add(chunk: Chunk, canReach: boolean): void {
    const bytes = bytesOf(chunk);
    const isInOrder = this.#isDiskEmpty && this.#late.length === 0;
    if (isInOrder && this.#bytes + bytes <= this.maxBytes) this.#unsent.push(chunk);
    else if (this.#late.length === 0 && this.spill?.put(chunk) === true) return;
    else (isInOrder ? this.#unsent : this.#late).push(chunk);
    this.#bytes += bytes;
    while (this.givesUpOldest && this.#bytes > this.maxBytes && this.#giveUpOldest(canReach));
  }

  /** The next batch, from now on sent; undefined when there is none. */
  next(): Batch | undefined {
    const chunk = this.#takeUnsent();
    if (chunk === undefined) return undefined;
    const batch = { number: ++this.#lastNumber, ...chunk, isGivenUp: false };
    this.#sent.push(batch);
    this.#sentBytes += bytesOf(batch);
    return batch;
  }

  /** Sent and not acknowledged: to be sent again over a new connection, under the same numbers. */
  get sent(): readonly Batch[] {
    return this.#sent;
  }

  acknowledge(number: number): void {
    const count = this.#sent.findIndex((batch) => batch.number > number);
    for (const batch of this.#sent.splice(0, count < 0 ? this.#sent.length : count)) {
      this.#bytes -= bytesOf(batch);
      this.#sentBytes -= bytesOf(batch);
    }
  }

  /** Everything that was not sent, and what `rest` still brings, leaves its definitions and a gap that counts it. */
  giveUpUnsent(rest: () => Chunk | undefined): void {
    const before = this.#givenUp;
    this.#givenUp = undefined;
    let left = before;
    for (let chunk = this.#takeUnsent(); chunk !== undefined; chunk = this.#takeUnsent()) {
      this.#bytes -= bytesOf(chunk);
      left = this.#leftOf(chunk, left, "not-sent");
    }
    for (let chunk = rest(); chunk !== undefined; chunk = rest()) left = this.#leftOf(chunk, left, "not-sent");
    if (left !== undefined) this.#bytes += bytesOf(left) - (before === undefined ? 0 : bytesOf(before));
    this.#givenUp = left;
  }

  /**
   * Everything not acknowledged, and what `rest` still brings, in order: whole as far as there is room, then definitions and
   * gaps that count the rest. Of what was sent nobody knows whether the engine has it. Nothing can be sent afterwards.
   */
  *last(roomBytes: number, rest: () => Chunk | undefined): Iterable<Batch> {
    const lastSent = this.#lastNumber;
    let room = roomBytes;
    let gap: GivenUp | undefined;
    for (let batch = this.#oldest(rest); batch !== undefined; batch = this.#oldest(rest)) {
      const isWhole = bytesOf(batch) <= room;
      room = isWhole ? room - bytesOf(batch) : 0;
      this.acknowledge(batch.number);
      if (isWhole) yield batch;
      else if (batch.number <= lastSent) yield { number: batch.number, ...this.#leftOf(batch, undefined, "not-sent") };
      else gap = this.#leftOf(batch, gap, "not-sent");
    }
    if (gap !== undefined) yield { number: ++this.#lastNumber, ...gap };
  }

  #oldest(rest: () => Chunk | undefined): Batch | undefined {
    const batch = this.#sent[0] ?? this.next();
    if (batch !== undefined) return batch;
    const chunk = rest();
    if (chunk !== undefined) this.add(chunk, true);
    return this.next();
  }

  get #isDiskEmpty(): boolean {
    return this.spill === undefined || this.spill.isEmpty;
  }

  #takeUnsent(): Chunk | undefined {
    if (this.#givenUp !== undefined) {
      const { definitions, records } = this.#givenUp;
      this.#givenUp = undefined;
      return { definitions, records };
    }
    const chunk = this.#unsent.shift();
    if (chunk !== undefined) return chunk;
    while (!this.#isDiskEmpty) {
      const stored = this.spill?.take();
      if (stored === undefined) continue;
      this.#bytes += bytesOf(stored);
      return stored;
    }
    this.#unsent = this.#late;
    this.#late = [];
    return this.#unsent.shift();
  }

  #giveUpOldest(canReach: boolean): boolean {
    const oldest = canReach ? -1 : this.#sent.findIndex(({ isGivenUp }) => !isGivenUp);
    const batch = this.#sent[oldest];
    if (batch !== undefined) {
      const left = this.#leftOf(batch);
      this.#sent[oldest] = { number: batch.number, ...left, isGivenUp: true };
      this.#sentBytes += bytesOf(left) - bytesOf(batch);
      this.#bytes += bytesOf(left) - bytesOf(batch);
      return true;
    }
    const before = this.#givenUp;
    this.#givenUp = undefined;
    const chunk = this.#takeUnsent();
    if (chunk === undefined) {
      this.#givenUp = before;
      return false;
    }
    const left = this.#leftOf(chunk, before);
    this.#givenUp = left;
    this.#bytes += bytesOf(left) - bytesOf(chunk) - (before === undefined ? 0 : bytesOf(before));
    return true;
  }

  /** The chunk's definitions and a gap, both joined to those that were left of what came before. */
  #leftOf({ definitions, records }: Chunk, before?: GivenUp, reason?: GapReason): GivenUp {
    const tally = newTally();
    const kept: Uint8Array[] = definitions.length === 0 ? [] : [definitions];
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    let clockMs = 0;
    let lastSeq = 0;
    for (let at = 0; at < records.length; at += view.getUint32(at, true)) {
      [clockMs, lastSeq] = [view.getFloat64(at + 8, true), view.getFloat64(at + 16, true)];
      const isForNext = (view.getUint8(at + 5) & definesForNext) !== 0;
      if (isDefinition(view.getUint8(at + 4)) && !isForNext)
        kept.push(records.subarray(at, at + view.getUint32(at, true)));
      else tallyRecord(tally, view, at);
    }
    this.onGivenUp(tally);
    if (before !== undefined)
      for (const [slot, count] of before.tally.entries()) tally[slot] = (tally[slot] ?? 0) + count;
    const parts = before === undefined || before.definitions.length === 0 ? kept : [before.definitions, ...kept];
    const gap = totalOf(tally) === 0 ? new Uint8Array(0) : gapRecord(tally, clockMs, lastSeq, reason);
    return { definitions: joined(parts), records: gap, tally };
  }
}
