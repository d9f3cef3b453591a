// Asks the program's thread, from the agent's worker, where it is: by the inspector, which also reaches a thread that does not come
// back to its event loop. It is not stopped by a debugger: V8 calls one function of the agent's in between, in the middle of
// whatever runs there (probes/loop-blocks.ts), and goes on.
// Invariant: no session is open when the program ends, since Node would then wait for a debugger to go (`inspecting`).
import type { Session } from "node:inspector";
import { blockedKey } from "../shared/protocol/agent-handle.js";
import { nodeInspector } from "./inspector.js";
import { control, inspecting, stackMissing } from "./ring.js";

/**
 * The agent itself was at work, which must not be met in the middle of a record, or Node alone, in between what blocked and
 * what comes next: a few times, so many milliseconds later as the program's thread says.
 */
const mostAttempts = 6;
/** A thread that is in native code for so long is left alone; it answers at its next line of JavaScript otherwise. */
const mostOpenMs = 10_000;

export class BlockStack {
  readonly #control: Int32Array;
  readonly #inspector = nodeInspector();
  #session: Session | undefined;
  #openedMs = 0;
  #attempts = 0;
  #wasSeen = false;

  constructor(words: Int32Array) {
    this.#control = words;
  }

  /** Whether the program's thread saw what it stood in, when it was asked last. */
  get wasSeen(): boolean {
    return this.#wasSeen;
  }

  get isOpen(): boolean {
    return this.#session !== undefined;
  }

  /** Begins to ask, unless the program or a debugger uses the inspector. `isToRecord`: it may never be over. */
  take(nowMs: number, isToRecord: boolean, isStillBlocked: () => boolean): void {
    if (
      Atomics.compareExchange(this.#control, control.inspecting, inspecting.free, inspecting.worker) !== inspecting.free
    )
      return;
    [this.#openedMs, this.#attempts, this.#wasSeen] = [nowMs, 0, false];
    try {
      if (this.#inspector === undefined) throw new Error("no inspector");
      const session = new this.#inspector.Session();
      session.connectToMainThread();
      this.#session = session;
      this.#ask(session, isToRecord, isStillBlocked);
    } catch {
      // Node was built without it, or the program may not use it: neither will change.
      Atomics.store(this.#control, control.stackMissing, stackMissing.unavailable);
      this.leave();
    }
  }

  /** Asked at each poll while it is open. */
  look(nowMs: number): void {
    const isAskedToLeave = Atomics.load(this.#control, control.inspecting) === inspecting.leave;
    if (isAskedToLeave || nowMs - this.#openedMs > mostOpenMs) this.leave();
  }

  leave(): void {
    const session = this.#session;
    this.#session = undefined;
    try {
      session?.disconnect();
    } finally {
      const was = Atomics.compareExchange(this.#control, control.inspecting, inspecting.worker, inspecting.free);
      if (was === inspecting.leave) Atomics.store(this.#control, control.inspecting, inspecting.closed);
      Atomics.notify(this.#control, control.inspecting);
    }
  }

  #ask(session: Session, isToRecord: boolean, isStillBlocked: () => boolean): void {
    const expression = `globalThis[Symbol.for(${JSON.stringify(blockedKey)})]?.(${isToRecord})`;
    session.post("Runtime.evaluate", { expression, silent: true, returnByValue: true }, (error, told) => {
      if (session !== this.#session) return;
      const againMs: unknown = error === null ? told.result.value : undefined;
      this.#wasSeen = againMs === 0;
      if (typeof againMs !== "number" || againMs === 0 || ++this.#attempts >= mostAttempts) return this.leave();
      setTimeout(() => {
        if (session !== this.#session) return;
        if (isStillBlocked()) this.#ask(session, isToRecord, isStillBlocked);
        else this.leave();
      }, againMs);
    });
  }
}
