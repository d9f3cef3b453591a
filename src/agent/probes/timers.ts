// How late the program's timers run: from when one was due until it ran, each second, by kind. Beside the delay of the event loop, which
// is that of a timer of ours, this has what the program's own callbacks take from each other: of a thousand that are due at once
// the last runs when the others are done.
// Nothing of the program's is touched, neither callbacks nor what it gets back, so that stacks, ids, `unref`, `refresh`, promisified
// and faked timers are as they are. Instead a timer of ours is set for as long right before: Node runs timers of one length, and
// immediates, in the order in which they were set, so ours runs in the same turn and right before the program's. It measures
// also what is cleared meanwhile, as if it had run. Printed, a timer shows that another of its length stands before it.
// A sample of them, which bounds what it costs. Not of `timers/promises` and `AbortSignal.timeout`, which do not come by here. No event
// names a late timer: what made it late is recorded, with its stack, as a block of the loop.
import { syncBuiltinESMExports } from "node:module";
import nodeTimers from "node:timers";
import { dataProperty } from "../own-data.js";
import { replaceFunctionOf, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";

export type TimerKind = "timeout" | "interval" | "immediate";

/** Each second, of each kind. */
const mostMeasured = 50;
/** At one time, of each kind. */
const mostWaiting = 64;
/** Longer ones are mostly there for what does not happen, and ours would hold on to the context of each that is cleared. */
const longestMs = 5000;
/** Ours takes about as much as one that is that short. */
const shortestIntervalMs = 10;

type Kit = Pick<ProbeKit, "guest" | "rounds"> & { readonly sink: Pick<ProbeKit["sink"], "metric"> };

interface Waiting {
  stop(): void;
}

/** What was measured of one kind since it was told last. */
class Delays {
  #count = 0;
  #sumMs = 0;
  #mostMs = 0;
  /** Ours that have not run yet. */
  readonly waiting = new Set<Waiting>();
  #left = mostMeasured;

  constructor(readonly kind: TimerKind) {}

  get mayMeasure(): boolean {
    return this.#left > 0 && this.waiting.size < mostWaiting;
  }

  begin(waiting: Waiting): void {
    this.#left--;
    this.waiting.add(waiting);
  }

  note(delayMs: number): void {
    this.#count++;
    this.#sumMs += delayMs;
    if (delayMs > this.#mostMs) this.#mostMs = delayMs;
  }

  tell(sink: Kit["sink"]): void {
    this.#left = mostMeasured;
    const [count, averageMs, mostMs] = [this.#count, this.#sumMs / this.#count, this.#mostMs];
    this.#count = this.#sumMs = this.#mostMs = 0;
    if (count === 0) return;
    const attributes = { "nodejs.timer.kind": this.kind };
    sink.metric("nodejs.timer.delay.avg", "s", averageMs / 1000, attributes);
    sink.metric("nodejs.timer.delay.max", "s", mostMs / 1000, attributes);
    sink.metric("nodejs.timer.measured", "{timer}", count, attributes);
  }
}

export function watchTimers({ guest, sink, rounds }: Kit): () => void {
  const { now, setTimeout, clearTimeout, setImmediate, clearImmediate } = guest.originals;
  const timeouts = new Delays("timeout");
  const intervals = new Delays("interval");
  const immediates = new Delays("immediate");

  const timeout = (afterMs: number): void => {
    const dueMs = now() + Math.max(1, afterMs);
    const ours = setTimeout(() => {
      timeouts.waiting.delete(waiting);
      timeouts.note(Math.max(0, now() - dueMs));
    }, afterMs).unref();
    const waiting = { stop: () => clearTimeout(ours) };
    timeouts.begin(waiting);
  };
  const immediate = (): void => {
    const dueMs = now();
    const ours = setImmediate(() => {
      immediates.waiting.delete(waiting);
      immediates.note(now() - dueMs);
    }).unref();
    const waiting = { stop: () => clearImmediate(ours) };
    immediates.begin(waiting);
  };
  /** Goes on for as long as the program's own, which is given when it is there. */
  const interval = (afterMs: number): ((program: WeakRef<object>) => void) => {
    let program: WeakRef<object> | undefined;
    let dueMs = now() + afterMs;
    const ours = setTimeout(() => {
      const timer = program?.deref();
      if (timer === undefined || dataProperty(timer, "_destroyed") !== false) {
        intervals.waiting.delete(waiting);
        return;
      }
      const ranMs = now();
      intervals.note(Math.max(0, ranMs - dueMs));
      dueMs = ranMs + afterMs;
      ours.refresh();
    }, afterMs).unref();
    const waiting = { stop: () => clearTimeout(ours) };
    intervals.begin(waiting);
    return (given) => (program = given);
  };

  const releases = [
    replaceTimer("setTimeout", (original) => (_self, args) => {
      // By index: the program may have replaced what arrays are iterated by.
      const [callback, given] = [args[0], args[1]];
      const afterMs = given === undefined ? 1 : given;
      if (timeouts.mayMeasure && typeof callback === "function" && isLength(afterMs, 0))
        guest.runAsGuest(() => timeout(afterMs), undefined);
      return original;
    }),
    replaceTimer("setImmediate", (original) => (_self, args) => {
      if (immediates.mayMeasure && typeof args[0] === "function") guest.runAsGuest(immediate, undefined);
      return original;
    }),
    replaceTimer("setInterval", (original) => (self, args) => {
      const [callback, afterMs] = [args[0], args[1]];
      if (!intervals.mayMeasure || typeof callback !== "function" || !isLength(afterMs, shortestIntervalMs))
        return original;
      const follow = guest.runAsGuest(() => interval(afterMs), undefined);
      if (follow === undefined) return original;
      const timer = Reflect.apply(original, self, args);
      if (typeof timer === "object" && timer !== null) follow(new WeakRef(timer));
      return () => timer;
    }),
    rounds.add(guest, () => {
      for (const delays of [timeouts, immediates, intervals]) delays.tell(sink);
    }),
    () => {
      for (const { waiting } of [timeouts, immediates, intervals]) for (const one of waiting) one.stop();
    },
  ];
  syncBuiltinESMExports();
  return () => {
    together(releases)();
    syncBuiltinESMExports();
  };
}

const replaceTimer = (name: string, chooserFor: Parameters<typeof replaceFunctionOf>[2]): (() => void) =>
  replaceFunctionOf([globalThis, nodeTimers], name, chooserFor);

/** Others Node warns of, or asks of the program's objects: once is enough. */
const isLength = (afterMs: unknown, leastMs: number): afterMs is number =>
  typeof afterMs === "number" && afterMs >= leastMs && afterMs <= longestMs;
