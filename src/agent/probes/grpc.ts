// Calls of @grpc/grpc-js at both ends, by OpenTelemetry's names for RPC: a span of kind client from `start` to the status, one of
// kind server from the handler's start to the status that is sent. The trace travels in the call's metadata, in a copy of the
// program's; the HTTP/2 request that carries a call hangs on it. What comes back belongs to who called, whoever opened the connection.
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { cutText } from "../attributes.js";
import { dataProperty, isFunction, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { OpenSpan, SpanParent } from "../record-sink.js";
import { areEqual, headerFromSpan, isTraceHeader, parentFromHeader, traceHeader } from "../trace-context.js";
import { hostFrom } from "./http-attributes.js";

/** By their numbers. */
const statusNames = [
  ...["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"],
  ...["PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED"],
  ...["INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"],
];
/** Others are answers as good as any, as 404 is. */
const failuresOfServers: ReadonlySet<string> = new Set(
  "UNKNOWN DEADLINE_EXCEEDED UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS".split(" "),
);

export function installGrpc({ guest, context, sink, onModule, tracesTo, callHeaders }: ProbeKit): () => void {
  const end = (span: OpenSpan, status: unknown, isFailure: (name: string) => boolean): void => {
    const code = isObject(status) ? dataProperty(status, "code") : undefined;
    const name = (typeof code === "number" ? statusNames[code] : undefined) ?? "UNKNOWN";
    const attributes: Record<string, AttributeValue> = { "rpc.response.status_code": name };
    const details = isObject(status) ? textProperty(status, "details") : undefined;
    if (isFailure(name)) {
      attributes["error.type"] = name;
      if (details !== undefined && details !== "") attributes["exception.message"] = cutText(details, maxUnits);
    }
    sink.endSpan(span, "error.type" in attributes ? "error" : "unset", undefined, attributes);
  };

  /** With the trace in it, where it may go there and the program has set none. */
  const withTrace = (span: OpenSpan, metadata: unknown, host: string): unknown => {
    if (!isObject(metadata) || !tracesTo(host) || isTraced(metadata)) return metadata;
    const copy = call(metadata, "clone");
    if (!isObject(copy)) return metadata;
    const header = headerFromSpan(span);
    call(copy, "set", traceHeader, header);
    callHeaders.set(header, span);
    return copy;
  };

  const ask = (made: object, method: string, target: string): void => {
    const [, authority = target] = /^(?:[a-z][\w+.-]*:)?\/*(?:[^/]*\/)*([^/]+)$/i.exec(target) ?? [];
    const host = hostFrom(authority);
    replaceMethod(
      made,
      "start",
      (start) =>
        function (...args) {
          const [metadata, listener] = args;
          const asker = context.current;
          const begun = guest.runAsGuest(() => {
            const attributes = attributesOf(method);
            attributes["server.address"] = host.name;
            if (host.port !== undefined) attributes["server.port"] = host.port;
            const span = sink.startSpan(nameOf(method), "client", context.asParent, attributes);
            return { span, metadata: withTrace(span, metadata, host.name) };
          }, undefined);
          if (begun === undefined || !isObject(listener)) return Reflect.apply(start, this, args);
          const { span } = begun;
          const told = listening(listener, (work) => context.resume(asker, work), {
            onReceiveStatus: (status) => {
              if (isObject(begun.metadata)) forget(begun.metadata);
              end(span, status, (name) => name !== "OK");
            },
          });
          return context.run(span, () => Reflect.apply(start, this, [begun.metadata, told, ...args.slice(2)]));
        },
    );
  };
  const forget = (metadata: object): void => {
    const [header] = valuesOf(metadata, traceHeader);
    if (typeof header === "string") callHeaders.delete(header);
  };

  /** Node may have told of the request that carries it; then that is current. */
  const parentOf = (metadata: unknown): SpanParent => {
    const named = isObject(metadata) ? parentFromHeader(valuesOf(metadata, traceHeader)[0]) : context.asParent;
    const { current } = context;
    const isCarrier = current !== undefined && (named.kind !== "remote" || areEqual(named.traceId, current.traceId));
    return isCarrier ? context.asParent : named;
  };

  const serve = (served: object, method: string, work: () => unknown): unknown => {
    const span = guest.runAsGuest(
      () => sink.startSpan(nameOf(method), "server", parentOf(metadataOf(served)), attributesOf(method)),
      undefined,
    );
    if (span === undefined) return work();
    let isOver = false;
    const endOnce = (status: unknown): void => {
      if (!isOver) end(span, status, (name) => failuresOfServers.has(name));
      isOver = true;
    };
    const inSpan = (inner: () => unknown): unknown => context.resume(span, inner);
    replaceMethod(
      served,
      "start",
      (start) =>
        function (...args) {
          const [listener] = args;
          if (!isObject(listener)) return Reflect.apply(start, this, args);
          const told = listening(listener, inSpan, { onCancel: () => endOnce({ code: 1 }) });
          return Reflect.apply(start, this, [told, ...args.slice(1)]);
        },
    );
    replaceMethod(
      served,
      "sendStatus",
      (send) =>
        function (...args) {
          guest.runAsGuest(() => endOnce(args[0]), undefined);
          return Reflect.apply(send, this, args);
        },
    );
    return context.run(span, work);
  };

  /** What the library is told instead: the same, run as `within` says, and noted before. */
  const listening = (
    listener: object,
    within: (work: () => unknown) => unknown,
    notes: Readonly<Record<string, (given: unknown) => void>>,
  ): object => {
    const told: Record<string, (...given: unknown[]) => unknown> = {};
    for (const name of listenerMethods) {
      const original = dataProperty(listener, name);
      if (!isFunction(original)) continue;
      const note = notes[name];
      told[name] = (...given) => {
        if (note !== undefined) guest.runAsGuest(() => note(given[0]), undefined);
        return within(() => Reflect.apply(original, listener, given));
      };
    }
    return told;
  };

  return together([
    onModule(guest, "@grpc/grpc-js/build/src/channel.js", (exports) =>
      replaceMethod(
        prototypeOf(dataProperty(exports, "ChannelImplementation")),
        "createCall",
        (create) =>
          function (...args) {
            const [made, method] = [Reflect.apply(create, this, args), args[0]];
            guest.runAsGuest(() => {
              const target = isObject(this) ? call(this, "getTarget") : undefined;
              if (isObject(made) && typeof method === "string") ask(made, method, String(target));
            }, undefined);
            return made;
          },
      ),
    ),
    onModule(guest, "@grpc/grpc-js/build/src/server.js", (exports) =>
      replaceMethod(
        prototypeOf(dataProperty(exports, "Server")),
        "_runHandlerForCall",
        (run) =>
          function (...args) {
            const [served, handler] = args;
            const method = isObject(handler) ? textProperty(handler, "path") : undefined;
            const work = (): unknown => Reflect.apply(run, this, args);
            return isObject(served) && method !== undefined ? serve(served, method, work) : work();
          },
      ),
    ),
  ]);
}

const maxUnits = 1024;
const listenerMethods = [
  ...["onReceiveMetadata", "onReceiveMessage", "onReceiveStatus", "onReceiveHalfClose", "onCancel"],
] as const;

/** "/bank.Accounts/Get" */
const nameOf = (method: string): string => cutText(method.replace(/^\//, ""), maxUnits);

const attributesOf = (method: string): Record<string, AttributeValue> => ({
  "rpc.system.name": "grpc",
  "rpc.method": nameOf(method),
});

/** A method of the library's own. */
function call(owner: object, method: string, ...given: readonly unknown[]): unknown {
  const found = dataProperty(owner, method);
  return isFunction(found) ? Reflect.apply(found, owner, given) : undefined;
}

function valuesOf(metadata: object, key: string): readonly unknown[] {
  const values = call(metadata, "get", key);
  return Array.isArray(values) ? values : [];
}

function isTraced(metadata: object): boolean {
  const all = call(metadata, "getMap");
  return isObject(all) && Object.keys(all).some(isTraceHeader);
}

/** Of what interceptors have put around it, the innermost has it. */
function metadataOf(served: object, depth = 0): unknown {
  const inner = dataProperty(served, "nextCall");
  return isObject(inner) && depth < 100 ? metadataOf(inner, depth + 1) : dataProperty(served, "metadata");
}
