// How a child process has ended, told to each of our probes that asks. No listener is added, and none of ours stands in a
// callback.
import type { ChildProcess } from "node:child_process";
import type { Guest } from "../guest.js";
import { dataProperty, textProperty } from "../own-data.js";

export interface ChildOutcome {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

type OnEnd = (outcome: ChildOutcome) => void;

/** By Node's handle of a child that runs. */
const watched = new WeakMap<object, OnEnd[]>();

/** Node looks up on its handle what it does when a child has ended: afterwards the child says how. False: nobody will tell. */
export function onChildEnd(guest: Guest, child: ChildProcess, onEnd: OnEnd): boolean {
  const handle = dataProperty(child, "_handle");
  if (typeof handle !== "object" || handle === null) return false;
  const others = watched.get(handle);
  if (others !== undefined) {
    others.push(onEnd);
    return true;
  }
  const before = Object.getOwnPropertyDescriptor(handle, "onexit");
  if (before?.configurable !== true || !("value" in before)) return false;
  const all = [onEnd];
  watched.set(handle, all);
  const putBack = (): void => {
    watched.delete(handle);
    Object.defineProperty(handle, "onexit", before);
  };
  const tell = (): void => {
    const [exitCode, signal] = [dataProperty(child, "exitCode"), textProperty(child, "signalCode")];
    const isCode = typeof exitCode === "number" && exitCode >= 0;
    for (const hear of all) hear({ exitCode: isCode ? exitCode : undefined, signal });
  };
  Object.defineProperty(handle, "onexit", {
    get(): unknown {
      guest.runAsGuest(() => {
        putBack();
        queueMicrotask(() => guest.runAsGuest(tell, undefined));
      }, undefined);
      return before.value;
    },
    set(value: unknown) {
      Object.defineProperty(handle, "onexit", { ...before, value });
    },
    configurable: true,
    enumerable: before.enumerable ?? true,
  });
  return true;
}
