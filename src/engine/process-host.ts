// The parent of the engine's process, whichever it is.
import type { PortLike } from "./client-transports.js";

export interface Host {
  send(message: unknown): void;
  onMessage(listener: (message: unknown, port: PortLike | undefined) => void): void;
  onGone(listener: () => void): void;
}

export function hostOfThisProcess(): Host | undefined {
  const electron = parentPort();
  if (electron !== undefined) return utilityHost(electron);
  return process.send === undefined ? undefined : childHost();
}

function childHost(): Host {
  return {
    // The host may be gone at any moment; "disconnect" tells.
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on("message", (message) => listener(message, undefined)),
    onGone: (listener) => void process.on("disconnect", listener),
  };
}

/** As much as is used of Electron's ParentPort. A utility process dies with its parent, without notice. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(
    event: "message",
    listener: (event: { readonly data: unknown; readonly ports: readonly PortLike[] }) => void,
  ): unknown;
}

function utilityHost(port: ParentPort): Host {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on("message", ({ data, ports }) => listener(data, ports[0])),
    onGone: () => undefined,
  };
}

function parentPort(): ParentPort | undefined {
  if (!("parentPort" in process)) return undefined;
  const port: unknown = process.parentPort;
  return isParentPort(port) ? port : undefined;
}

const isParentPort = (port: unknown): port is ParentPort =>
  typeof port === "object" && port !== null && "postMessage" in port && typeof port.postMessage === "function";
