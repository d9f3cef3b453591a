// Values of a stretch of time that moves on, in panes: a pane is what the window moves on by, and all that is kept of its values is
// their totals. Panes make a queue of two stacks, so that what leaves needs nothing to be computed again, and no sum drifts.
// A window read at T has the values of (T - length, T], both ends brought to the pane before.
import type { WindowPlan } from "../plan.js";
import { type Buckets, addBuckets, bucketOf } from "./sketch.js";
import { type Reading, type Totals, addValue, merged, noTotals, readTotals } from "./totals.js";

export interface Window {
  add(timeNs: number, value: number): void;
  /** Its values at an instant, one for each function that is read; instants only go forward. Where the next window's begin. */
  readAt(timeNs: number, into: Float64Array, from: number): number;
  /** How much it holds, for the limit. */
  readonly held: number;
}

const mostPanes = 3600;

export interface Panes {
  readonly ns: number;
  readonly count: number;
}

export function panesOf(lengthNs: number, tickNs: number, isTumbling: boolean): Panes {
  if (isTumbling) return { ns: lengthNs, count: 1 };
  const common = greatestCommon(lengthNs, tickNs);
  const count = lengthNs / common;
  return count <= mostPanes ? { ns: common, count } : { ns: lengthNs / mostPanes, count: mostPanes };
}

const greatestCommon = (a: number, b: number): number => {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
};

export function windowOf(plan: WindowPlan, tickNs: number, isRecords: boolean): Window {
  const { extent, reads } = plan;
  const needsBuckets = reads.some((read) => /^p\d/.test(read));
  if (extent.by === "samples") return new SampleWindow(extent.count, reads, isRecords);
  const panes = panesOf(extent.ns, tickNs, extent.isTumbling);
  return new TimeWindow(panes, reads, needsBuckets, { isRecords, lengthNs: extent.ns });
}

interface Pane {
  readonly index: number;
  readonly totals: Totals;
  readonly buckets: Buckets | undefined;
}

const noBuckets: Buckets = new Map();

class TimeWindow implements Window {
  readonly #panes: Panes;
  readonly #reads: WindowPlan["reads"];
  readonly #needsBuckets: boolean;
  readonly #reading: Reading;
  readonly #buckets: Buckets = new Map();
  #open: Pane | undefined;
  /** Newest last; their sum is kept. */
  #back: Pane[] = [];
  #backTotals = noTotals();
  /** Oldest last, each with the sum of itself and those that follow it here. */
  #front: { readonly pane: Pane; readonly sum: Totals }[] = [];
  held = 0;

  constructor(panes: Panes, reads: WindowPlan["reads"], needsBuckets: boolean, reading: Reading) {
    this.#panes = panes;
    this.#reads = reads;
    this.#needsBuckets = needsBuckets;
    this.#reading = reading;
  }

  add(timeNs: number, value: number): void {
    const index = Math.ceil(timeNs / this.#panes.ns);
    if (this.#open?.index !== index) {
      this.#close();
      this.#open = { index, totals: noTotals(), buckets: this.#needsBuckets ? new Map<number, number>() : undefined };
      this.held += 1;
    }
    addValue(this.#open.totals, timeNs, value);
    const { buckets } = this.#open;
    if (buckets === undefined) return;
    const bucket = bucketOf(value);
    const before = buckets.get(bucket);
    if (before === undefined) this.held += 1;
    buckets.set(bucket, (before ?? 0) + 1);
  }

  readAt(timeNs: number, into: Float64Array, from: number): number {
    const end = Math.floor(timeNs / this.#panes.ns);
    if (this.#open !== undefined && this.#open.index <= end) this.#close();
    this.#leave(end - this.#panes.count);
    const front = this.#front.at(-1)?.sum;
    const totals = front === undefined ? this.#backTotals : merged(front, this.#backTotals);
    for (const [at, read] of this.#reads.entries())
      into[from + at] = readTotals(read, totals, this.#needsBuckets ? this.#buckets : noBuckets, this.#reading);
    return from + this.#reads.length;
  }

  #close(): void {
    const pane = this.#open;
    if (pane === undefined) return;
    this.#open = undefined;
    this.#back.push(pane);
    this.#backTotals = merged(this.#backTotals, pane.totals);
    if (pane.buckets !== undefined) addBuckets(this.#buckets, pane.buckets, 1);
  }

  /** Panes up to an index go. */
  #leave(upTo: number): void {
    for (;;) {
      if (this.#front.length === 0) {
        const [oldest] = this.#back;
        if (oldest === undefined || oldest.index > upTo) return;
        let sum = noTotals();
        for (const pane of this.#back.reverse()) {
          sum = merged(pane.totals, sum);
          this.#front.push({ pane, sum });
        }
        this.#back = [];
        this.#backTotals = noTotals();
      }
      const oldest = this.#front.at(-1)?.pane;
      if (oldest === undefined || oldest.index > upTo) return;
      this.#front.pop();
      this.held -= 1 + (oldest.buckets?.size ?? 0);
      if (oldest.buckets !== undefined) addBuckets(this.#buckets, oldest.buckets, -1);
    }
  }
}

class SampleWindow implements Window {
  readonly #most: number;
  readonly #reads: WindowPlan["reads"];
  readonly #isRecords: boolean;
  readonly #timesNs: number[] = [];
  readonly #values: number[] = [];
  #next = 0;
  #read: Float64Array | undefined;

  constructor(most: number, reads: WindowPlan["reads"], isRecords: boolean) {
    this.#most = most;
    this.#reads = reads;
    this.#isRecords = isRecords;
  }

  get held(): number {
    return this.#values.length;
  }

  add(timeNs: number, value: number): void {
    this.#timesNs[this.#next] = timeNs;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#most;
    this.#read = undefined;
  }

  readAt(_timeNs: number, into: Float64Array, from: number): number {
    this.#read ??= this.#computed();
    into.set(this.#read, from);
    return from + this.#read.length;
  }

  #computed(): Float64Array {
    const totals = noTotals();
    const buckets: Buckets = new Map();
    const count = this.#values.length;
    const oldest = count < this.#most ? 0 : this.#next;
    for (let step = 0; step < count; step++) {
      const at = (oldest + step) % count;
      const value = this.#values[at] ?? NaN;
      addValue(totals, this.#timesNs[at] ?? NaN, value);
      const bucket = bucketOf(value);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
    const reading = { isRecords: this.#isRecords, lengthNs: NaN };
    return Float64Array.from(this.#reads, (read) => readTotals(read, totals, buckets, reading));
  }
}
