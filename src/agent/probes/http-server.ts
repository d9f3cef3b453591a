// Requests this program serves, as spans of kind server. Everything the handler does, across awaits and in the request's
// later events, belongs to the span. It ends when the response is finished, or when the connection is gone before that.
import { IncomingMessage, ServerResponse } from "node:http";
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { objectIn, onChannel } from "../channels.js";
import { replaceMethod, together } from "../patch.js";
import type { OpenSpan } from "../record-sink.js";
import { Flow, stampFromHeader } from "../messages.js";
import { parentFromHeader, stateHeader, traceHeader } from "../trace-context.js";
import { hostFrom, targetAttributes } from "./http-attributes.js";
import type { ProbeKit } from "../probe-kit.js";
import { watchRoutes } from "./routes.js";

export function installHttpServer(agent: ProbeKit): () => void {
  const { guest, context, sink, messages } = agent;
  const open = new WeakMap<object, OpenSpan>();
  const ended = new WeakSet<OpenSpan>();
  const routes = watchRoutes(agent);

  const start = (request: IncomingMessage, response: ServerResponse): void => {
    const method = request.method ?? "GET";
    const { headers, socket } = request;
    const attributes: Record<string, AttributeValue> = {
      "http.request.method": method,
      ...targetAttributes(request.url ?? ""),
      "url.scheme": "encrypted" in socket ? "https" : "http",
      "network.protocol.version": request.httpVersion,
    };
    if (headers.host !== undefined) {
      const host = hostFrom(headers.host);
      attributes["server.address"] = host.name;
      if (host.port !== undefined) attributes["server.port"] = host.port;
    }
    if (socket.remoteAddress !== undefined) attributes["client.address"] = socket.remoteAddress;
    if (headers["user-agent"] !== undefined) attributes["user_agent.original"] = headers["user-agent"].slice(0, 256);
    const parent = parentFromHeader(headers[traceHeader]);
    const stamp = stampFromHeader(headers[stateHeader]);
    if (parent.kind === "remote" && stamp !== undefined) {
      const flow = new Flow("request", parent.spanId);
      messages.incoming.set(request, flow);
      messages.outgoing.set(response, new Flow("response", parent.spanId));
      messages.received(flow, 0, stamp);
    }
    const span = sink.startSpan(method, "server", parent, attributes);
    open.set(request, span);
    open.set(response, span);
    context.enter(span);
  };

  const end = (request: IncomingMessage, response: ServerResponse, isFinished: boolean): void => {
    const span = open.get(response);
    if (span === undefined || ended.has(span)) return;
    ended.add(span);
    const { statusCode } = response;
    const route = routes.routeOf(request, statusCode);
    const attributes: Record<string, AttributeValue> = {};
    if (isFinished || response.headersSent) attributes["http.response.status_code"] = statusCode;
    if (route !== undefined) attributes["http.route"] = route;
    const isError = !isFinished || statusCode >= 500;
    if (isError) attributes["error.type"] = isFinished ? String(statusCode) : "aborted";
    const name = route === undefined ? undefined : `${request.method ?? "GET"} ${route}`;
    sink.endSpan(span, isError ? "error" : "unset", name, attributes);
  };

  /** Events of a body that arrives later come from the connection, outside the span: bring them back into it. */
  const insideSpan = (emit: (this: unknown, ...args: unknown[]) => unknown) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const span = typeof this === "object" && this !== null ? open.get(this) : undefined;
      if (span === undefined || context.current !== undefined) return Reflect.apply(emit, this, args);
      return context.run(span, () => Reflect.apply(emit, this, args));
    };
  const endOnClose = (emit: (this: unknown, ...args: unknown[]) => unknown) =>
    insideSpan(function (this: unknown, ...args: unknown[]): unknown {
      if (args[0] === "close" && isResponse(this))
        guest.runAsGuest(() => end(this.req, this, this.writableFinished), undefined);
      return Reflect.apply(emit, this, args);
    });

  return together([
    onChannel(guest, "http.server.request.start", (message) => {
      const exchange = exchangeIn(message);
      if (exchange !== undefined) start(exchange.request, exchange.response);
    }),
    onChannel(guest, "http.server.response.finish", (message) => {
      const exchange = exchangeIn(message);
      if (exchange !== undefined) end(exchange.request, exchange.response, true);
    }),
    routes.uninstall,
    replaceMethod(IncomingMessage.prototype, "emit", insideSpan),
    replaceMethod(ServerResponse.prototype, "emit", endOnClose),
  ]);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function exchangeIn(message: object): Exchange | undefined {
  const [request, response] = [objectIn(message, "request"), objectIn(message, "response")];
  const isExchange = request instanceof IncomingMessage && isResponse(response);
  return isExchange ? { request, response } : undefined;
}

/** Narrows to the plain type: `instanceof` would make its request `any`. */
const isResponse = (value: unknown): value is ServerResponse => value instanceof ServerResponse;
