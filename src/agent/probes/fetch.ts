// Requests sent by fetch and by undici itself, built in or installed, as spans of kind client.
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { failureAttributes } from "../attributes.js";
import { wholeMessage } from "../../shared/protocol/message-records.js";
import { bytesIn } from "../byte-count.js";
import { objectIn, onChannel } from "../channels.js";
import { newMarks } from "../marks.js";
import { dataProperty, textProperty } from "../own-data.js";
import { together } from "../patch.js";
import type { OpenSpan } from "../record-sink.js";
import { Flow, headerFromStamp } from "../messages.js";
import { isHeardByOthers } from "../open-telemetry.js";
import { headerFromSpan, isTraceHeader, stateHeader, traceHeader } from "../trace-context.js";
import { clientAttributes, hostFrom } from "./http-attributes.js";
import type { ProbeKit } from "../probe-kit.js";

const createChannel = "undici:request:create";

interface Exchange {
  readonly span: OpenSpan;
  statusCode: number | undefined;
  /** Present where the other end may tell of it, too. */
  readonly flows: { readonly request: Flow; readonly response: Flow } | undefined;
}

export function installFetch({ guest, context, sink, messages, tracesTo, openTelemetry }: ProbeKit): () => void {
  const exchanges = newMarks<Exchange>();

  const start = (request: object): void => {
    const { scheme, authority } = originOf(dataProperty(request, "origin"));
    const host = hostFrom(authority);
    const method = textProperty(request, "method") ?? "GET";
    const attributes = clientAttributes(method, scheme, host, textProperty(request, "path") ?? "/");
    const span = sink.startSpan(method, "client", context.asParent, attributes);
    const addHeader = dataProperty(request, "addHeader");
    // The program's own tracer hears of this after us, and would name a trace once more.
    const isLeftToOthers = openTelemetry.isLoaded && isHeardByOthers(createChannel);
    const isTraced =
      tracesTo(host.name) &&
      !isLeftToOthers &&
      !hasTraceHeader(dataProperty(request, "headers")) &&
      typeof addHeader === "function";
    const flows = isTraced
      ? { request: new Flow("request", span.spanId), response: new Flow("response", span.spanId) }
      : undefined;
    exchanges.set(request, { span, statusCode: undefined, flows });
    if (flows === undefined || typeof addHeader !== "function") return;
    // What is sent of a body was given to fetch before, unless that is a stream of the program's own.
    const stamp = messages.sent(flows.request, wholeMessage);
    Reflect.apply(addHeader, request, [traceHeader, headerFromSpan(span)]);
    Reflect.apply(addHeader, request, [stateHeader, headerFromStamp(stamp)]);
  };

  /** Of a message whose record is to be made now, if its other end may tell of it. */
  const flowsOf = (message: object): Exchange["flows"] => exchanges.get(objectIn(message, "request") ?? message)?.flows;

  const end = (message: object): void => {
    const request = objectIn(message, "request");
    const exchange = request === undefined ? undefined : exchanges.get(request);
    if (request === undefined || exchange === undefined) return;
    exchanges.delete(request);
    const { span, statusCode } = exchange;
    const attributes: Record<string, AttributeValue> = {};
    if (statusCode !== undefined) attributes["http.response.status_code"] = statusCode;
    const error = dataProperty(message, "error");
    if (error !== undefined) Object.assign(attributes, failureAttributes(error));
    else if (statusCode !== undefined && statusCode >= 400) attributes["error.type"] = String(statusCode);
    sink.endSpan(span, "error.type" in attributes ? "error" : "unset", undefined, attributes);
  };

  return together([
    onChannel(guest, createChannel, (message) => {
      const request = objectIn(message, "request");
      if (request !== undefined) start(request);
    }),
    onChannel(guest, "undici:request:headers", (message) => {
      const exchange = exchanges.get(objectIn(message, "request") ?? message);
      const statusCode = dataProperty(objectIn(message, "response") ?? {}, "statusCode");
      if (exchange === undefined || typeof statusCode !== "number") return;
      exchange.statusCode = statusCode;
      if (exchange.flows !== undefined) messages.received(exchange.flows.response, 0);
    }),
    // Only later versions tell of the parts of a body.
    onChannel(guest, "undici:request:bodyChunkReceived", (message) => {
      const flow = flowsOf(message)?.response;
      const bytes = bytesIn(dataProperty(message, "chunk"));
      if (flow !== undefined) messages.received(flow, flow.more(bytes, false));
    }),
    onChannel(guest, "undici:request:trailers", (message) => {
      const flow = flowsOf(message)?.response;
      if (flow !== undefined) messages.received(flow, flow.more(0, true));
      end(message);
    }),
    onChannel(guest, "undici:request:error", end),
  ]);
}

function originOf(origin: unknown): { readonly scheme: string; readonly authority: string } {
  const match = /^(https?):\/\/([^/]*)/.exec(origin instanceof URL ? origin.origin : String(origin));
  return { scheme: match?.[1] ?? "http", authority: match?.[2] ?? "" };
}

/** undici 5 keeps headers as one text, later ones as a list of names and values. */
function hasTraceHeader(headers: unknown): boolean {
  if (typeof headers === "string")
    return headers.split("\r\n").some((line) => isTraceHeader(line.replace(/:.*$/s, "")));
  if (!Array.isArray(headers)) return false;
  for (let at = 0; at < headers.length; at++) {
    const item: unknown = headers[at];
    if (typeof item === "string" && isTraceHeader(item)) return true;
  }
  return false;
}
