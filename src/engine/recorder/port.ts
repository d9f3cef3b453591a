// What goes to and fro between two threads, or within one.
import type { MessagePort, Worker } from "node:worker_threads";

export interface Port<In, Out> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  close(): void;
}

export const portOf = <In, Out>(port: MessagePort): Port<In, Out> => ({
  send: (message) => port.postMessage(message),
  onMessage: (listener) => void port.on("message", (message: In) => listener(message)),
  close: () => port.close(),
});

/** What the thread throws ends this one, as if it had been thrown here. */
export function portOfThread<In, Out>(worker: Worker): Port<In, Out> {
  worker.on("error", (error) => {
    throw error;
  });
  return {
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on("message", (message: In) => listener(message)),
    close: () => void worker.terminate(),
  };
}
