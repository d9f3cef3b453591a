// The messages of the buckets that were looked at lately, in the order that they say. A piece whose time is over does not
// change any more; to one of the newest what came since is added. What one look needs stays until it has its answer.
import type { MessageEdge } from "../shared/trace/message.js";
import type { ProcessId } from "../shared/trace/time.js";
import { Staircase } from "./replay/staircase.js";
import type { Pieces } from "./replay/way-index.js";

/** In all pieces; of each some fifty bytes. */
const usualMostMessages = 400_000;

class Piece {
  readonly #stairs = new Map<string, Staircase>();
  messages = 0;

  stairs(sender: ProcessId, receiver: ProcessId): Staircase | "none" {
    return this.#stairs.get(`${sender} ${receiver}`) ?? "none";
  }

  add(edge: MessageEdge): void {
    const [sender, receiver] = [edge.sent.process, edge.received.process];
    const name = `${sender} ${receiver}`;
    const stairs = this.#stairs.get(name) ?? new Staircase(sender, receiver);
    this.#stairs.set(name, stairs);
    stairs.add(edge);
    this.messages++;
  }
}

export class MessagePieces implements Pieces {
  /** By bucket; that which was asked last at the end. */
  readonly #pieces = new Map<number, Piece>();
  readonly #missing = new Set<number>();
  readonly #mostMessages: number;
  #messages = 0;

  constructor(
    public bucketNs: bigint,
    mostMessages = usualMostMessages,
  ) {
    this.#mostMessages = mostMessages;
  }

  stairs(bucket: number, sender: ProcessId, receiver: ProcessId): Staircase | "none" | undefined {
    const piece = this.#pieces.get(bucket);
    if (piece === undefined) {
      this.#missing.add(bucket);
      return undefined;
    }
    this.#pieces.delete(bucket);
    this.#pieces.set(bucket, piece);
    return piece.stairs(sender, receiver);
  }

  has(bucket: number): boolean {
    return this.#pieces.has(bucket);
  }

  /** The buckets that were asked for since, and are not here: in order. */
  takeMissing(): readonly number[] {
    const missing = [...this.#missing].sort((a, b) => a - b);
    this.#missing.clear();
    return missing;
  }

  /** `buckets`: those of which `messages` are all. */
  put(buckets: readonly number[], messages: readonly MessageEdge[]): void {
    for (const bucket of buckets) this.#pieces.set(bucket, new Piece());
    this.add(messages);
  }

  /** What came since is of no piece, or of one that is here. */
  add(messages: readonly MessageEdge[]): void {
    for (const message of messages) {
      const piece = this.#pieces.get(Number(message.received.instant / this.bucketNs));
      if (piece === undefined) continue;
      piece.add(message);
      this.#messages++;
    }
  }

  /** Between looks. */
  forgetMost(): void {
    for (const [bucket, { messages }] of this.#pieces) {
      if (this.#messages <= this.#mostMessages) return;
      this.#pieces.delete(bucket);
      this.#messages -= messages;
    }
  }

  /** Buckets are twice as long from now on. */
  double(): void {
    this.bucketNs *= 2n;
    this.#pieces.clear();
    this.#messages = 0;
  }
}
