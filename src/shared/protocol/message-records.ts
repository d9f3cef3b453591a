// One end of what went from one process to another: part of an agent's records. The engine joins the ends by what both
// say alike, never by when they were made.
import { type ByteReader, type ByteWriter, MalformedBytes } from "./bytes.js";

export const messageEnds = ["sent", "received"] as const;
export type MessageEnd = (typeof messageEnds)[number];
/**
 * A request over HTTP and its response; what goes between a parent and its child, in bytes, or between threads, in messages.
 * Append only: the index is stored.
 */
export const messageParts = ["request", "response", "to-child", "to-parent"] as const;
export type MessagePart = (typeof messageParts)[number];
export const channelBytes = 8;
/** All of it, and that there is no more. */
export const wholeMessage = Number.MAX_SAFE_INTEGER;

export interface MessageRecord {
  readonly kind: "message";
  readonly end: MessageEnd;
  readonly part: MessagePart;
  /** 8 bytes. Of a request and its response: the id of the span that sent the request. Else what the parent named it. */
  readonly channel: Uint8Array;
  /**
   * How much had been sent with this, or had come: bytes of a body (0: what stands before it);
   * `wholeMessage` with its end.
   */
  readonly upTo: number;
  /** The process's hybrid logical clock by now: microseconds since the epoch. */
  readonly hybridUs: number;
  /**
   * Of a receipt, what the message brought: whose clock (`originOf`), and what it said at the sending. 0: nothing.
   * Of what is sent between parent and child, `originUs` is how many bytes had been sent before.
   */
  readonly origin: number;
  readonly originUs: number;
}

/** Between parent and child, where both ends count every byte and nothing is added to what is sent. */
export const isCounted = (part: MessagePart): boolean => part === "to-child" || part === "to-parent";

/** By what a message says from whom it is: the beginning of the run's id, never 0. */
export const originOf = (runId: string): number => Number.parseInt(runId.slice(0, 8), 16) || 1;

export function writeMessage(out: ByteWriter, message: MessageRecord): void {
  out.u8(messageEnds.indexOf(message.end));
  out.u8(messageParts.indexOf(message.part));
  out.raw(message.channel);
  out.f64(message.upTo);
  out.f64(message.hybridUs);
  out.u32(message.origin);
  out.f64(message.originUs);
}

export function readMessage(from: ByteReader): MessageRecord {
  const [end, part] = [messageEnds[from.u8()], messageParts[from.u8()]];
  if (end === undefined || part === undefined) throw new MalformedBytes("unknown end of a message");
  const [channel, upTo, hybridUs] = [from.raw(channelBytes), from.f64(), from.f64()];
  const [origin, originUs] = [from.u32(), from.f64()];
  return { kind: "message", end, part, channel, upTo, hybridUs, origin, originUs };
}
