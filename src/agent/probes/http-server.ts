// Requests this program serves, as spans of kind server. Everything the handler does, across awaits and in the request's
// later events, belongs to the span. It ends when the response is finished, or when the connection is gone before that.
import { IncomingMessage, ServerResponse } from "node:http";
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { objectIn, onChannel } from "../channels.js";
import { contextAttribute } from "../context.js";
import { newMarks } from "../marks.js";
import { replaceMethod, together } from "../patch.js";
import { dataProperty, isObject } from "../own-data.js";
import type { OpenSpan } from "../record-sink.js";
import { Flow, stampFromHeader } from "../messages.js";
import { areEqual, parentFromHeader, stateHeader, traceHeader } from "../trace-context.js";
import { RouteNames, addTarget, hostFrom } from "./http-attributes.js";
import type { ProbeKit } from "../probe-kit.js";
import { watchRoutes } from "./routes.js";

export function installHttpServer(agent: ProbeKit): () => void {
  const { guest, context, sink, messages, openTelemetry } = agent;
  /** By the request: each entry costs as much as all that is written of it. */
  const exchanges = newMarks<Exchange>();
  const routes = watchRoutes(agent);
  const hostOf = rememberingTheLast(hostFrom);
  const names = new RouteNames();

  const start = (request: IncomingMessage, response: ServerResponse, startMs?: number): void => {
    const method = request.method ?? "GET";
    const { headers, socket } = request;
    const attributes: Record<string, AttributeValue> = {
      "http.request.method": method,
    };
    addTarget(attributes, request.url ?? "");
    attributes["url.scheme"] = "encrypted" in socket ? "https" : "http";
    attributes["network.protocol.version"] = request.httpVersion;
    if (headers.host !== undefined) {
      const host = hostOf(headers.host);
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
    const span = sink.startSpan(method, "server", parent, attributes, startMs);
    exchanges.set(request, { span, hasEnded: false, isInTurn: !isTaken(socket, response), answeredIn: undefined });
    context.enter(span);
  };

  /** Requests that began when so, whose spans begin where the program's own tracer has begun its own. */
  const announced = newMarks<number>();
  openTelemetry.onRequest((request, response) => {
    if (!(request instanceof IncomingMessage) || !isResponse(response)) return;
    startAnnounced(request, response);
  });
  const startAnnounced = (request: IncomingMessage, response: ServerResponse): void => {
    const startMs = announced.get(request);
    if (startMs === undefined) return;
    announced.delete(request);
    start(request, response, startMs);
  };

  const end = (request: IncomingMessage, response: ServerResponse, isFinished: boolean): void => {
    const exchange = exchanges.get(request);
    if (exchange === undefined || exchange.hasEnded) return;
    exchange.hasEnded = true;
    const { statusCode } = response;
    const route = routes.routeOf(request, statusCode);
    const attributes: Record<string, AttributeValue> = {};
    if (isFinished || response.headersSent) attributes["http.response.status_code"] = statusCode;
    if (route !== undefined) attributes["http.route"] = route;
    if (exchange.answeredIn !== undefined) attributes[contextAttribute] = exchange.answeredIn;
    const isError = !isFinished || statusCode >= 500;
    if (isError) attributes["error.type"] = isFinished ? String(statusCode) : "aborted";
    const name = route === undefined ? undefined : names.nameOf(request.method ?? "GET", route);
    sink.endSpan(exchange.span, isError ? "error" : "unset", name, attributes);
  };

  /** Events of a body that arrives later come from the connection, outside the span: bring them back into it. */
  const insideSpan =
    (requestOf: (emitter: object) => object | undefined) =>
    (emit: Method): Method =>
      function (...args) {
        const { current } = context;
        if (args[0] === "prefinish") guest.runAsGuest(() => noteAnswer(this, current), undefined);
        const request = current === undefined && isObject(this) ? requestOf(this) : undefined;
        const exchange = request === undefined ? undefined : exchanges.get(request);
        if (exchange === undefined) return Reflect.apply(emit, this, args);
        return context.run(exchange.span, () => Reflect.apply(emit, this, args));
      };
  /** Node tells so within the call that ends the response, unless there is another before it on the connection. */
  const noteAnswer = (response: unknown, current: OpenSpan | undefined): void => {
    const request = isObject(response) ? requestOfResponse(response) : undefined;
    const exchange = request === undefined ? undefined : exchanges.get(request);
    if (exchange === undefined || !exchange.isInTurn) return;
    if (current === undefined) exchange.answeredIn = "lost";
    else if (!areEqual(current.traceId, exchange.span.traceId)) exchange.answeredIn = "other";
  };
  const endOnClose = (emit: Method): Method =>
    function (...args) {
      if (args[0] === "close" && isResponse(this)) {
        const request = requestOfResponse(this);
        if (request instanceof IncomingMessage)
          guest.runAsGuest(() => end(request, this, this.writableFinished), undefined);
      }
      return Reflect.apply(emit, this, args);
    };

  return together([
    onChannel(guest, "http.server.request.start", (message) => {
      const exchange = exchangeIn(message);
      if (exchange === undefined) return;
      if (openTelemetry.isLoaded) announced.set(exchange[0], sink.clockMs());
      else start(...exchange);
    }),
    onChannel(guest, "http.server.response.finish", (message) => {
      const exchange = exchangeIn(message);
      if (exchange === undefined) return;
      // Node may answer a request itself that it passes on to nobody.
      if (openTelemetry.isLoaded) startAnnounced(...exchange);
      end(...exchange, true);
    }),
    routes.uninstall,
    replaceMethod(
      IncomingMessage.prototype,
      "emit",
      insideSpan((request) => request),
    ),
    replaceMethod(ServerResponse.prototype, "emit", (emit) => insideSpan(requestOfResponse)(endOnClose(emit))),
  ]);
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

interface Exchange {
  readonly span: OpenSpan;
  hasEnded: boolean;
  /** Whether no other response had its connection when it began. */
  readonly isInTurn: boolean;
  /** In what context it was answered, where that was not its own. */
  answeredIn: "lost" | "other" | undefined;
}

type Told = readonly [request: IncomingMessage, response: ServerResponse];

function exchangeIn(message: object): Told | undefined {
  const [request, response] = [objectIn(message, "request"), objectIn(message, "response")];
  return request instanceof IncomingMessage && isResponse(response) ? [request, response] : undefined;
}

/** As node:http has noted it. */
function requestOfResponse(response: object): object | undefined {
  const request = dataProperty(response, "req");
  return isObject(request) ? request : undefined;
}

/** By a response that is still to be sent: Node sends them one after the other. */
function isTaken(socket: object, response: object): boolean {
  const current: unknown = Reflect.get(socket, "_httpMessage");
  return isObject(current) && current !== response;
}

/** Narrows to the plain type: `instanceof` would make its request `any`. */
const isResponse = (value: unknown): value is ServerResponse => value instanceof ServerResponse;

/** Programs are asked for the same host again and again. */
function rememberingTheLast<Result>(read: (text: string) => Result): (text: string) => Result {
  let last: { readonly text: string; readonly result: Result } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, result: read(text) };
    return last.result;
  };
}
