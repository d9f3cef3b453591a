// How often the garbage collector ran and for how long. Node offers two ways to ask. `GCProfiler` writes kilobytes about
// each collection and, stopped, goes on with it until it is itself collected: a program under it gets slower by the hour.
// A PerformanceObserver is told through a queue, an immediate and the program's Array.prototype. So we take its entries
// where the observer takes them in, before any of that: on an observer of our own, one method of Node's is ours.
import { PerformanceEntry, PerformanceObserver, constants } from "node:perf_hooks";
import type { Guest } from "../guest.js";

export interface Collections {
  readonly count: number;
  readonly totalMs: number;
  readonly longestMs: number;
}

/** One collection; times are of the monotonic clock. */
export interface Collection {
  readonly startMs: number;
  readonly durationMs: number;
  /** As OpenTelemetry names it; undefined for one of a kind that is not known here. */
  readonly type: "major" | "minor" | "incremental" | "weakcb" | undefined;
  /** Somebody asked for it. */
  readonly isForced: boolean;
}

export interface CollectorWatch {
  /** What was collected since this was asked last; undefined where this version of Node cannot be asked. */
  take(): Collections | undefined;
  stop(): void;
}

const unknown: CollectorWatch = { take: () => undefined, stop: () => undefined };

const types: Readonly<Record<number, Collection["type"]>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};

/** `onLong` hears of each that takes `longMs` or more, after the turn of the event loop that it was in. */
export function watchCollector(guest: Guest, longMs: number, onLong: (one: Collection) => void): CollectorWatch {
  const takeIn = Object.getOwnPropertySymbols(PerformanceObserver.prototype).find(
    ({ description }) => description === "kMaybeBuffer",
  );
  // The getter as it is now; `entry.duration` would be whatever the program makes of it.
  const durationOf = Object.getOwnPropertyDescriptor(PerformanceEntry.prototype, "duration")?.get;
  const startOf = Object.getOwnPropertyDescriptor(PerformanceEntry.prototype, "startTime")?.get;
  const areArraysAsBuilt = arrayIterationNow();
  if (takeIn === undefined || durationOf === undefined || startOf === undefined || !areArraysAsBuilt()) return unknown;

  let [count, totalMs, longestMs] = [0, 0, 0];
  const note = (entry: unknown): void => {
    const durationMs: unknown = Reflect.apply(durationOf, entry, []);
    if (typeof durationMs !== "number") return;
    count++;
    totalMs += durationMs;
    longestMs = Math.max(longestMs, durationMs);
    if (durationMs < longMs) return;
    const startMs: unknown = Reflect.apply(startOf, entry, []);
    if (typeof startMs === "number") onLong({ startMs, durationMs, ...kindOf(entry) });
  };
  const observer = new PerformanceObserver(() => undefined);
  Object.defineProperty(observer, takeIn, {
    value: (entry: unknown) => {
      guest.runAsGuest(() => {
        note(entry);
      }, undefined);
    },
  });
  observer.observe({ type: "gc" });
  let isOn = true;
  return {
    take() {
      if (isOn && !areArraysAsBuilt()) {
        isOn = false;
        observer.disconnect();
      }
      if (!isOn) return undefined;
      const collections = { count, totalMs, longestMs };
      [count, totalMs, longestMs] = [0, 0, 0];
      return collections;
    },
    stop() {
      observer.disconnect();
    },
  };
}

/** The getter of Node's own class, which the program cannot name. */
function kindOf(entry: unknown): Pick<Collection, "type" | "isForced"> {
  const prototype = typeof entry === "object" && entry !== null ? Reflect.getPrototypeOf(entry) : null;
  const detailOf = prototype === null ? undefined : Object.getOwnPropertyDescriptor(prototype, "detail")?.get;
  const detail: unknown = detailOf === undefined ? undefined : Reflect.apply(detailOf, entry, []);
  const valueOf = (name: string): unknown =>
    typeof detail === "object" && detail !== null ? Object.getOwnPropertyDescriptor(detail, name)?.value : undefined;
  const [kind, flags] = [valueOf("kind"), valueOf("flags")];
  const isForced = typeof flags === "number" && (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
  return { type: typeof kind === "number" ? types[kind] : undefined, isForced };
}

/**
 * Whether iterating an array is still as the runtime built it. Before version 22 Node does it for each collection, and a
 * program that replaced it would meet its own function there: then we no longer watch.
 */
function arrayIterationNow(): () => boolean {
  if (Number.parseInt(process.versions.node, 10) >= 22) return () => true;
  const valueOf = (owner: object, key: PropertyKey): unknown => Reflect.getOwnPropertyDescriptor(owner, key)?.value;
  const prototype = globalThis.Array.prototype;
  const iterate = valueOf(prototype, Symbol.iterator);
  if (typeof iterate !== "function" || !isNative(iterate)) return () => false;
  const iterator: unknown = Reflect.apply(iterate, [], []);
  const iterators = typeof iterator === "object" && iterator !== null ? Reflect.getPrototypeOf(iterator) : null;
  if (iterators === null) return () => false;
  const next = valueOf(iterators, "next");
  if (typeof next !== "function" || !isNative(next)) return () => false;
  return () => valueOf(prototype, Symbol.iterator) === iterate && valueOf(iterators, "next") === next;
}

const isNative = (code: unknown): boolean => Function.prototype.toString.call(code).endsWith("{ [native code] }");
