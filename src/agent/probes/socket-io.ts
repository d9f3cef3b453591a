// Messages of socket.io at either end, as events with the name that the program gave them; what they hold is not recorded.
import { dataProperty, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";

export function installSocketIo({ guest, onModule, sink }: ProbeKit): () => void {
  const record = (direction: string, name: unknown, namespace: string | undefined): void => {
    if (typeof name !== "string") return;
    sink.event("socket.io.message", {
      "network.io.direction": direction,
      "messaging.operation.name": name,
      ...(namespace === undefined ? {} : { "messaging.destination.name": namespace }),
    });
  };
  const patch = (exports: object): (() => void) => {
    const found = dataProperty(exports, "Socket");
    const prototype = typeof found === "function" ? dataProperty(found, "prototype") : undefined;
    if (!isObject(prototype)) return () => undefined;
    return together([
      replaceMethod(
        prototype,
        "emit",
        (emit) =>
          function (...args) {
            guest.runAsGuest(() => record("transmit", args[0], namespaceOf(this)), undefined);
            return Reflect.apply(emit, this, args);
          },
      ),
      replaceMethod(
        prototype,
        "onevent",
        (onevent) =>
          function (...args) {
            const data = isObject(args[0]) ? dataProperty(args[0], "data") : undefined;
            guest.runAsGuest(
              () => record("receive", isObject(data) ? dataProperty(data, "0") : undefined, namespaceOf(this)),
              undefined,
            );
            return Reflect.apply(onevent, this, args);
          },
      ),
    ]);
  };
  // `io.emit`, `io.to(room).emit` and `socket.broadcast.emit` come here: one message to any number of sockets, which are not asked.
  const patchBroadcast = (exports: object): (() => void) => {
    const prototype = prototypeOf(dataProperty(exports, "BroadcastOperator"));
    return replaceMethod(
      prototype,
      "emit",
      (emit) =>
        function (...args) {
          guest.runAsGuest(() => {
            const adapter = isObject(this) ? dataProperty(this, "adapter") : undefined;
            record("transmit", args[0], namespaceOf(adapter));
          }, undefined);
          return Reflect.apply(emit, this, args);
        },
    );
  };
  return together([
    onModule(guest, "socket.io/dist/socket.js", patch),
    onModule(guest, "socket.io/dist/broadcast-operator.js", patchBroadcast),
    onModule(guest, "socket.io-client/build/cjs/socket.js", patch),
  ]);
}

/** The server's socket and its adapter have an object for it, the client's socket its name. */
function namespaceOf(owner: unknown): string | undefined {
  const found = isObject(owner) ? dataProperty(owner, "nsp") : undefined;
  return isObject(found) ? textProperty(found, "name") : typeof found === "string" ? found : undefined;
}
