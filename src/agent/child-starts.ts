// Where Node starts a process, whether it waits for its end or not: one stand-in for each of Node's two functions, however many
// probes are told, in the order in which they came. It has returned when a child that cannot be started, or a command that
// failed, becomes an error: nothing of ours is in its stack.
import { ChildProcess } from "node:child_process";
import type { Guest } from "./guest.js";
import { replaceMethod, together } from "./patch.js";
import { spawnSyncBinding } from "./spawn-sync.js";

/** A process that is about to be started, by options as Node's own functions hand them on. */
export interface ChildStart {
  readonly asked: unknown;
  /** What it is started with in the end: who changes it does so for those that are told later, too. */
  given: unknown;
  readonly isWaitedFor: boolean;
}

export type Started =
  | { readonly kind: "runs"; readonly child: ChildProcess; readonly code: unknown }
  /** Node has waited for its end. */
  | { readonly kind: "ended"; readonly result: unknown }
  | { readonly kind: "thrown"; readonly error: unknown };

/** Called before; what it returns, after. */
type OnStart = (start: ChildStart) => ((started: Started) => void) | undefined;

interface Listener {
  readonly guest: Guest;
  readonly onStart: OnStart;
}

export class ChildStarts {
  readonly #listeners: Listener[] = [];
  #putBack: (() => void) | undefined;

  /** Until what is returned is called; Node's functions stand where they were when nobody listens. */
  listen(guest: Guest, onStart: OnStart): () => void {
    const listener = { guest, onStart };
    this.#listeners.push(listener);
    this.#putBack ??= this.#replace();
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at !== -1) this.#listeners.splice(at, 1);
      if (this.#listeners.length > 0) return;
      this.#putBack?.();
      this.#putBack = undefined;
    };
  }

  #replace(): () => void {
    const starting = (options: unknown, isWaitedFor: boolean) => this.#starting(options, isWaitedFor);
    return together([
      replaceMethod(
        ChildProcess.prototype,
        "spawn",
        (spawn) =>
          function (...args) {
            const child: unknown = this;
            const { start, tell } = starting(args[0], false);
            args[0] = start.given;
            let code: unknown;
            try {
              code = Reflect.apply(spawn, child, args);
            } catch (error) {
              tell({ kind: "thrown", error });
              throw error;
            }
            if (child instanceof ChildProcess) tell({ kind: "runs", child, code });
            return code;
          },
      ),
      replaceMethod(
        spawnSyncBinding() ?? {},
        "spawn",
        (spawn) =>
          function (...args) {
            const { start, tell } = starting(args[0], true);
            args[0] = start.given;
            const result = Reflect.apply(spawn, this, args);
            tell({ kind: "ended", result });
            return result;
          },
      ),
    ]);
  }

  #starting(options: unknown, isWaitedFor: boolean): { start: ChildStart; tell: (started: Started) => void } {
    const start: ChildStart = { asked: options, given: options, isWaitedFor };
    const told = this.#listeners.map(({ guest, onStart }) => ({
      guest,
      onStarted: guest.runAsGuest(() => onStart(start), undefined),
    }));
    const tell = (started: Started): void => {
      for (const { guest, onStarted } of told) if (onStarted) guest.runAsGuest(() => onStarted(started), undefined);
    };
    return { start, tell };
  }
}
