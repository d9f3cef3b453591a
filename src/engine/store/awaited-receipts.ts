// Receipts whose sending has not been told of yet, of all ends of messages so far: each end is taken in once, as it comes.
// Memory is bounded: of the latest ends so many are known as come within a few seconds, where much comes.
import { messageEnds } from "../../shared/protocol/message-records.js";
import type { MessagePoint } from "../../shared/trace/message.js";
import { instant, processId, seq } from "../../shared/trace/time.js";
import type { Rows } from "./rows.js";

/** Ends of messages; those of one come soon after each other, as a rule. */
export const latestLookedAt = 50_000;

export interface Receipt {
  readonly point: MessagePoint;
  readonly origin: number;
  /** Whether something else was said over its channel by another process. */
  readonly isShared: boolean;
}

interface Waiting {
  readonly point: MessagePoint;
  readonly part: number;
  readonly upTo: number;
  readonly origin: number;
}

class Channel {
  isShared = false;
  /** By part: up to where its sending was told. */
  readonly told = new Map<number, number>();
  waiting: Waiting[] = [];
  ends = 0;

  constructor(readonly process: number) {}
}

const received = messageEnds.indexOf("received");

export class AwaitedReceipts {
  readonly #channels = new Map<bigint, Channel>();
  readonly #waiting = new Set<Channel>();
  /** Of each end, its channel: of the oldest one first, from `#first` on. */
  #ends: Channel[] = [];
  #keys: bigint[] = [];
  #first = 0;

  /** The next ends, in the order in which they were told, from a row on. */
  add(rows: Rows, from: number): void {
    const [processes, seqs, instants] = [rows.numbers("process"), rows.numbers("seq"), rows.bigints("instant")];
    const [sides, parts, channels] = [rows.numbers("side"), rows.numbers("part"), rows.bigints("channel")];
    const [upTos, origins] = [rows.numbers("up_to"), rows.numbers("origin")];
    for (let row = from; row < rows.length; row++) {
      const [key, process, part, upTo] = [channels[row] ?? 0n, processes[row] ?? 0, parts[row] ?? 0, upTos[row] ?? 0];
      let channel = this.#channels.get(key);
      if (channel === undefined) this.#channels.set(key, (channel = new Channel(process)));
      this.#note(key, channel);
      if (channel.process !== process) channel.isShared = true;
      if (sides[row] === received) {
        if ((channel.told.get(part) ?? -1) >= upTo) continue;
        const point = { process: processId(process), seq: seq(seqs[row] ?? 0), instant: instant(instants[row] ?? 0n) };
        channel.waiting.push({ point, part, upTo, origin: origins[row] ?? 0 });
        this.#waiting.add(channel);
      } else {
        channel.told.set(part, Math.max(channel.told.get(part) ?? -1, upTo));
        if (channel.waiting.length > 0)
          this.#keep(channel, (one) => one.part !== part || one.upTo > (channel.told.get(part) ?? -1));
      }
    }
    this.#forget();
  }

  /** Those that are not told of, and `isLate` says of none that it was received too long ago. */
  untold(isLate: (point: MessagePoint) => boolean): readonly Receipt[] {
    const untold: Receipt[] = [];
    for (const channel of this.#waiting) {
      this.#keep(channel, ({ point }) => !isLate(point));
      for (const { point, origin } of channel.waiting) untold.push({ point, origin, isShared: channel.isShared });
    }
    return untold;
  }

  #keep(channel: Channel, isKept: (waiting: Waiting) => boolean): void {
    channel.waiting = channel.waiting.filter(isKept);
    if (channel.waiting.length === 0) this.#waiting.delete(channel);
  }

  #note(key: bigint, channel: Channel): void {
    channel.ends++;
    this.#ends.push(channel);
    this.#keys.push(key);
  }

  #forget(): void {
    for (; this.#ends.length - this.#first > latestLookedAt; this.#first++) {
      const [channel, key] = [this.#ends[this.#first], this.#keys[this.#first]];
      if (channel === undefined || key === undefined || --channel.ends > 0) continue;
      this.#channels.delete(key);
      this.#waiting.delete(channel);
    }
    if (this.#first < latestLookedAt) return;
    this.#ends = this.#ends.slice(this.#first);
    this.#keys = this.#keys.slice(this.#first);
    this.#first = 0;
  }
}
