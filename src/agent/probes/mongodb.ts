// Commands of the package mongodb, by the one method with which a connection sends each of them. What a connection says by
// itself, to be let in and to hear whether the server is there, is not recorded. In version 5 all of this is done by callbacks:
// who waits for a connection is then called back for itself, not for whoever gave the connection back.
import { dataProperty, isFunction, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { type DbCall, type DbQuery, type DbServer, DbSpans, patchConnecting } from "./db-span.js";
import { mongodbText } from "./mongodb-text.js";

const { then } = Promise.prototype;
/** In lower case. */
const greetings: ReadonlySet<string> = new Set(
  "hello ismaster saslstart saslcontinue authenticate getnonce".split(" "),
);

export function installMongodb(kit: ProbeKit): () => void {
  const { guest, onModule } = kit;
  const spans = new DbSpans(kit);

  const answered = (call: DbCall, reply: unknown): void => {
    const error = writeErrorIn(reply);
    if (error === undefined) spans.close(call);
    else spans.closeFailed(call, error);
  };
  const asGuest = (work: (value: unknown) => void) => (value: unknown) =>
    guest.runAsGuest(() => work(value), undefined);

  const patchConnection = (connection: object): (() => void) =>
    replaceMethod(
      connection,
      "command",
      (command) =>
        function (...args) {
          const [namespace, document, , callback] = args;
          const query = guest.runAsGuest(() => queryFrom(document), undefined);
          const call = query && spans.start(serverOf(this, namespace), query);
          if (call === undefined) return Reflect.apply(command, this, args);
          // From version 6 on, a class may stand there that the reply is to be made an object of.
          if (isFunction(callback) && dataProperty(callback, "make") === undefined)
            return Reflect.apply(command, this, [
              ...args.slice(0, 3),
              function (this: unknown, ...given: unknown[]): unknown {
                guest.runAsGuest(() => {
                  if (given[0] === undefined || given[0] === null) answered(call, given[1]);
                  else spans.closeFailed(call, given[0]);
                }, undefined);
                return spans.forAsker(call, () => Reflect.apply(callback, this, given));
              },
              ...args.slice(4),
            ]);
          const result = Reflect.apply(command, this, args);
          // The driver waits for it by itself: nothing becomes handled by our looking.
          if (isObject(result) && isFunction(dataProperty(result, "then")))
            void Reflect.apply(then, result, [
              asGuest((reply) => answered(call, reply)),
              asGuest((error) => spans.closeFailed(call, error)),
            ]);
          return result;
        },
    );

  return together([
    onModule(guest, "mongodb/lib/cmap/connection.js", (exports) =>
      patchConnection(prototypeOf(dataProperty(exports, "Connection"))),
    ),
    onModule(guest, "mongodb/lib/cmap/connection_pool.js", (exports) => {
      const pool = prototypeOf(dataProperty(exports, "ConnectionPool"));
      return patchConnecting(spans, pool, "checkOut");
    }),
  ]);
}

/** undefined: what a connection says by itself. */
function queryFrom(document: unknown): DbQuery | undefined {
  if (!isObject(document)) return undefined;
  const operation = Object.keys(document)[0];
  if (operation === undefined || greetings.has(operation.toLowerCase())) return undefined;
  const named = textProperty(document, operation === "getMore" ? "collection" : operation);
  return { text: mongodbText(document), operation, collection: named };
}

function serverOf(connection: unknown, namespace: unknown): DbServer {
  const address = isObject(connection) ? textProperty(connection, "address") : undefined;
  const [, host, port] = /^(.*):(\d+)$/.exec(address ?? "") ?? [];
  return {
    system: "mongodb",
    namespace: isObject(namespace) ? textProperty(namespace, "db") : undefined,
    address: host ?? address,
    port: port === undefined ? undefined : Number(port),
  };
}

/** A reply may say that it is well and that what was asked for was not done. */
function writeErrorIn(reply: unknown): unknown {
  if (!isObject(reply)) return undefined;
  const [has, toObject] = [dataProperty(reply, "has"), dataProperty(reply, "toObject")];
  // A reply that is read only as far as somebody looks.
  const isUnread = isFunction(has) && isFunction(toObject);
  if (isUnread && Reflect.apply(has, reply, ["writeErrors"]) !== true) return undefined;
  const read: unknown = isUnread ? Reflect.apply(toObject, reply, []) : reply;
  const errors = isObject(read) ? dataProperty(read, "writeErrors") : undefined;
  const first: unknown = Array.isArray(errors) ? dataProperty(errors, "0") : undefined;
  return isObject(first) ? new WriteError(textProperty(first, "errmsg"), dataProperty(first, "code")) : undefined;
}

class WriteError extends Error {
  constructor(
    message: string | undefined,
    readonly code: unknown,
  ) {
    super(message);
    // It was thrown by nobody.
    Reflect.deleteProperty(this, "stack");
  }
}
