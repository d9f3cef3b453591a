// Messages of socket.io at either end, as events with the name that the program gave them; what they hold is not recorded.
import { dataProperty, isObject, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";

export function installSocketIo({ guest, onModule, sink }: ProbeKit): () => void {
  const record = (socket: unknown, direction: string, name: unknown): void => {
    if (typeof name !== "string") return;
    const namespace = namespaceOf(socket);
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
            guest.runAsGuest(() => record(this, "transmit", args[0]), undefined);
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
              () => record(this, "receive", isObject(data) ? dataProperty(data, "0") : undefined),
              undefined,
            );
            return Reflect.apply(onevent, this, args);
          },
      ),
    ]);
  };
  return together([
    onModule(guest, "socket.io/dist/socket.js", patch),
    onModule(guest, "socket.io-client/build/cjs/socket.js", patch),
  ]);
}

/** The server's socket has an object for it, the client's its name. */
function namespaceOf(socket: unknown): string | undefined {
  const found = isObject(socket) ? dataProperty(socket, "nsp") : undefined;
  return isObject(found) ? textProperty(found, "name") : typeof found === "string" ? found : undefined;
}
