// Looks at tracked state between spans.
import type { ProbeKit } from "./probe-kit.js";
import type { StateTracker } from "./state/index.js";

/** Between spans, tracked state is looked at this often for changes that no write site told about. */
const lookEveryMs = 20;

/** Looks from the first `track` call on; a program that tracks nothing has no such timer. More often while there is more to read. */
export function lookRegularly({ guest, context }: ProbeKit, tracker: StateTracker): { start(): void; stop(): void } {
  const { setInterval, clearInterval, setTimeout, clearTimeout } = guest.originals;
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  const look = (): void => {
    guest.runAsGuest(() => tracker.boundary(), undefined);
    goOnSoon();
  };
  const goOnSoon = (): void => {
    if (soon !== undefined || tracker.unread === 0) return;
    const goOn = (): void => {
      soon = undefined;
      look();
    };
    soon = context.runOutside(() => setTimeout(goOn, tracker.pauseMs)).unref();
  };
  return {
    start() {
      if (!tracker.isActive) return;
      timer ??= context.runOutside(() => setInterval(look, lookEveryMs)).unref();
      goOnSoon();
    },
    stop() {
      clearInterval(timer);
      clearTimeout(soon);
    },
  };
}
