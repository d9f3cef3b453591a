// Statements of calls as they run: their lines, and which of the function's own variables are others than they were at the one before.
// They are told with the end of the call, as attributes of its span: a call that never ends has none.
// Bounded: so many statements of one call, so much text, and a share of the thread's time, beyond which nothing is told until some of it
// is there again. What is left out is counted with the call, and the recording says when the time was used up.
import type { AttributeValue, Attributes } from "../shared/trace/attributes.js";
import { linesAttribute, linesLeftOutAttribute, toldStep } from "../shared/trace/call-lines.js";
import { attributeFrom, emptyAttributes } from "./attributes.js";
import type { Guest } from "./guest.js";
import type { PositionOf } from "./instrument/index.js";
import type { Call, LinesTold } from "./write-helpers.js";

export const linesOffEvent = "hindcast.lines.off";

export const mostSteps = 200;
const mostUnits = 16_384;
const localBudget = { depth: 1, units: 256, breadth: 8 } as const;
/** While nothing is told, the clock is looked at once in so many statements. */
const looksEvery = 256;

/** Of the thread's time, and how much of it at once at most. */
export const lineShare = { share: 0.1, mostMs: 500 } as const;

interface Known {
  readonly value: unknown;
  /** Of an object, which may be another though it is the same. */
  readonly text: string | undefined;
}

/** Of one call. */
class CallSteps {
  readonly told: AttributeValue[] = [];
  readonly known = new Map<string, Known>();
  leftOut = 0;
  units = 0;

  constructor(readonly startMs: number) {}

  get attributes(): Attributes {
    return {
      ...(this.told.length > 0 && { [linesAttribute]: this.told }),
      ...(this.leftOut > 0 && { [linesLeftOutAttribute]: this.leftOut }),
    };
  }
}

/** A call whose statements may be told of. */
export class Stepped {
  steps: CallSteps | undefined;
}

export interface LineRecorderOptions {
  readonly guest: Guest;
  readonly now: () => number;
  readonly share: { readonly share: number; readonly mostMs: number };
  /** The time is used up. */
  readonly noteOff: (about: Attributes) => void;
}

export class LineRecorder implements LinesTold {
  positionOf: PositionOf = () => undefined;
  readonly #options: LineRecorderOptions;
  readonly #names = new Map<string, readonly string[]>();
  /** May be spent; goes up with the time. */
  #creditMs: number;
  #creditedMs: number;
  #isOff = false;
  #asked = 0;

  constructor(options: LineRecorderOptions) {
    this.#options = options;
    this.#creditMs = options.share.mostMs;
    this.#creditedMs = options.now();
  }

  isWanted(call: Call): boolean {
    if (!(call instanceof Stepped)) return false;
    const { steps } = call;
    if (!this.#isOff || this.#isOnAgain()) {
      if (steps === undefined) return true;
      if (steps.told.length < mostSteps && steps.units < mostUnits) return true;
    }
    (call.steps ??= new CallSteps(this.#options.now())).leftOut++;
    return false;
  }

  step(call: Call, site: number, names: string, values: readonly unknown[]): void {
    if (!(call instanceof Stepped)) return;
    const { guest, now } = this.#options;
    guest.runAsGuest(() => {
      const atMs = now();
      const steps = (call.steps ??= new CallSteps(atMs));
      const changed = this.#changed(steps, names, values);
      const sinceNs = Math.max(0, Math.round((atMs - steps.startMs) * 1e6));
      steps.told.push(toldStep(this.positionOf(site)?.line ?? 0, sinceNs, changed));
      this.#spend(atMs, now());
    }, undefined);
  }

  #changed(steps: CallSteps, joined: string, values: readonly unknown[]): Attributes | undefined {
    let changed: Record<string, AttributeValue> | undefined;
    const names = this.#namesOf(joined);
    for (let at = 0; at < names.length; at++) {
      const [name = "", value] = [names[at], values[at]];
      // What a function is does not change, and says nothing.
      if (typeof value === "function") continue;
      const known = steps.known.get(name);
      const isObject = typeof value === "object" && value !== null;
      if (!isObject && (known === undefined ? value === undefined : Object.is(known.value, value))) continue;
      const preview = value === undefined ? "[undefined]" : attributeFrom(value, localBudget);
      if (preview === undefined) continue;
      const text = isObject || typeof value === "string" ? JSON.stringify(preview) : undefined;
      if (isObject && known?.text === text) continue;
      steps.known.set(name, { value: isObject ? undefined : value, text });
      steps.units += name.length + (text?.length ?? 8);
      (changed ??= emptyAttributes())[name] = preview;
    }
    return changed;
  }

  #namesOf(joined: string): readonly string[] {
    let names = this.#names.get(joined);
    if (names === undefined) this.#names.set(joined, (names = joined === "" ? [] : joined.split(",")));
    return names;
  }

  #spend(fromMs: number, toMs: number): void {
    this.#credit(toMs);
    this.#creditMs -= Math.max(0, toMs - fromMs);
    if (this.#creditMs > 0) return;
    this.#isOff = true;
    this.#asked = 0;
    const { share, mostMs } = this.#options.share;
    this.#options.noteOff({ reason: "budget", share, mostMs });
  }

  /** Once half of what may be spent at once is there. */
  #isOnAgain(): boolean {
    if (this.#asked++ % looksEvery !== 0) return false;
    const { now, share } = this.#options;
    this.#credit(now());
    this.#isOff = this.#creditMs < share.mostMs / 2;
    return !this.#isOff;
  }

  #credit(nowMs: number): void {
    const { share, mostMs } = this.#options.share;
    this.#creditMs = Math.min(mostMs, this.#creditMs + Math.max(0, nowMs - this.#creditedMs) * share);
    this.#creditedMs = nowMs;
  }
}
