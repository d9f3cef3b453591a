// The messages from one process to another, as far as they say something about order: of two messages the one that was
// sent later and received no later says all that the other says, so only that one is kept.
// Invariant: from step to step both `sent` and `received` go up. Columns of one length; only the first `count` count.
import { firstWhere } from "../../shared/base/first-where.js";
import type { MessageEdge, MessagePoint } from "../../shared/trace/message.js";
import { type Instant, type ProcessId, type Seq, instant, seq } from "../../shared/trace/time.js";

const firstCapacity = 16;

export class Staircase {
  #sent = new Float64Array(firstCapacity);
  #received = new Float64Array(firstCapacity);
  #sentAt = new BigInt64Array(firstCapacity);
  #receivedAt = new BigInt64Array(firstCapacity);
  #count = 0;

  constructor(
    readonly sender: ProcessId,
    readonly receiver: ProcessId,
  ) {}

  get count(): number {
    return this.#count;
  }

  sent(step: number): MessagePoint {
    return pointOf(this.sender, this.#sent[step], this.#sentAt[step]);
  }

  received(step: number): MessagePoint {
    return pointOf(this.receiver, this.#received[step], this.#receivedAt[step]);
  }

  /** How many steps at the beginning were sent within a Seq or an instant. */
  sentWithin(upTo: Within): number {
    return within(this.#sent, this.#sentAt, this.#count, upTo);
  }

  receivedWithin(upTo: Within): number {
    return within(this.#received, this.#receivedAt, this.#count, upTo);
  }

  firstReceivedBehind(upTo: Within): MessagePoint | undefined {
    const sent = this.sentWithin(upTo);
    return sent < this.#count ? this.received(sent) : undefined;
  }

  lastSentOf(upTo: Within): MessagePoint | undefined {
    const received = this.receivedWithin(upTo);
    return received === 0 ? undefined : this.sent(received - 1);
  }

  /** In any order; in the order in which messages were sent it costs least. */
  add({ sent, received }: MessageEdge): void {
    const last = this.#count - 1;
    const isNext = last < 0 || (sent.seq > (this.#sent[last] ?? 0) && received.seq > (this.#received[last] ?? 0));
    if (isNext) return this.#replace(this.#count, this.#count, sent, received);
    const from = this.sentWithin({ seq: seq(sent.seq - 1) });
    const isSaidAlready = from <= last && (this.#received[from] ?? 0) <= received.seq;
    if (isSaidAlready) return;
    const saysAsMuch = this.receivedWithin({ seq: seq(received.seq - 1) });
    this.#replace(saysAsMuch, this.sentWithin({ seq: sent.seq }), sent, received);
  }

  /** One step in place of those from `start` up to `end`. */
  #replace(start: number, end: number, sent: MessagePoint, received: MessagePoint): void {
    if (this.#count === this.#sent.length) this.#grow();
    for (const column of [this.#sent, this.#received, this.#sentAt, this.#receivedAt])
      if (start + 1 !== end) column.copyWithin(start + 1, end, this.#count);
    this.#sent[start] = sent.seq;
    this.#received[start] = received.seq;
    this.#sentAt[start] = sent.instant;
    this.#receivedAt[start] = received.instant;
    this.#count += 1 - (end - start);
  }

  #grow(): void {
    const length = 2 * this.#sent.length;
    const [sent, received] = [new Float64Array(length), new Float64Array(length)];
    const [sentAt, receivedAt] = [new BigInt64Array(length), new BigInt64Array(length)];
    sent.set(this.#sent);
    received.set(this.#received);
    sentAt.set(this.#sentAt);
    receivedAt.set(this.#receivedAt);
    [this.#sent, this.#received, this.#sentAt, this.#receivedAt] = [sent, received, sentAt, receivedAt];
  }
}

/** As far as a process is shown: up to and including a Seq, or all that it did by an instant of its own clock. */
export type Within = { readonly seq: Seq } | { readonly instant: Instant };

function within(seqs: Float64Array, instants: BigInt64Array, count: number, upTo: Within): number {
  return "seq" in upTo
    ? firstWhere(count, (at) => (seqs[at] ?? 0) > upTo.seq)
    : firstWhere(count, (at) => (instants[at] ?? 0n) > upTo.instant);
}

const pointOf = (process: ProcessId, number = 0, ns = 0n): MessagePoint => ({
  process,
  seq: seq(number),
  instant: instant(ns),
});
