// The messages from one process to another by buckets of time, which are those of their receipt by its receiver's clock. Of
// each bucket it is known up to where what came in it was sent; only where that leaves it open, the messages themselves are
// asked, which are read a bucket at a time. So a cut looks into one bucket or two, however far clocks are apart.
// Invariant: `#bucket` goes up. Columns of one length; only the first `count` count. Those that begin with `until` hold the
// most of all entries up to there.
import { firstWhere } from "../../shared/base/first-where.js";
import type { MessagePoint } from "../../shared/trace/message.js";
import { type Instant, type ProcessId, type Seq, instant, seq } from "../../shared/trace/time.js";
import type { Way } from "./cut.js";
import type { Staircase, Within } from "./staircase.js";

/** What is known of the messages that were received within one bucket. */
export interface BucketEntry {
  readonly bucket: number;
  /** Of that which was sent last. */
  readonly sentSeq: number;
  readonly sentAt: bigint;
  /** When that was sent last which was received, by the clocks, when it was sent or before. */
  readonly backAt: bigint | undefined;
}

/** The messages of the buckets that were read. */
export interface Pieces {
  /** Never below 1. Instants do not come before the epoch. */
  readonly bucketNs: bigint;
  /** Undefined where it is not read yet: who asked is asked again once it is. */
  stairs(bucket: number, sender: ProcessId, receiver: ProcessId): Staircase | "none" | undefined;
}

const firstCapacity = 16;
const never = -(2n ** 63n);

export class WayIndex implements Way {
  #bucket = new Float64Array(firstCapacity);
  #sentSeq = new Float64Array(firstCapacity);
  #sentAt = new BigInt64Array(firstCapacity);
  #backAt = new BigInt64Array(firstCapacity);
  #untilSeq = new Float64Array(firstCapacity);
  #untilAt = new BigInt64Array(firstCapacity);
  #untilBack = new BigInt64Array(firstCapacity);
  #count = 0;

  constructor(
    readonly sender: ProcessId,
    readonly receiver: ProcessId,
    readonly pieces: Pieces,
  ) {}

  /** Of entries. */
  get count(): number {
    return this.#count;
  }

