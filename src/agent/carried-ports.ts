// Which ports went to another thread in which message: kept beside the messages, in memory that all threads of a process have,
// so that no message is changed. A port goes with what it has counted, so that both ends of its channel go on counting alike.
// Bounded: the place of ports that nobody has taken for long is taken by later ones; such a port is not followed any more.
import type { Direction } from "./posted-contexts.js";

/** One end of a channel, as it goes to another thread. */
export interface CarriedPort {
  /** Number of its channel within the process; 0: not known, as of one that was made before there was a recorder. */
  readonly channel: number;
  /** Which way goes what is posted by this end. */
  readonly sends: Direction;
  /** How many messages it has posted, and taken. */
  readonly sent: number;
  readonly received: number;
}

/** Where ports go along: a message, by its channel, way and number; what a thread is started with is number 0. */
export interface Carrier {
  readonly channel: number;
  readonly direction: Direction;
  readonly number: number;
}

const places = 512;
/** A place begins with its version, which is odd while it is written. */
const wordsEach = 11;
/** One word ahead of them: how many channels there are. */
const channelsAt = 0;

export const carriedBytes = (1 + places * wordsEach) * 4;

export class CarriedPorts {
  /** All by Atomics: else processors may show their changes in another order. */
  readonly #words: Int32Array;

  constructor(readonly memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** A number that no other channel of the process has. */
  newChannel(): number {
    return Atomics.add(this.#words, channelsAt, 1) + 1;
  }

  /** Before the message is posted; in the order in which they are met in it. */
  note(carrier: Carrier, ports: readonly CarriedPort[]): void {
    ports.forEach((port, index) => {
      const { channel, direction, number } = carrier;
      const words = [
        channel,
        direction,
        number,
        index,
        ports.length,
        port.channel,
        port.sends,
        port.sent,
        port.received,
      ];
      const at = placeOf(carrier, index);
      const version = Atomics.load(this.#words, at);
      if ((version & 1) === 1 || Atomics.compareExchange(this.#words, at, version, version + 1) !== version) return;
      words.forEach((word, n) => Atomics.store(this.#words, at + 1 + n, word));
      Atomics.store(this.#words, at, (version + 2) | 0);
    });
  }

  /** How many ports the message brings, and each of which that is known; undefined: none. */
  find(carrier: Carrier): readonly (CarriedPort | undefined)[] | undefined {
    const first = this.#read(carrier, 0);
    if (first === undefined) return undefined;
    return Array.from({ length: first.count }, (_, index) => this.#read(carrier, index)?.port);
  }

  #read(carrier: Carrier, index: number): { readonly count: number; readonly port: CarriedPort } | undefined {
    const at = placeOf(carrier, index);
    const version = Atomics.load(this.#words, at);
    const word = (n: number): number => Atomics.load(this.#words, at + 1 + n);
    const isIt =
      (version & 1) === 0 &&
      version !== 0 &&
      word(0) === carrier.channel &&
      word(1) === carrier.direction &&
      word(2) === carrier.number &&
      word(3) === index;
    const port: CarriedPort = { channel: word(5), sends: word(6) === 0 ? 0 : 1, sent: word(7), received: word(8) };
    const count = word(4);
    // It may have been written meanwhile.
    return isIt && Atomics.load(this.#words, at) === version ? { count, port } : undefined;
  }
}

const placeOf = ({ channel, direction, number }: Carrier, index: number): number =>
  1 + wordsEach * ((index + 7 * number + 37 * direction + 2 * 37 * channel) % places);
