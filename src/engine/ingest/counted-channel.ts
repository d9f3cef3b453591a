// One direction of a channel between two processes on which every byte is counted from the first one on. Joins what was
// received up to a byte with the sending of that byte; where the record of that sending is lost, with the one before it,
// which is known to have come, too. Memory is bounded: what was received is forgotten, and what nobody receives.

/** The bytes after `from`, up to and including `upTo`. */
export interface SentBytes<Point> {
  readonly point: Point;
  readonly from: number;
  readonly upTo: number;
}

export interface ReceivedBytes<Point> {
  readonly point: Point;
  readonly upTo: number;
}

const mostKept = 16_384;

export class CountedChannel<Point> {
  /** In the order in which they were sent; what was received is left out but for the last. */
  readonly #sent: SentBytes<Point>[] = [];
  readonly #waiting: ReceivedBytes<Point>[] = [];
  #lastTold: Point | undefined;

  constructor(readonly tell: (sent: Point, received: Point) => void) {}

  sent(piece: SentBytes<Point>): void {
    this.#sent.push(piece);
    if (this.#sent.length > mostKept) this.#sent.splice(0, mostKept / 2);
    const later = this.#waiting.findIndex(({ upTo }) => upTo > piece.upTo);
    for (const receipt of this.#waiting.splice(0, later < 0 ? this.#waiting.length : later)) this.#join(receipt);
  }

  /** Receipts come in their order. */
  received(receipt: ReceivedBytes<Point>): void {
    if ((this.#sent.at(-1)?.upTo ?? 0) >= receipt.upTo) return this.#join(receipt);
    this.#waiting.push(receipt);
    if (this.#waiting.length > mostKept) this.#waiting.splice(0, mostKept / 2);
  }

  /** Something at least as late has been sent. */
  #join({ point, upTo }: ReceivedBytes<Point>): void {
    const at = this.#sent.findIndex((piece) => piece.upTo >= upTo);
    const own = this.#sent[at];
    const last = own !== undefined && own.from < upTo ? own : this.#sent[at - 1];
    // The piece before stays: it is what is known where the next one is lost.
    this.#sent.splice(0, Math.max(0, at - 1));
    if (last === undefined || last.point === this.#lastTold) return;
    this.#lastTold = last.point;
    this.tell(last.point, point);
  }
}
