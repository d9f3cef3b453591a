// Requests this program sends through node:http and node:https, as spans of kind client. Node 22 and later announce a
// request as it is made; before that, the moment its headers are composed is where a span starts.
import { ClientRequest, IncomingMessage, OutgoingMessage } from "node:http";
import { EventEmitter, errorMonitor } from "node:events";
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { failureAttributes } from "../attributes.js";
import { objectIn, onChannel } from "../channels.js";
import { newMarks } from "../marks.js";
import { dataProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { OpenSpan, OwnIds } from "../record-sink.js";
import { Flow, headerFromStamp } from "../messages.js";
import {
  areEqual,
  headerFromSpan,
  isTraceHeader,
  parentFromHeader,
  stateHeader,
  traceHeader,
} from "../trace-context.js";
import { beginsRequest } from "./http-bodies.js";
import { clientAttributes, hostFrom } from "./http-attributes.js";
import type { ProbeKit } from "../probe-kit.js";

interface Exchange {
  readonly span: OpenSpan;
  statusCode: number | undefined;
  isOver: boolean;
  /** The other end may tell of it, too. */
  isTraced: boolean;
}

// As they are now: what a program makes of them later, or in a class of its own, is not for us to run.
const { getHeader, getHeaderNames, setHeader } = OutgoingMessage.prototype;
const { prependOnceListener } = EventEmitter.prototype;

export function installHttpClient({ guest, context, sink, messages, tracesTo, openTelemetry }: ProbeKit): () => void {
  const exchanges = newMarks<Exchange>();

  const start = (request: ClientRequest): void => {
    if (exchanges.get(request) !== undefined) return;
    const host = hostOf(request);
    const scheme = request.protocol === "https:" ? "https" : "http";
    const attributes = clientAttributes(request.method, scheme, host, request.path);
    const span = sink.startSpan(request.method, "client", context.asParent, attributes, undefined, idsIn(request));
    exchanges.set(request, { span, statusCode: undefined, isOver: false, isTraced: false });
    once(request, errorMonitor, (error) => end(request, error));
    once(request, "close", () => end(request, undefined));
  };

  /** The program's own tracer may have named this very request already, as the other end will know it. */
  const idsIn = (request: ClientRequest): OwnIds | undefined => {
    if (!openTelemetry.isLoaded) return undefined;
    const named = parentFromHeader(Reflect.apply(getHeader, request, [traceHeader]));
    if (named.kind !== "remote") return undefined;
    const active = openTelemetry.active();
    // Who passes on what it was asked with has no span of its own there.
    const isOwn = active !== undefined && areEqual(named.spanId, active.spanId);
    return { traceId: named.traceId, ...(isOwn ? { spanId: named.spanId } : {}) };
  };

  /** When the headers are composed, not before: until then the program may set one of its own. */
  const addHeader = (request: ClientRequest): void => {
    const exchange = exchanges.get(request);
    if (exchange === undefined || !tracesTo(targetOf(request)) || request.headersSent || isTraced(request)) return;
    const { span } = exchange;
    exchange.isTraced = true;
    const stamp = beginsRequest(messages, request, new Flow("request", span.spanId));
    Reflect.apply(setHeader, request, [traceHeader, headerFromSpan(span)]);
    Reflect.apply(setHeader, request, [stateHeader, headerFromStamp(stamp)]);
  };

  const once = (emitter: EventEmitter, name: string | symbol, work: (value: unknown) => void): void => {
    const listener = (value: unknown) => guest.runAsGuest(() => work(value), undefined);
    Reflect.apply(prependOnceListener, emitter, [name, listener]);
  };

  const end = (request: ClientRequest, error: unknown): void => {
    const exchange = exchanges.get(request);
    if (exchange === undefined || exchange.isOver) return;
    exchange.isOver = true;
    const statusCode = exchange.statusCode ?? statusOfUpgrade(request);
    const attributes: Record<string, AttributeValue> = {};
    if (statusCode !== undefined) attributes["http.response.status_code"] = statusCode;
    if (error !== undefined) Object.assign(attributes, failureAttributes(error));
    else if (statusCode === undefined) attributes["error.type"] = "aborted";
    else if (statusCode >= 400) attributes["error.type"] = String(statusCode);
    sink.endSpan(exchange.span, "error.type" in attributes ? "error" : "unset", undefined, attributes);
  };

  const startOn = (message: object): void => {
    const request = objectIn(message, "request");
    if (request instanceof ClientRequest) start(request);
  };
  return together([
    onChannel(guest, "http.client.request.created", startOn),
    onChannel(guest, "http.client.request.start", startOn),
    onChannel(guest, "http.client.response.finish", (message) => {
      const [request, response] = [objectIn(message, "request"), objectIn(message, "response")];
      if (!(request instanceof ClientRequest) || !(response instanceof IncomingMessage)) return;
      const exchange = exchanges.get(request);
      if (exchange === undefined) return;
      exchange.statusCode = response.statusCode;
      if (exchange.isTraced) {
        const flow = new Flow("response", exchange.span.spanId);
        messages.incoming.set(response, flow);
        messages.received(flow, 0);
      }
      once(response, "end", () => end(request, undefined));
    }),
    replaceMethod(
      ClientRequest.prototype,
      "_implicitHeader",
      (implicitHeader) =>
        function (...args) {
          if (this instanceof ClientRequest) {
            const request = this;
            guest.runAsGuest(() => (start(request), addHeader(request)), undefined);
          }
          return Reflect.apply(implicitHeader, this, args);
        },
    ),
  ]);
}

/** A request that became a connection of another kind has a response that no channel tells of. */
function statusOfUpgrade(request: ClientRequest): number | undefined {
  if (dataProperty(request, "upgradeOrConnect") !== true) return undefined;
  const response = dataProperty(request, "res");
  return response instanceof IncomingMessage ? response.statusCode : undefined;
}

function hostOf(request: ClientRequest): { name: string; port: number | undefined } {
  const header: unknown = Reflect.apply(getHeader, request, ["host"]);
  const named = hostFrom(typeof header === "string" ? header : "");
  return named.name === "" ? { name: request.host, port: undefined } : named;
}

/** The host that sees the headers in the end: behind a proxy that is asked by absolute URL, the one in there. */
function targetOf(request: ClientRequest): string {
  const authority = /^https?:\/\/(?:[^/@]*@)?([^/?#]*)/i.exec(request.path)?.[1];
  return authority === undefined ? request.host : hostFrom(authority).name;
}

function isTraced(request: ClientRequest): boolean {
  const names: unknown = Reflect.apply(getHeaderNames, request, []);
  return Array.isArray(names) && names.some((name) => isTraceHeader(String(name)));
}