  /** Whether anything that was received by then was, by the clocks, not sent before. */
  contradicts(at: Instant): boolean {
    const entry = firstWhere(this.#count, (one) => (this.#untilBack[one] ?? never) >= at);
    return entry < this.#count && (this.#bucket[entry] ?? 0) <= this.#bucketOf(at);
  }

  firstReceivedBehind(upTo: Within, until: Instant): MessagePoint | undefined {
    const last = this.#bucketOf(until);
    // What is shown up to an instant hides only what clocks contradict.
    const isBehind =
      "seq" in upTo
        ? (seqs: Float64Array, _backs: BigInt64Array, entry: number) => (seqs[entry] ?? 0) > upTo.seq
        : (_seqs: Float64Array, backs: BigInt64Array, entry: number) => (backs[entry] ?? never) > upTo.instant;
    let entry = firstWhere(this.#count, (one) => isBehind(this.#untilSeq, this.#untilBack, one));
    for (; entry < this.#count && (this.#bucket[entry] ?? 0) <= last; entry++) {
      if (!isBehind(this.#sentSeq, this.#backAt, entry)) continue;
      const stairs = this.#stairs(entry);
      if (stairs === undefined) return undefined;
      // What was evicted meanwhile is in no piece any more.
      const found = stairs === "none" ? undefined : stairs.firstReceivedBehind(upTo);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  lastSentOf(received: { readonly seq: Seq; readonly instant: Instant }): MessagePoint | undefined {
    const bucket = this.#bucketOf(received.instant);
    const entry = firstWhere(this.#count, (one) => (this.#bucket[one] ?? 0) >= bucket);
    const before = entry === 0 ? 0 : (this.#untilSeq[entry - 1] ?? 0);
    const isWithin = entry < this.#count && this.#bucket[entry] === bucket && (this.#sentSeq[entry] ?? 0) > before;
    const stairs = isWithin ? this.#stairs(entry) : "none";
    const within = stairs === undefined || stairs === "none" ? undefined : stairs.lastSentOf(received);
    if (within !== undefined && within.seq > before) return within;
    return entry === 0
      ? undefined
      : { process: this.sender, seq: seq(before), instant: instant(this.#untilAt[entry - 1] ?? 0n) };
  }

  #stairs(entry: number): Staircase | "none" | undefined {
    return this.pieces.stairs(this.#bucket[entry] ?? 0, this.sender, this.receiver);
  }

  #bucketOf(at: Instant): number {
    return Number(at / this.pieces.bucketNs);
  }

  /** In any order; in that of buckets it costs least. Of one bucket as often as more is known. */
  add({ bucket, sentSeq, sentAt, backAt = never }: BucketEntry): void {
    const isLast = this.#count === 0 || (this.#bucket[this.#count - 1] ?? 0) < bucket;
    const entry = isLast ? this.#count : firstWhere(this.#count, (one) => (this.#bucket[one] ?? 0) >= bucket);
    if (isLast || this.#bucket[entry] !== bucket) this.#insert(entry, bucket);
    this.#sentSeq[entry] = Math.max(this.#sentSeq[entry] ?? 0, sentSeq);
    this.#sentAt[entry] = later(this.#sentAt[entry], sentAt);
    this.#backAt[entry] = later(this.#backAt[entry], backAt);
    this.#addUp(entry);
  }

  /** Each two buckets are one from now on. */
  halve(): void {
    let kept = -1;
    for (let entry = 0; entry < this.#count; entry++) {
      const bucket = Math.floor((this.#bucket[entry] ?? 0) / 2);
      const isSame = kept >= 0 && this.#bucket[kept] === bucket;
      if (!isSame) kept++;
      this.#bucket[kept] = bucket;
      this.#sentSeq[kept] = Math.max(isSame ? (this.#sentSeq[kept] ?? 0) : 0, this.#sentSeq[entry] ?? 0);
      this.#sentAt[kept] = later(isSame ? this.#sentAt[kept] : never, this.#sentAt[entry]);
      this.#backAt[kept] = later(isSame ? this.#backAt[kept] : never, this.#backAt[entry]);
    }
    this.#count = kept + 1;
    this.#addUp(0);
  }

  /** Those before a bucket are gone. */
  forgetBefore(bucket: number): void {
    const gone = firstWhere(this.#count, (one) => (this.#bucket[one] ?? 0) >= bucket);
    if (gone === 0) return;
    for (const column of [this.#bucket, this.#sentSeq, this.#sentAt, this.#backAt]) column.copyWithin(0, gone);
    this.#count -= gone;
    this.#addUp(0);
  }

  #insert(entry: number, bucket: number): void {
    if (this.#count === this.#bucket.length) this.#grow();
    for (const column of [this.#bucket, this.#sentSeq, this.#sentAt, this.#backAt])
      column.copyWithin(entry + 1, entry, this.#count);
    this.#bucket[entry] = bucket;
    this.#sentSeq[entry] = 0;
    this.#sentAt[entry] = never;
    this.#backAt[entry] = never;
    this.#count++;
  }

  #addUp(from: number): void {
    for (let entry = from; entry < this.#count; entry++) {
      const before = entry - 1;
      this.#untilSeq[entry] = Math.max(before < 0 ? 0 : (this.#untilSeq[before] ?? 0), this.#sentSeq[entry] ?? 0);
      this.#untilAt[entry] = later(before < 0 ? never : this.#untilAt[before], this.#sentAt[entry]);
      this.#untilBack[entry] = later(before < 0 ? never : this.#untilBack[before], this.#backAt[entry]);
    }
  }

  #grow(): void {
    this.#bucket = longer(this.#bucket);
    this.#sentSeq = longer(this.#sentSeq);
    this.#untilSeq = longer(this.#untilSeq);
    this.#sentAt = longerLongs(this.#sentAt);
    this.#backAt = longerLongs(this.#backAt);
    this.#untilAt = longerLongs(this.#untilAt);
    this.#untilBack = longerLongs(this.#untilBack);
  }
}

const later = (a = never, b = never): bigint => (a > b ? a : b);

function longer(column: Float64Array): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(2 * column.length);
  twice.set(column);
  return twice;
}

function longerLongs(column: BigInt64Array): BigInt64Array<ArrayBuffer> {
  const twice = new BigInt64Array(2 * column.length);
  twice.set(column);
  return twice;
}
