// The two ways to the engine: a MessagePort that the Electron shell hands over, or the WebSocket of the host that
// served the page. Each opens one transport; EngineLink decides when to open the next.
import { enginePortMessage } from "../../shared/protocol/shell-calls.js";
import type { Transport } from "../../shared/protocol/rpc.js";

export interface TransportSource {
  /** Resolves with an open transport; rejects when none can be had now. */
  open(): Promise<Transport>;
}

export function transportSourceFor(page: Window): TransportSource {
  return page.hindcast === undefined ? socketSource(page.location) : portSource(page);
}

function socketSource(address: Location): TransportSource {
  const url = new URL("/engine", address.href);
  url.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  url.search = "";
  return {
    open: () =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(url);
        socket.binaryType = "arraybuffer";
        socket.addEventListener("open", () => resolve(socketTransport(socket)), { once: true });
        socket.addEventListener("error", () => reject(new Error("The engine cannot be reached.")), { once: true });
      }),
  };
}

function socketTransport(socket: WebSocket): Transport {
  return {
    send: (message) => {
      // A socket that is closing drops what is sent; the close event settles the calls.
      if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(message));
    },
    onMessage: (listener) => {
      socket.addEventListener("message", (event: MessageEvent<unknown>) => {
        if (event.data instanceof ArrayBuffer) listener(new Uint8Array(event.data));
      });
    },
    onClose: (listener) => {
      socket.addEventListener("close", listener);
    },
    close: () => {
      socket.close();
    },
  };
}

/** Every engine the shell starts announces itself with a port of its own; a newer one replaces the older. */
function portSource(page: Window): TransportSource {
  const ports: MessagePort[] = [];
  const wanted: ((port: MessagePort) => void)[] = [];
  const closers = new Set<() => void>();
  page.addEventListener("message", (event: MessageEvent<unknown>) => {
    const port = event.ports[0];
    if (event.source !== page || event.data !== enginePortMessage || port === undefined) return;
    for (const close of closers) close();
    closers.clear();
    const take = wanted.shift();
    if (take === undefined) ports.push(port);
    else take(port);
  });
  const transportOf = (port: MessagePort): Transport => ({
    send: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => {
      port.addEventListener("message", (event: MessageEvent<unknown>) => {
        if (event.data instanceof Uint8Array) listener(event.data);
      });
      port.start();
    },
    onClose: (listener) => {
      closers.add(listener);
      port.addEventListener("close", listener);
    },
    close: () => {
      port.close();
    },
  });
  return {
    open: async () => transportOf(ports.pop() ?? (await new Promise<MessagePort>((resolve) => wanted.push(resolve)))),
  };
}
