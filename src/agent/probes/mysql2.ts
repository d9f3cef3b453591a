// Queries and prepared statements of mysql2, called back, awaited or listened to. Its diagnostics channels are left alone:
// with a subscriber there, a command that nobody listens to no longer fails loudly (3.24). A callback is passed on bound to
// whoever gave it; a command without one is followed by what the connection calls on it, packet by packet.
import { newMarks } from "../marks.js";
import { classNameOf, dataProperty, isFunction, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { type DbCall, type DbServer, DbSpans, patchConnecting } from "./db-span.js";

type Callback = (this: unknown, ...given: unknown[]) => unknown;

export function installMysql2(kit: ProbeKit): () => void {
  const { guest, onModule } = kit;
  const spans = new DbSpans(kit);
  /** Of commands without a callback, and of what prepares them. */
  const followed = newMarks<DbCall>();
  const open = new WeakMap<object, Set<DbCall>>();
  /** Somebody is in `query` or `execute`: their call, and whether its command is to be followed. */
  let asking: { readonly call: DbCall; readonly isFollowed: boolean } | undefined;

  const follow = (command: object, connection: object, call: DbCall): void => {
    followed.set(command, call);
    const calls = open.get(connection) ?? new Set();
    open.set(connection, calls.add(call));
  };

  const settling = (call: DbCall, callback: Callback): Callback =>
    function (...given) {
      spans.settle(call, given[0]);
      return spans.forAsker(call, () => Reflect.apply(callback, this, given));
    };

  const ask = (method: Callback) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [asked] = args;
      const text = typeof asked === "string" ? asked : isObject(asked) ? textProperty(asked, "sql") : undefined;
      const call = isObject(this) ? spans.startSql(serverOf(this), text) : undefined;
      if (call === undefined) return Reflect.apply(method, this, args);
      const at = args.findIndex((given) => isFunction(given));
      const callback = args[at];
      // A pool makes the command itself, for whichever connection it gets.
      const ofCommand = isObject(asked) ? dataProperty(asked, "onResult") : undefined;
      if (isFunction(callback)) args[at] = settling(call, callback);
      else if (isFunction(ofCommand) && isObject(asked)) Reflect.set(asked, "onResult", settling(call, ofCommand));
      const outer = asking;
      asking = { call, isFollowed: !isFunction(callback) && !isFunction(ofCommand) };
      try {
        return Reflect.apply(method, this, args);
      } catch (error) {
        spans.fail(call, error);
        throw error;
      } finally {
        asking = outer;
      }
    };

  const noteAdded = (connection: object, command: object): void => {
    if (asking !== undefined) {
      if (asking.isFollowed) follow(command, connection, asking.call);
      return;
    }
    if (classNameOf(command) !== "Execute") return;
    // A statement that was prepared earlier.
    const statement = dataProperty(command, "statement");
    const call = spans.startSql(
      serverOf(connection),
      isObject(statement) ? textProperty(statement, "query") : undefined,
    );
    if (call === undefined) return;
    const callback = dataProperty(command, "onResult");
    if (isFunction(callback)) Reflect.set(command, "onResult", settling(call, callback));
    else follow(command, connection, call);
  };

  const patchConnection = (connection: object): (() => void) =>
    !Object.hasOwn(connection, "addCommand")
      ? () => undefined
      : together([
          replaceMethod(connection, "query", ask),
          replaceMethod(connection, "execute", ask),
          replaceMethod(
            connection,
            "addCommand",
            (add) =>
              function (...args) {
                if (isObject(this) && isObject(args[0])) noteAdded(this, args[0]);
                return Reflect.apply(add, this, args);
              },
          ),
          replaceMethod(
            connection,
            "_notifyError",
            (notify) =>
              function (...args) {
                if (isObject(this)) for (const call of open.get(this) ?? []) spans.fail(call, args[0]);
                return Reflect.apply(notify, this, args);
              },
          ),
        ]);

  const patchCommand = (command: object): (() => void) =>
    replaceMethod(
      command,
      "execute",
      (execute) =>
        function (...args) {
          const call = isObject(this) ? followed.get(this) : undefined;
          if (call === undefined || !isObject(this)) return Reflect.apply(execute, this, args);
          const [packet, connection] = args;
          const error = guest.runAsGuest(() => errorIn(packet, connection), undefined);
          if (error !== undefined) spans.fail(call, error);
          const isDone = spans.forAsker(call, () => Reflect.apply(execute, this, args));
          if (isDone === true && classNameOf(this) !== "Prepare") spans.succeed(call);
          if (call.isOver && isObject(connection)) open.get(connection)?.delete(call);
          return isDone;
        },
    );

  const patchPool = (pool: object): (() => void) =>
    !Object.hasOwn(pool, "getConnection") ? () => undefined : patchConnecting(spans, pool, "getConnection");

  // Later versions have a class below each of these for what is common to callbacks and promises.
  return together([
    ...["lib/base/connection.js", "lib/connection.js"].map((file) =>
      onModule(guest, `mysql2/${file}`, (exports) => patchConnection(prototypeOf(exports))),
    ),
    ...["lib/base/pool.js", "lib/pool.js"].map((file) =>
      onModule(guest, `mysql2/${file}`, (exports) => patchPool(prototypeOf(exports))),
    ),
    onModule(guest, "mysql2/lib/commands/command.js", (exports) => patchCommand(prototypeOf(exports))),
  ]);
}

/** Reads the packet as the command is about to, and leaves it as it was. */
function errorIn(packet: unknown, connection: unknown): unknown {
  if (!isObject(packet) || !isObject(connection)) return undefined;
  const [isError, asError] = [dataProperty(packet, "isError"), dataProperty(packet, "asError")];
  if (!isFunction(isError) || !isFunction(asError) || Reflect.apply(isError, packet, []) !== true) return undefined;
  const offset = dataProperty(packet, "offset");
  try {
    return Reflect.apply(asError, packet, [dataProperty(connection, "clientEncoding")]);
  } finally {
    Reflect.set(packet, "offset", offset);
  }
}

function serverOf(connection: object): DbServer {
  const config = dataProperty(connection, "config");
  const handshake = dataProperty(connection, "_handshakePacket");
  const version = isObject(handshake) ? textProperty(handshake, "serverVersion") : undefined;
  const system = version?.includes("MariaDB") === true ? "mariadb" : "mysql";
  if (!isObject(config)) return { system };
  const socket = textProperty(config, "socketPath");
  const port = dataProperty(config, "port");
  return {
    system,
    namespace: textProperty(config, "database"),
    address: socket ?? textProperty(config, "host"),
    port: typeof port === "number" && socket === undefined ? port : undefined,
  };
}
