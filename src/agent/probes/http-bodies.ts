// How much of a body node:http sends and receives, and when; of requests and responses between recorded processes only,
// which `messages` knows. Sendings are recorded before any byte leaves, receipts before the program gets to see one.
import { ClientRequest, IncomingMessage, OutgoingMessage } from "node:http";
import { bytesIn } from "../byte-count.js";
import { newMarks } from "../marks.js";
import { isObject } from "../own-data.js";
import type { Flow, Messages, Stamp } from "../messages.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Requests whose head is made by the first call that hands over something of their body. */
const beginning = newMarks<{ readonly chunk: unknown; readonly encoding: unknown; readonly isEnd: boolean }>();

export function installHttpBodies({ guest, messages }: ProbeKit): () => void {
  const beforeSending =
    (isEnd: boolean) =>
    (send: Method): Method =>
      function (this: unknown, ...args) {
        if (!isObject(this)) return Reflect.apply(send, this, args);
        const [chunk, encoding] = args;
        const flow = messages.outgoing.get(this);
        if (flow !== undefined)
          guest.runAsGuest(() => messages.sent(flow, flow.more(bytesIn(chunk, encoding), isEnd)), undefined);
        if (flow !== undefined || !(this instanceof ClientRequest)) return Reflect.apply(send, this, args);
        beginning.set(this, { chunk, encoding, isEnd });
        try {
          return Reflect.apply(send, this, args);
        } finally {
          beginning.delete(this);
        }
      };
  const beforeHeaders = (flush: Method): Method =>
    function (this: unknown, ...args) {
      const flow = isObject(this) ? messages.outgoing.get(this) : undefined;
      if (flow !== undefined) guest.runAsGuest(() => messages.sent(flow, 0), undefined);
      return Reflect.apply(flush, this, args);
    };
  const beforeReading = (push: Method): Method =>
    function (this: unknown, ...args) {
      const flow = isObject(this) ? messages.incoming.get(this) : undefined;
      const [chunk] = args;
      if (flow !== undefined)
        guest.runAsGuest(() => messages.received(flow, flow.more(bytesIn(chunk), chunk === null)), undefined);
      return Reflect.apply(push, this, args);
    };
  return together([
    replaceMethod(OutgoingMessage.prototype, "write", beforeSending(false)),
    replaceMethod(OutgoingMessage.prototype, "end", beforeSending(true)),
    replaceMethod(OutgoingMessage.prototype, "flushHeaders", beforeHeaders),
    replaceMethod(IncomingMessage.prototype, "push", beforeReading),
  ]);
}

/** Records that a request's head is about to be sent, with what is sent of its body at once. */
export function beginsRequest(messages: Messages, request: ClientRequest, flow: Flow): Stamp {
  messages.outgoing.set(request, flow);
  const first = beginning.get(request);
  return messages.sent(flow, first === undefined ? 0 : flow.more(bytesIn(first.chunk, first.encoding), first.isEnd));
}
