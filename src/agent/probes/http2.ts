// Requests of node:http2 at both ends, by streams and by the interface that looks like node:http; gRPC goes over them. Node.js
// tells of streams on channels from version 22 on (before: http2-earlier.ts). What is needed besides, the classes of streams and sessions, is met with the
// first of each: node:http2 is not loaded for our sake. What a stream's listeners do belongs to its span.
import { EventEmitter } from "node:events";
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { failureAttributes } from "../attributes.js";
import { onBuiltIn } from "../built-ins.js";
import { objectIn, onChannel } from "../channels.js";
import { newMarks } from "../marks.js";
import { Flow, headerFromStamp, stampFromHeader } from "../messages.js";
import { dataProperty, isObject, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { OpenSpan, SpanParent } from "../record-sink.js";
import { headerFromSpan, isTraceHeader, parentFromHeader, stateHeader, traceHeader } from "../trace-context.js";
import { type Side, originIn, tellsOfStreams, watchEarlierStreams } from "./http2-earlier.js";
import { clientAttributes, hostFrom, targetAttributes } from "./http-attributes.js";

interface Exchange {
  readonly span: OpenSpan;
  readonly isServer: boolean;
  /** Present where the other end tells of it, too. */
  readonly response: Flow | undefined;
  status: number | undefined;
  error: unknown;
}

const { listenerCount, emit: emitOfAll } = EventEmitter.prototype;
const protocol = { "network.protocol.name": "http", "network.protocol.version": "2" } as const;
const statusHeader = ":status";

export function installHttp2({ guest, context, sink, messages, tracesTo, callHeaders }: ProbeKit): () => void {
  const exchanges = newMarks<Exchange>();
  /** "https://host:1" that a session was asked to connect to. */
  const origins = new WeakMap<object, string>();
  const patched = new Map<object, () => void>();
  const once = (instance: unknown, patch: (prototype: object) => () => void): void => {
    const prototype: unknown = isObject(instance) ? Reflect.getPrototypeOf(instance) : undefined;
    if (isObject(prototype) && !patched.has(prototype)) patched.set(prototype, patch(prototype));
  };

  const startServer = (stream: object, headers: object): void => {
    const method = textProperty(headers, ":method") ?? "GET";
    const host = hostFrom(textProperty(headers, ":authority") ?? textProperty(headers, "host") ?? "");
    const attributes: Record<string, AttributeValue> = {
      "http.request.method": method,
      ...targetAttributes(textProperty(headers, ":path") ?? ""),
      "url.scheme": textProperty(headers, ":scheme") ?? "http",
      ...protocol,
      "server.address": host.name,
    };
    if (host.port !== undefined) attributes["server.port"] = host.port;
    const parent = parentFromHeader(dataProperty(headers, traceHeader));
    const stamp = stampFromHeader(dataProperty(headers, stateHeader));
    const isJoined = parent.kind === "remote" && stamp !== undefined;
    if (isJoined) messages.received(new Flow("request", parent.spanId), 0, stamp);
    const span = sink.startSpan(method, "server", parent, attributes);
    const response = isJoined ? new Flow("response", parent.spanId) : undefined;
    exchanges.set(stream, { span, isServer: true, response, status: undefined, error: undefined });
  };

  const startClient = (headers: object, origin: string, above: SpanParent = context.asParent): OpenSpan => {
    const method = textProperty(headers, ":method") ?? "GET";
    const [, scheme = "http", authority = ""] = /^(https?):\/\/(.*)$/.exec(origin) ?? [];
    const host = hostFrom(textProperty(headers, ":authority") ?? authority);
    const attributes = clientAttributes(method, scheme, host, textProperty(headers, ":path") ?? "/");
    return sink.startSpan(method, "client", above, { ...attributes, ...protocol });
  };

  /** The request that is being made: its span, and what it is sent with. */
  let making: { readonly span: OpenSpan; readonly response: Flow | undefined } | undefined;

  const make = (session: object, headers: unknown): { readonly headers: unknown } | undefined => {
    const origin = origins.get(session) ?? originIn(session);
    if (origin === undefined || Array.isArray(headers) || (headers !== undefined && !isObject(headers)))
      return undefined;
    const given = headers ?? {};
    // It carries a call of ours, which was begun elsewhere.
    const carried = callHeaders.get(textProperty(given, traceHeader) ?? "");
    const span = startClient(given, origin, carried && { kind: "local", span: carried });
    const host = hostFrom(textProperty(given, ":authority") ?? origin.replace(/^\w+:\/\//, "")).name;
    const isTraced = carried === undefined && Object.keys(given).some((name) => isTraceHeader(name));
    making = { span, response: undefined };
    if (!tracesTo(host) || isTraced) return { headers };
    making = { span, response: new Flow("response", span.spanId) };
    const stamp = messages.sent(new Flow("request", span.spanId), 0);
    return { headers: { ...given, [traceHeader]: headerFromSpan(span), [stateHeader]: headerFromStamp(stamp) } };
  };

  const patchSession = (prototype: object): (() => void) =>
    replaceMethod(
      prototype,
      "request",
      (request) =>
        function (...args) {
          const session: unknown = this;
          const made = guest.runAsGuest(() => (isObject(session) ? make(session, args[0]) : undefined), undefined);
          try {
            return Reflect.apply(request, this, made === undefined ? args : [made.headers, ...args.slice(1)]);
          } catch (error) {
            const failed = making;
            if (failed !== undefined)
              guest.runAsGuest(
                () => sink.endSpan(failed.span, "error", undefined, failureAttributes(error)),
                undefined,
              );
            throw error;
          } finally {
            making = undefined;
          }
        },
    );
  /** Sessions tell of their streams in a context of their own, and streams of what comes later. */
  const patchEmit = (prototype: object): (() => void) =>
    replaceMethod(
      prototype,
      "emit",
      (emit) =>
        function (...args) {
          const stream = args[0] === "stream" ? args[1] : this;
          const exchange = isObject(stream) ? exchanges.get(stream) : undefined;
          if (exchange === undefined || (stream === this && context.current !== undefined))
            return Reflect.apply(emit, this, args);
          return context.run(exchange.span, () => Reflect.apply(emit, this, args));
        },
    );

  const end = (stream: object): void => {
    const exchange = exchanges.get(stream);
    if (exchange === undefined) return;
    exchanges.delete(stream);
    const { span, isServer, status } = exchange;
    const attributes: Record<string, AttributeValue> = {};
    const code: unknown = Reflect.get(stream, "rstCode");
    if (status !== undefined) attributes["http.response.status_code"] = status;
    if (exchange.error !== undefined) Object.assign(attributes, failureAttributes(exchange.error));
    else if (typeof code === "number" && code !== 0) attributes["error.type"] = `http2 error ${code}`;
    else if (status === undefined) attributes["error.type"] = "aborted";
    else if (status >= (isServer ? 500 : 400)) attributes["error.type"] = String(status);
    sink.endSpan(span, "error.type" in attributes ? "error" : "unset", undefined, attributes);
  };
  const earlier = new Map<string, (message: object) => void>();
  const onStream = (name: string, work: (stream: object, headers: object, message: object) => void): (() => void) => {
    const listener = (message: object): void => {
      const stream = objectIn(message, "stream");
      if (stream !== undefined) work(stream, objectIn(message, "headers") ?? {}, message);
    };
    if (tellsOfStreams) return onChannel(guest, `http2.${name}`, listener);
    earlier.set(name, listener);
    return () => void earlier.delete(name);
  };
  const noteStatus = (stream: object, headers: object): Exchange | undefined => {
    const exchange = exchanges.get(stream);
    const status = dataProperty(headers, statusHeader);
    if (exchange !== undefined && typeof status === "number") exchange.status = status;
    return exchange;
  };
  const noteError = (stream: object, _headers: object, message: object): void => {
    const exchange = exchanges.get(stream);
    if (exchange !== undefined) exchange.error = dataProperty(message, "error");
    // It ends the program if nobody listens for it: then nothing of ours is to be in what Node prints.
    if (Number(Reflect.apply(listenerCount, stream, ["error"])) === 0)
      Object.defineProperty(stream, "emit", { value: emitOfAll, configurable: true, writable: true });
  };

  const tellEarlier = (name: string, message: object): void => earlier.get(name)?.(message);
  const meet = (prototype: object, side: Side): (() => void) => {
    patched.set(prototype, () => undefined);
    return side === "client" ? patchSession(prototype) : patchEmit(prototype);
  };

  return together([
    () => {
      for (const putBack of patched.values()) putBack();
    },
    onStream("server.stream.start", (stream, headers) => {
      once(stream, patchEmit);
      once(objectIn(stream, "session"), patchEmit);
      startServer(stream, headers);
    }),
    onStream("server.stream.finish", (stream, headers) => {
      const exchange = noteStatus(stream, headers);
      if (exchange?.response !== undefined) messages.sent(exchange.response, 0);
    }),
    onStream("client.stream.created", (stream, headers) => {
      const session = objectIn(stream, "session");
      const scheme = textProperty(headers, ":scheme") === "https" ? "https" : "http";
      const origin = `${scheme}://${textProperty(headers, ":authority") ?? ""}`;
      const { span, response } = making ?? { span: startClient(headers, origin), response: undefined };
      making = undefined;
      exchanges.set(stream, { span, isServer: false, response, status: undefined, error: undefined });
      if (session === undefined) return;
      if (!origins.has(session)) origins.set(session, origin);
      once(session, patchSession);
    }),
    onStream("client.stream.finish", (stream, headers) => {
      const exchange = noteStatus(stream, headers);
      if (exchange?.response !== undefined) messages.received(exchange.response, 0);
    }),
    ...["server", "client"].flatMap((side) => [
      onStream(`${side}.stream.error`, noteError),
      onStream(`${side}.stream.close`, end),
    ]),
    onBuiltIn(guest, "http2", (exports) =>
      replaceMethod(
        exports,
        "connect",
        (connect) =>
          function (...args) {
            const session = Reflect.apply(connect, this, args);
            guest.runAsGuest(() => {
              const [target] = args;
              const origin = typeof target === "string" ? target : target instanceof URL ? target.href : undefined;
              const found = /^https?:\/\/[^/?#]*/i.exec(origin ?? "")?.[0].replace(/\/\/[^@]*@/, "//");
              if (!isObject(session) || found === undefined) return;
              origins.set(session, found);
              once(session, patchSession);
            }, undefined);
            return session;
          },
      ),
    ),
    tellsOfStreams ? () => undefined : watchEarlierStreams(guest, tellEarlier, meet),
  ]);
}
