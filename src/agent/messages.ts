// What this process tells other recorded processes and hears from them, as records of both ends. A request carries who
// sent it and the hybrid logical clock then; nothing else that is sent is changed, between parent and child nothing at all.
import { type MessagePart, originOf, wholeMessage } from "../shared/protocol/message-records.js";
import type { HybridClock } from "./hybrid-clock.js";
import { newMarks } from "./marks.js";
import type { Recorder } from "./recorder.js";

/** What a message says about its sender: who it is, and its hybrid logical clock. */
export interface Stamp {
  readonly origin: number;
  readonly originUs: number;
}

/** A body on its way, and how many bytes of it have gone or come. */
export class Flow {
  bytes = 0;

  constructor(
    readonly part: MessagePart,
    readonly channel: Uint8Array,
  ) {}

  /** Some more of it; returns how much that is together. */
  more(bytes: number, isEnd: boolean): number {
    this.bytes += bytes;
    return isEnd ? wholeMessage : this.bytes;
  }
}

const noStamp: Stamp = { origin: 0, originUs: 0 };

export class Messages {
  readonly #sink: Pick<Recorder, "message">;
  readonly #clock: HybridClock;
  /** Whose messages these are. */
  readonly origin: number;
  /** By the object that sends a body, or hands it to the program. */
  readonly outgoing = newMarks<Flow>();
  readonly incoming = newMarks<Flow>();

  constructor(sink: Pick<Recorder, "message">, clock: HybridClock, runId: string) {
    this.#sink = sink;
    this.#clock = clock;
    this.origin = originOf(runId);
  }

  /** To be called before it is sent. Returns what it may say about its sender. */
  sent({ part, channel }: Flow, upTo: number): Stamp {
    const hybridUs = this.#clock.tick();
    this.#sink.message({ kind: "message", end: "sent", part, channel, upTo, hybridUs, ...noStamp });
    return { origin: this.origin, originUs: hybridUs };
  }

  /** Bytes between parent and child, after so many before. To be called before they are sent. */
  sentBytes({ part, channel }: Flow, before: number, upTo: number): void {
    const hybridUs = this.#clock.tick();
    this.#sink.message({ kind: "message", end: "sent", part, channel, upTo, hybridUs, origin: 0, originUs: before });
  }

  /** To be called before the program gets to see it. */
  received({ part, channel }: Flow, upTo: number, stamp = noStamp): void {
    const hybridUs = this.#clock.tickAfter(stamp.originUs);
    this.#sink.message({ kind: "message", end: "received", part, channel, upTo, hybridUs, ...stamp });
  }
}

/** As the header `tracestate` says it; undefined for a header that says no such thing. */
export function stampFromHeader(header: unknown): Stamp | undefined {
  if (typeof header !== "string" || header.length >= 1024) return undefined;
  const match = stampPattern.exec(header);
  const [origin, originUs] = [Number.parseInt(match?.[1] ?? "", 16), Number.parseInt(match?.[2] ?? "", 16)];
  return Number.isSafeInteger(origin) && Number.isSafeInteger(originUs) ? { origin, originUs } : undefined;
}

export const headerFromStamp = ({ origin, originUs }: Stamp): string =>
  `hindcast=${origin.toString(16)}-${originUs.toString(16)}`;

const stampPattern = /(?:^|,)\s*hindcast=([0-9a-f]{1,8})-([0-9a-f]{1,14})\s*(?:,|$)/;
