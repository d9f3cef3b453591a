// WebSockets of the package ws, at either end: a span as long as the connection lasts, in the trace of the request that asked
// for it, and an event for each message. What a handler does belongs to its connection.
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { bytesIn } from "../byte-count.js";
import { dataProperty, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { OpenSpan, SpanParent } from "../record-sink.js";
import { parentFromHeader, traceHeader } from "../trace-context.js";
import { targetAttributes } from "./http-attributes.js";
import { isList, itemsOf } from "./route-path.js";
import type { ProbeKit } from "../probe-kit.js";

const name = "websocket connection";
const openState = 1;

export function installWs({ guest, context, onModule, sink }: ProbeKit): () => void {
  const spans = new WeakMap<object, OpenSpan>();
  const spanOf = (socket: unknown): OpenSpan | undefined => (isObject(socket) ? spans.get(socket) : undefined);
  /** Of the request that is being answered with a connection. */
  let opening: OpenSpan | undefined;

  const start = (kind: "server" | "client", parent: SpanParent, more: Record<string, AttributeValue>): OpenSpan =>
    sink.startSpan(name, kind, parent, { "network.protocol.name": "websocket", ...more });

  const startFor = (request: unknown): OpenSpan | undefined => {
    if (!isObject(request)) return undefined;
    const headers: unknown = Reflect.get(request, "headers");
    const parent = parentFromHeader(isObject(headers) ? dataProperty(headers, traceHeader) : undefined);
    return start("server", parent, { ...targetAttributes(textProperty(request, "url") ?? "") });
  };

  const recordMessage = (direction: string, data: unknown, isText: boolean): void =>
    sink.event("websocket.message", {
      "network.io.direction": direction,
      "messaging.message.body.size": (isList(data) ? itemsOf(data) : [data]).reduce<number>(
        (total, part) => total + bytesIn(part),
        0,
      ),
      "websocket.message.type": isText ? "text" : "binary",
    });

  const end = (socket: object, code: unknown): void => {
    const span = spans.get(socket);
    if (span === undefined) return;
    spans.delete(socket);
    const attributes: Record<string, AttributeValue> = typeof code === "number" ? { "websocket.close.code": code } : {};
    // 1006: it broke off.
    const isBroken = code === 1006;
    if (isBroken) attributes["error.type"] = "aborted";
    sink.endSpan(span, isBroken ? "error" : "unset", undefined, attributes);
  };

  const patchSocket = (prototype: object): (() => void) =>
    together([
      replaceMethod(
        prototype,
        "setSocket",
        (setSocket) =>
          function (...args) {
            const socket: unknown = this;
            guest.runAsGuest(() => {
              if (!isObject(socket)) return;
              const isServer = dataProperty(socket, "_isServer") === true;
              const span = isServer ? opening : start("client", context.asParent, urlAttributes(socket));
              if (span !== undefined) spans.set(socket, span);
              opening = undefined;
            }, undefined);
            return Reflect.apply(setSocket, socket, args);
          },
      ),
      replaceMethod(
        prototype,
        "send",
        (send) =>
          function (...args) {
            const socket: unknown = this;
            guest.runAsGuest(() => {
              if (!isObject(socket) || dataProperty(socket, "_readyState") !== openState) return;
              const record = (): void => recordMessage("transmit", args[0], typeof args[0] === "string");
              const span = spanOf(socket);
              if (context.current !== undefined || span === undefined) record();
              else context.run(span, record);
            }, undefined);
            return Reflect.apply(send, socket, args);
          },
      ),
      replaceMethod(
        prototype,
        "emit",
        (emit) =>
          function (...args) {
            const [event, first, second] = args;
            const socket: unknown = this;
            const span = spanOf(socket);
            if (span === undefined || !isObject(socket)) return Reflect.apply(emit, socket, args);
            return context.run(span, () => {
              if (event === "message")
                guest.runAsGuest(() => recordMessage("receive", first, second !== true), undefined);
              try {
                return Reflect.apply(emit, socket, args);
              } finally {
                if (event === "close") guest.runAsGuest(() => end(socket, first), undefined);
              }
            });
          },
      ),
    ]);

  const patchServer = (prototype: object): (() => void) =>
    replaceMethod(
      prototype,
      "completeUpgrade",
      (completeUpgrade) =>
        function (...args) {
          const request = args.find((arg) => isObject(arg) && "headers" in arg && "httpVersion" in arg);
          const span = guest.runAsGuest(() => startFor(request), undefined);
          if (span === undefined) return Reflect.apply(completeUpgrade, this, args);
          opening = span;
          try {
            return context.run(span, () => Reflect.apply(completeUpgrade, this, args));
          } finally {
            // Not taken: there is no connection after all.
            if (opening === span) guest.runAsGuest(() => sink.endSpan(span, "error", undefined, aborted), undefined);
            opening = undefined;
          }
        },
    );

  return together([
    onModule(guest, "ws/lib/websocket.js", (exports) => patchSocket(prototypeOf(exports))),
    onModule(guest, "ws/lib/websocket-server.js", (exports) => patchServer(prototypeOf(exports))),
  ]);
}

const aborted = { "error.type": "aborted" };

function urlAttributes(socket: object): Record<string, AttributeValue> {
  const url = textProperty(socket, "_url");
  return url === undefined ? {} : { "url.full": url.slice(0, 2048) };
}
