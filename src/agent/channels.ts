// Subscriptions to Node's diagnostics channels. A subscriber that throws would crash the program: all run as guest.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Guest } from "./guest.js";

export function onChannel(guest: Guest, name: string, onMessage: (message: object) => void): () => void {
  const listener = (message: unknown): void => {
    if (typeof message === "object" && message !== null) guest.runAsGuest(() => onMessage(message), undefined);
  };
  subscribe(name, listener);
  return () => void unsubscribe(name, listener);
}

/** Of a message whose shape Node documents per version: the property if it is an object. */
export function objectIn(message: object, key: string): object | undefined {
  const value: unknown = Reflect.get(message, key);
  return typeof value === "object" && value !== null ? value : undefined;
}
