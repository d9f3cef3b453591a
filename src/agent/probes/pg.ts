// Queries of pg, with callbacks, promises, cursors and other objects that submit themselves. pg has no diagnostics channels.
// Nothing is derived from its promises and no callback is replaced: a query's end is told by the methods that the client
// calls on it, `handleReadyForQuery` and `handleError`. Not seen: the native client.
import { newMarks } from "../marks.js";
import { dataProperty, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { type DbCall, type DbServer, DbSpans, patchConnecting } from "./db-span.js";

/** Somebody is in `client.query`, whose query object is not known yet. */
interface Asking {
  readonly client: object;
  call: DbCall | undefined;
}

export function installPg(kit: ProbeKit): () => void {
  const { guest, onModule } = kit;
  const spans = new DbSpans(kit);
  /** By the object that is told of the end. */
  const calls = newMarks<DbCall>();
  /** Of queries that were refused at once: their objects are told of that next, in the same order. By connection. */
  const refused = new WeakMap<object, DbCall[]>();
  let asking: Asking | undefined;

  const begin = (client: object, query: object): DbCall | undefined => {
    const call = spans.startSql(serverOf(client), textProperty(query, "text"));
    if (call !== undefined) calls.set(toldObject(query), call);
    return call;
  };

  /** The client puts the query object it made into its queue right before it looks at that. */
  const noteQueued = (client: unknown): void => {
    if (asking === undefined || asking.client !== client || asking.call !== undefined) return;
    const queue = dataProperty(asking.client, "_queryQueue") ?? dataProperty(asking.client, "queryQueue");
    const query = Array.isArray(queue) ? dataProperty(queue, String(queue.length - 1)) : undefined;
    if (isObject(query)) asking.call = begin(asking.client, query);
  };

  const noteRefused = (client: object, config: unknown): void => {
    if (isObject(config) && typeof dataProperty(config, "submit") === "function") return void begin(client, config);
    const connection = dataProperty(client, "connection");
    const text = isObject(config) ? textProperty(config, "text") : config;
    const call = spans.startSql(serverOf(client), typeof text === "string" ? text : undefined);
    if (call !== undefined && isObject(connection)) refused.set(connection, [...(refused.get(connection) ?? []), call]);
  };

  const refusedCall = (query: object, connection: unknown): DbCall | undefined => {
    const call = isObject(connection) ? refused.get(connection)?.shift() : undefined;
    if (call !== undefined) calls.set(query, call);
    return call;
  };

  const patchClient = (client: object): (() => void) =>
    together([
      replaceMethod(
        client,
        "query",
        (query) =>
          function (...args) {
            if (!isObject(this)) return Reflect.apply(query, this, args);
            const outer = asking;
            const own: Asking = { client: this, call: undefined };
            asking = own;
            try {
              const result = Reflect.apply(query, this, args);
              if (own.call === undefined) noteRefused(this, args[0]);
              return result;
            } catch (error) {
              spans.fail(own.call, error);
              throw error;
            } finally {
              asking = outer;
            }
          },
      ),
      replaceMethod(
        client,
        "_pulseQueryQueue",
        (pulse) =>
          function (...args) {
            noteQueued(this);
            return Reflect.apply(pulse, this, args);
          },
      ),
      patchConnecting(spans, client, "connect"),
    ]);

  const patchQuery = (query: object): (() => void) =>
    together([
      replaceMethod(
        query,
        "handleReadyForQuery",
        (handle) =>
          function (...args) {
            const call = isObject(this) ? calls.get(this) : undefined;
            if (call === undefined || !isObject(this)) return Reflect.apply(handle, this, args);
            const isCanceled = dataProperty(this, "_canceledDueToError");
            if (isCanceled === undefined || isCanceled === false) spans.succeed(call);
            return spans.forAsker(call, () => Reflect.apply(handle, this, args));
          },
      ),
      replaceMethod(
        query,
        "handleError",
        (handle) =>
          function (...args) {
            const call = isObject(this) ? (calls.get(this) ?? refusedCall(this, args[1])) : undefined;
            if (call === undefined || !isObject(this)) return Reflect.apply(handle, this, args);
            const canceledBy = dataProperty(this, "_canceledDueToError");
            spans.fail(call, isObject(canceledBy) ? canceledBy : args[0]);
            return spans.forAsker(call, () => Reflect.apply(handle, this, args));
          },
      ),
      // Cursors hand out a part of the rows.
      replaceMethod(
        query,
        "handlePortalSuspended",
        (handle) =>
          function (...args) {
            const call = isObject(this) ? calls.get(this) : undefined;
            if (call === undefined) return Reflect.apply(handle, this, args);
            return spans.forAsker(call, () => Reflect.apply(handle, this, args));
          },
      ),
    ]);

  return together([
    onModule(guest, "pg/lib/client.js", (exports) => patchClient(prototypeOf(exports))),
    onModule(guest, "pg/lib/query.js", (exports) => patchQuery(prototypeOf(exports))),
    onModule(guest, "pg-cursor", (exports) => patchQuery(prototypeOf(exports))),
    onModule(guest, "pg-pool", (exports) => patchConnecting(spans, prototypeOf(exports), "connect")),
  ]);
}

/** A QueryStream passes everything on to a cursor. */
function toldObject(query: object): object {
  const cursor = dataProperty(query, "cursor");
  return isObject(cursor) ? cursor : query;
}

function serverOf(client: object): DbServer {
  const [address, port] = [textProperty(client, "host"), dataProperty(client, "port")];
  const isSocket = address?.startsWith("/") === true;
  return {
    system: "postgresql",
    namespace: textProperty(client, "database"),
    address,
    port: typeof port === "number" && !isSocket ? port : undefined,
  };
}
