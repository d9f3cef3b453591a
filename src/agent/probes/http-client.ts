// Requests this program sends through node:http and node:https, as spans of kind client. Node 22 and later announce a
// request before its headers are sent; before that, the moment the headers are composed is where a span starts.
import { ClientRequest, IncomingMessage } from "node:http";
import { errorMonitor } from "node:events";
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { exceptionAttributes } from "../attributes.js";
import { objectIn, onChannel } from "../channels.js";
import { textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { OpenSpan } from "../record-sink.js";
import { headerFromSpan, isLoopback, traceHeader } from "../trace-context.js";
import { clientAttributes, hostFrom } from "./http-attributes.js";
import type { ProbeKit } from "../probe-kit.js";

interface Exchange {
  readonly span: OpenSpan;
  statusCode: number | undefined;
  isOver: boolean;
}

export function installHttpClient({ guest, context, sink }: ProbeKit): () => void {
  const exchanges = new WeakMap<object, Exchange>();

  const start = (request: ClientRequest): void => {
    if (exchanges.has(request)) return;
    const host = hostOf(request);
    const scheme = request.protocol === "https:" ? "https" : "http";
    const attributes = clientAttributes(request.method, scheme, host, request.path);
    const span = sink.startSpan(request.method, "client", context.asParent, attributes);
    exchanges.set(request, { span, statusCode: undefined, isOver: false });
    if (isLoopback(request.host) && !request.headersSent && !request.hasHeader(traceHeader))
      request.setHeader(traceHeader, headerFromSpan(span));
    request.prependOnceListener(errorMonitor, (error) => guest.runAsGuest(() => end(request, error), undefined));
    request.prependOnceListener("close", () => guest.runAsGuest(() => end(request, undefined), undefined));
  };

  const end = (request: ClientRequest, error: unknown): void => {
    const exchange = exchanges.get(request);
    if (exchange === undefined || exchange.isOver) return;
    exchange.isOver = true;
    const { statusCode } = exchange;
    const attributes: Record<string, AttributeValue> = {};
    if (statusCode !== undefined) attributes["http.response.status_code"] = statusCode;
    if (error !== undefined) {
      const exception = exceptionAttributes(error);
      Object.assign(attributes, exception);
      const code = typeof error === "object" && error !== null ? textProperty(error, "code") : undefined;
      attributes["error.type"] = code ?? exception["exception.type"];
    } else if (statusCode === undefined) attributes["error.type"] = "aborted";
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
      response.prependOnceListener("end", () => guest.runAsGuest(() => end(request, undefined), undefined));
    }),
    announcesCreation()
      ? () => undefined
      : replaceMethod(
          ClientRequest.prototype,
          "_implicitHeader",
          (implicitHeader) =>
            function (...args) {
              if (this instanceof ClientRequest) {
                const request = this;
                guest.runAsGuest(() => start(request), undefined);
              }
              return Reflect.apply(implicitHeader, this, args);
            },
        ),
  ]);
}

/** Whether this Node publishes `http.client.request.created` (22.12, 23.2 and later). */
function announcesCreation(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

function hostOf(request: ClientRequest): { name: string; port: number | undefined } {
  const named = hostFrom(String(request.getHeader("host") ?? ""));
  return named.name === "" ? { name: request.host, port: undefined } : named;
}
