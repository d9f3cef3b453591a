// Sees the process end from JavaScript, by whatever way, without standing in the program's stack traces and without
// being among its listeners before it ends. No signal listener: the default action of a signal stays what it is.
import { EventEmitter } from "node:events";
import { noteStandIn, replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { isFatalToItself } from "./fatal-signals.js";

export interface ExitWatch {
  /** To be told when an exception was not caught: one thrown by an exit listener ends the process then and there. */
  onUncaught(): void;
  uninstall(): void;
}

export interface LastMoments {
  /** The process ends now; undefined: nobody here knows its exit code. */
  onExit(exitCode: number | undefined): void;
  /** A signal that the process sends to itself most likely ends it, without another word. */
  beforeSignal(): void;
  /** Node, or the program, is about to tell the listeners of the process something. */
  beforeEmit(): void;
}

/** `isThread`: in a worker thread, which cannot end the process by `abort`. */
export function installExit(
  agent: ProbeKit,
  { onExit, beforeSignal, beforeEmit }: LastMoments,
  isThread = false,
): ExitWatch {
  const { guest } = agent;
  let isOver = false;
  const end = (exitCode: number | undefined): void => {
    if (isOver) return;
    isOver = true;
    guest.runAsGuest(() => onExit(exitCode), undefined);
  };
  const onExitEvent = (proposed: unknown): void => end(integer(process.exitCode) ?? integer(proposed));
  const uninstall = together([
    atEmit(beforeEmit, () => Reflect.apply(EventEmitter.prototype.on, process, ["exit", onExitEvent])),
    () => void process.removeListener("exit", onExitEvent),
    // process.exit() inside an exit listener skips those after it, and ends here.
    replaceMethod(
      process,
      "reallyExit",
      (reallyExit) =>
        function (...args) {
          end(integer(process.exitCode) ?? integer(args[0]));
          return Reflect.apply(reallyExit, this, args);
        },
    ),
    isThread ? () => undefined : beforeCalls(process, "abort", () => end(undefined)),
    // What process.kill calls when it has checked its arguments.
    replaceMethod(
      process,
      "_kill",
      (kill) =>
        function (...args) {
          if (isFatalToItself(args)) guest.runAsGuest(beforeSignal, undefined);
          return Reflect.apply(kill, this, args);
        },
    ),
  ]);
  return {
    onUncaught: () => {
      if (isExiting() && process.listenerCount("uncaughtException") === 0) end(undefined);
    },
    uninstall,
  };
}

/** True from just before the exit listeners run. */
const isExiting = (): boolean => Reflect.get(process, "_exiting") === true;

/**
 * Node looks `process.emit` up to call listeners, and so it does to call the exit listeners, also when the event loop ran dry or an exception was not
 * caught. `add` then adds one more, which is the last to be called whatever the program has added by then.
 */
function atEmit(notice: () => void, add: () => void): () => void {
  const before = Object.getOwnPropertyDescriptor(process, "emit");
  let own: unknown = before?.value;
  let isAdded = false;
  Object.defineProperty(process, "emit", {
    get() {
      notice();
      if (!isAdded && isExiting()) {
        isAdded = true;
        add();
      }
      return own ?? Reflect.get(EventEmitter.prototype, "emit");
    },
    set(value: unknown) {
      own = value;
    },
    configurable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(process, "emit");
    else Object.defineProperty(process, "emit", { value: own, configurable: true, enumerable: true, writable: true });
  };
}

/** Looking the trap up is notice enough: without one the call goes straight to the original, with no frame of ours. */
function beforeCalls(target: object, key: string, notice: () => void): () => void {
  const before = Object.getOwnPropertyDescriptor(target, key);
  const original: unknown = Reflect.get(target, key);
  if (typeof original !== "function" || before?.configurable !== true) return () => undefined;
  let isInstalled = true;
  const handler: ProxyHandler<typeof original> = {};
  Object.defineProperty(handler, "apply", { get: () => void (isInstalled && notice()) });
  const standIn = noteStandIn(new Proxy(original, handler), original);
  Object.defineProperty(target, key, { ...before, value: standIn });
  return () => {
    isInstalled = false;
    if (Reflect.get(target, key) === standIn) Object.defineProperty(target, key, before);
  };
}

/** `process.exitCode` may also be a numeric string. */
function integer(code: unknown): number | undefined {
  const isNumeric = typeof code === "number" || (typeof code === "string" && code !== "");
  return isNumeric && Number.isInteger(Number(code)) ? Number(code) : undefined;
}
