// Sees worker threads that this thread started come to their end, also those that cannot say so themselves. Node looks up
// what it does then on the prototype of all workers: that is notice enough, with no listener and no frame of ours.
import { Worker } from "node:worker_threads";
import type { Guest } from "../guest.js";

export function watchThreadEnds(guest: Guest, onEnd: (threadId: number) => void): () => void {
  const { prototype } = Worker;
  const key = Object.getOwnPropertySymbols(prototype).find(({ description }) => description === "kOnExit");
  const before = key === undefined ? undefined : Object.getOwnPropertyDescriptor(prototype, key);
  if (key === undefined || before?.configurable !== true || !("value" in before)) return () => undefined;
  const original: unknown = before.value;
  Object.defineProperty(prototype, key, {
    get(this: unknown): unknown {
      guest.runAsGuest(() => {
        const threadId: unknown = this instanceof Worker ? this.threadId : undefined;
        if (typeof threadId === "number" && threadId > 0) onEnd(threadId);
      }, undefined);
      return original;
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, key, { ...before, value });
    },
    configurable: true,
    enumerable: before.enumerable ?? false,
  });
  return () => void Object.defineProperty(prototype, key, before);
}
