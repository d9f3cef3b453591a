// Joins the ends of messages between the processes of one recording, in whatever order they come: by the channel that both
// ends name and by how much of it had been sent and had come. Never by nearness in time.
// A message is told once for each sending that somebody received something of: what came later with the same sending says
// nothing more. Memory is bounded; the oldest channels are forgotten first.
import { type MessagePart, type MessageRecord, isCounted } from "../../shared/protocol/message-records.js";
import { CountedChannel } from "./counted-channel.js";

/** One end of a message: a record of a process, and when it was made by that process's own clock. */
export interface MessagePoint {
  readonly process: number;
  readonly seq: number;
  readonly instant: bigint;
}

export interface JoinedMessage {
  readonly part: MessagePart;
  readonly sent: MessagePoint;
  readonly received: MessagePoint;
}

export type MessageEndFacts = Pick<MessageRecord, "end" | "part" | "upTo" | "origin" | "originUs"> & {
  readonly channel: bigint;
};

interface Piece {
  readonly point: MessagePoint;
  readonly upTo: number;
}

interface Receipt extends Piece {
  readonly facts: MessageEndFacts;
}

class Channel {
  readonly sent: Piece[] = [];
  readonly waiting: Receipt[] = [];
  /** By receiver: the last sending of which it had something. */
  readonly told = new Map<number, number>();
}

const mostChannels = 200_000;
/** Between parents and children: so many children at once. */
const mostCounted = 2000;
/** Of one channel; the first tells of everything that was sent before. */
const mostPieces = 1024;

export class MessageJoin {
  /** Used last at the end. */
  readonly #channels = new Map<string, Channel>();
  readonly #counted = new Map<string, CountedChannel<MessagePoint>>();
  readonly #processes = new Map<number, number>();
  readonly #waiting = new Set<Receipt>();
  #isRestoring = false;

  constructor(
    readonly tell: (message: JoinedMessage) => void,
    readonly limit = mostChannels,
  ) {}

  /** Ends that another engine has taken, which told their messages; the processes are known. */
  restore(ends: readonly { readonly point: MessagePoint; readonly facts: MessageEndFacts }[]): void {
    this.#isRestoring = true;
    for (const { point, facts } of ends) this.end(point, facts);
    this.#isRestoring = false;
  }

  /** A process of the recording, by what its messages say from whom they are. */
  knows(process: number, origin: number): void {
    this.#processes.set(origin, process);
  }

  end(point: MessagePoint, facts: MessageEndFacts): void {
    if (isCounted(facts.part)) return this.#countedEnd(point, facts);
    const channel = this.#channel(`${facts.part} ${facts.channel}`);
    if (facts.end === "sent") this.#sent(channel, { point, upTo: facts.upTo }, facts.part);
    else this.#received(channel, { point, upTo: facts.upTo, facts });
  }

  /**
   * Everything that a process recorded up to there has come. What it sent before that and is not known is lost: it is taken
   * for sent with the last record of that time.
   */
  cameTo(point: MessagePoint): void {
    for (const receipt of this.#waiting) {
      const { origin, originUs, part } = receipt.facts;
      if (this.#processes.get(origin) !== point.process || point.instant / 1000n <= BigInt(originUs)) continue;
      this.#stopWaiting(receipt);
      this.tell({ part, sent: point, received: receipt.point });
    }
  }

  #channel(key: string): Channel {
    const channel = this.#channels.get(key) ?? new Channel();
    this.#channels.delete(key);
    this.#channels.set(key, channel);
    if (this.#channels.size > this.limit) this.#forgetOldest();
    return channel;
  }

  #countedEnd(point: MessagePoint, { part, channel, end, upTo, originUs: from }: MessageEndFacts): void {
    const key = `${part} ${channel}`;
    const tell = (sent: MessagePoint, received: MessagePoint): void => {
      if (!this.#isRestoring && sent.process !== received.process) this.tell({ part, sent, received });
    };
    const counted = this.#counted.get(key) ?? new CountedChannel(tell);
    this.#counted.delete(key);
    this.#counted.set(key, counted);
    const [oldest] = this.#counted.keys();
    if (this.#counted.size > mostCounted && oldest !== undefined) this.#counted.delete(oldest);
    if (end === "sent") counted.sent({ point, from, upTo });
    else counted.received({ point, upTo });
  }

  #forgetOldest(): void {
    for (const [key, channel] of this.#channels) {
      this.#channels.delete(key);
      for (const receipt of channel.waiting) this.#waiting.delete(receipt);
      return;
    }
  }

  #sent(channel: Channel, piece: Piece, part: MessagePart): void {
    channel.sent.push(piece);
    if (channel.sent.length > mostPieces) channel.sent.splice(1, mostPieces / 2);
    const due = channel.waiting.filter(({ upTo }) => upTo <= piece.upTo);
    for (const receipt of due) {
      this.#stopWaiting(receipt);
      this.#join(channel, piece, receipt, part);
    }
  }

  #received(channel: Channel, receipt: Receipt): void {
    const piece = channel.sent.find(({ upTo }) => upTo >= receipt.upTo);
    if (piece !== undefined) return this.#join(channel, piece, receipt, receipt.facts.part);
    channel.waiting.push(receipt);
    const sender = this.#processes.get(receipt.facts.origin);
    if (sender !== undefined && sender !== receipt.point.process) this.#waiting.add(receipt);
  }

  #stopWaiting(receipt: Receipt): void {
    this.#waiting.delete(receipt);
    const { part, channel } = receipt.facts;
    const waiting = this.#channels.get(`${part} ${channel}`)?.waiting ?? [];
    const at = waiting.indexOf(receipt);
    if (at >= 0) waiting.splice(at, 1);
  }

  #join(channel: Channel, { point: sent }: Piece, { point: received }: Receipt, part: MessagePart): void {
    if (sent.process === received.process || channel.told.get(received.process) === sent.seq) return;
    channel.told.set(received.process, sent.seq);
    if (!this.#isRestoring) this.tell({ part, sent, received });
  }
}
