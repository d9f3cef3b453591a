// Rejections that the program itself listens for. Without such a listener a rejection is an uncaught
// exception, which errors.ts hears of; a listener of ours would change that. So ours is there only while one of the program's is:
// Node looks `process.emit` up right before it tells of a rejection, and then it is added, or taken away again.
import { EventEmitter } from "node:events";
import { severities } from "../../shared/trace/attributes.js";
import { exceptionAttributes } from "../attributes.js";
import type { ProbeKit } from "../probe-kit.js";

const unhandled = "unhandledRejection";

export interface RejectionWatch {
  /** To be called whenever `process.emit` is looked up, before it is called. */
  beforeEmit(): void;
  uninstall(): void;
}

export function watchRejections({ guest, sink }: ProbeKit): RejectionWatch {
  // As they are now, and not what the program makes of them for its own process object.
  const { listenerCount, prependListener, removeListener } = EventEmitter.prototype;
  let isAdded = false;
  const onUnhandled = (reason: unknown): void => {
    guest.runAsGuest(() => {
      // It is the first to be called, and gone before the program's own can see it.
      remove();
      const exception = exceptionAttributes(reason);
      const body = `${exception["exception.type"]}: ${exception["exception.message"]}`;
      const more = { "event.name": "nodejs.unhandled_rejection", "hindcast.origin": unhandled };
      sink.log(severities.error, "process", body, { ...exception, ...more });
    }, undefined);
  };
  const remove = (): void => {
    if (!isAdded) return;
    isAdded = false;
    Reflect.apply(removeListener, process, [unhandled, onUnhandled]);
  };
  return {
    beforeEmit() {
      const others = Number(Reflect.apply(listenerCount, process, [unhandled])) - (isAdded ? 1 : 0);
      if (others <= 0) remove();
      else if (!isAdded) {
        isAdded = true;
        Reflect.apply(prependListener, process, [unhandled, onUnhandled]);
        // It may have been looked up for something else: listeners are called before the next microtask.
        void Promise.resolve().then(() => guest.runAsGuest(remove, undefined));
      }
    },
    uninstall() {
      remove();
    },
  };
}
