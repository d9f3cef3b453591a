// The two ways a client's messages reach the engine's process: relayed by the host, or over a port of the client's own.
import type { Transport } from "../shared/protocol/rpc.js";

export interface RelayedTransport extends Transport {
  /** The host has a message of the client's. */
  deliver(bytes: Uint8Array): void;
}

export function relayedTransport(send: (bytes: Uint8Array) => void): RelayedTransport {
  const messages: ((bytes: Uint8Array) => void)[] = [];
  const closes: (() => void)[] = [];
  return {
    send,
    deliver: (bytes) => {
      for (const listener of messages) listener(bytes);
    },
    onMessage: (listener) => void messages.push(listener),
    onClose: (listener) => void closes.push(listener),
    close: () => {
      for (const listener of closes.splice(0)) listener();
    },
  };
}

/** As much as is used of Electron's MessagePortMain, which this code never imports. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: "message", listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  start(): void;
  close(): void;
}

export function portTransport(port: PortLike): Transport {
  const messages: ((bytes: Uint8Array) => void)[] = [];
  const closes: (() => void)[] = [];
  port.on("message", ({ data }) => {
    if (!(data instanceof Uint8Array)) return;
    for (const listener of messages) listener(data);
  });
  port.on("close", () => {
    for (const listener of closes.splice(0)) listener();
  });
  port.start();
  return {
    send: (bytes) => port.postMessage(bytes),
    onMessage: (listener) => void messages.push(listener),
    onClose: (listener) => void closes.push(listener),
    close: () => port.close(),
  };
}
