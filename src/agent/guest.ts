// What keeps the agent a guest: originals saved before anyone patches them, no re-entry, faults counted instead of thrown.
import { isError, textProperty } from "./own-data.js";

/** Everything of the runtime that the agent relies on, as it was when the agent was loaded. */
export interface Originals {
  /** Milliseconds since `timeOriginMs`. */
  readonly now: () => number;
  readonly timeOriginMs: number;
  readonly setInterval: typeof setInterval;
  readonly clearInterval: typeof clearInterval;
  readonly setTimeout: typeof setTimeout;
  readonly clearTimeout: typeof clearTimeout;
  readonly setImmediate: typeof setImmediate;
  readonly clearImmediate: typeof clearImmediate;
}

export function saveOriginals(): Originals {
  return {
    now: originalNow(),
    timeOriginMs: performance.timeOrigin,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setImmediate: globalThis.setImmediate,
    clearImmediate: globalThis.clearImmediate,
  };
}

/** After so many faults at one place of the agent, that place is off for the rest of the program. */
export const maxFaultsPerPlace = 16;
const maxMessageUnits = 256;

export interface Fault {
  /** Which part of the agent: "console", "http client", "write sites" … */
  readonly place: string;
  readonly message: string;
  /** How many there were at this place by now. */
  readonly count: number;
  /** Whether this was one too many: the place does nothing any more. */
  readonly isOff: boolean;
}

/** What all places of one agent share. */
class Faults {
  total = 0;
  isBusy = false;
  /** Told of each fault; set by whoever records them. */
  listener: (fault: Fault) => void = () => undefined;
  readonly perPlace = new Map<string, number>();
  #isTelling = false;

  note(place: string, error: unknown): void {
    this.total++;
    const count = (this.perPlace.get(place) ?? 0) + 1;
    this.perPlace.set(place, count);
    if (count > maxFaultsPerPlace || this.#isTelling) return; // said often enough, or about the telling itself
    this.#isTelling = true;
    try {
      this.listener({ place, message: messageOf(error), count, isOff: count === maxFaultsPerPlace });
    } catch {
      this.total++; // where a fault cannot be recorded it can still be counted
    } finally {
      this.#isTelling = false;
    }
  }
}

/** Only data is read: what was thrown may be an object of the program. */
function messageOf(error: unknown): string {
  if (!isError(error)) return typeof error === "string" ? error.slice(0, maxMessageUnits) : typeof error;
  const text = `${textProperty(error, "name") ?? "Error"}: ${textProperty(error, "message") ?? ""}`;
  return text.slice(0, maxMessageUnits);
}

/** From the prototype: fake timers and the like put theirs on `performance` itself, perhaps before we are loaded. */
function originalNow(): () => number {
  const { now } = performance;
  const found: unknown = Reflect.getOwnPropertyDescriptor(Reflect.getPrototypeOf(performance) ?? {}, "now")?.value;
  const clock = typeof found === "function" ? found : now;
  const bound: unknown = Reflect.apply(bind, clock, [performance]);
  return isClock(bound) ? bound : () => 0;
}

const { bind } = Function.prototype;
const isClock = (value: unknown): value is () => number => typeof value === "function";

export class Guest {
  readonly #faults: Faults;

  constructor(
    readonly originals: Originals,
    readonly place = "agent",
    faults = new Faults(),
  ) {
    this.#faults = faults;
  }

  /** The same guest at a named place: one with too many faults is switched off alone. */
  at(place: string): Guest {
    return new Guest(this.originals, place, this.#faults);
  }

  onFault(listener: (fault: Fault) => void): void {
    this.#faults.listener = listener;
  }

  /** Exceptions of our own that the program never saw, at all places. */
  get faults(): number {
    return this.#faults.total;
  }

  get isBusy(): boolean {
    return this.#faults.isBusy;
  }

  /** Whether this place had so many faults that it is left alone from now on. */
  get isOff(): boolean {
    // Asked at each write: as a rule there was no fault at all.
    const faults = this.#faults;
    return faults.total >= maxFaultsPerPlace && (faults.perPlace.get(this.place) ?? 0) >= maxFaultsPerPlace;
  }

  noteFault(error: unknown): void {
    this.#faults.note(this.place, error);
  }

  runAsGuest<T>(work: () => T, fallback: T): T {
    if (this.#faults.isBusy || (this.#faults.total > 0 && this.isOff)) return fallback;
    this.#faults.isBusy = true;
    try {
      return work();
    } catch (error) {
      this.noteFault(error);
      return fallback;
    } finally {
      this.#faults.isBusy = false;
    }
  }
}
