// How large the ring is, decided in the program's thread: twice as large when it is full, as long as there is memory for that; as
// large as before when it was not needed for a while; smaller when memory runs short (memory-watch.ts looks, in the worker).
// Each change is told in the recording. Bounded: from a megabyte to four times what was asked for.
import { getHeapStatistics } from "node:v8";
import {
  ringBecauseAttribute,
  ringFromAttribute,
  ringResizedEvent,
  ringResizedMetric,
  ringSizeMetric,
  ringToAttribute,
} from "../shared/trace/ring-resized.js";
import type { Recorder } from "./recorder.js";
import { type RingMemory, control, facts } from "./ring.js";

export const leastRingBytes = 2 ** 20;
/** So long less than an eighth of it was used. */
const quietMs = 30_000;

/** Why its size was changed. */
export type Because = "full" | "quiet" | "memory";

export interface Resized {
  readonly because: Because;
  readonly from: number;
  readonly to: number;
}

export class RingSize {
  readonly #memory: RingMemory;
  readonly #asked: number;
  readonly #hand: (records: SharedArrayBuffer) => boolean;
  readonly #nowMs: () => number;
  #busyMs: number;
  #isChanging = false;
  #untold: Resized[] = [];

  /** `hand` gives the bytes to the worker; false where there is none. */
  constructor(memory: RingMemory, hand: (records: SharedArrayBuffer) => boolean, nowMs: () => number) {
    this.#memory = memory;
    this.#asked = memory.size;
    this.#hand = hand;
    this.#nowMs = nowMs;
    this.#busyMs = nowMs();
  }

  /** There is no room. True when there is more of it now. */
  grow(): boolean {
    this.#busyMs = this.#nowMs();
    return 2 * this.#memory.size <= this.#most && this.#change(2 * this.#memory.size, "full");
  }

  /** Asked each second. What was changed since it was asked last. */
  look(): readonly Resized[] {
    const { size } = this.#memory;
    const used = this.#used;
    const nowMs = this.#nowMs();
    if (used > size >>> 3) this.#busyMs = nowMs;
    const most = this.#most;
    const wanted = most > 0 && most < size ? Math.max(most, leastRingBytes) : this.#asked;
    const isDue = wanted < this.#asked || nowMs - this.#busyMs >= quietMs;
    // Back to what was asked for also from less, when there is memory again.
    if (wanted < size && isDue && used <= wanted >>> 1) this.#change(wanted, most < size ? "memory" : "quiet");
    else if (size < this.#asked && most >= this.#asked) this.#change(this.#asked, "memory");
    const untold = this.#untold;
    this.#untold = [];
    return untold;
  }

  /** Told the worker, which sees the rest. */
  set heapShare(share: number) {
    this.#memory.facts[facts.heapShare] = share;
  }

  get #most(): number {
    return Atomics.load(this.#memory.control, control.mostBytes);
  }

  get #used(): number {
    const { control: words, headSlot, tailSlot } = this.#memory;
    return (Atomics.load(words, headSlot) - Atomics.load(words, tailSlot)) >>> 0;
  }

  #change(to: number, because: Because): boolean {
    const from = this.#memory.size;
    if (this.#isChanging || !this.#memory.isSettled) return false;
    this.#isChanging = true;
    try {
      return this.#changeTo(to, from, because);
    } finally {
      this.#isChanging = false;
    }
  }

  #changeTo(to: number, from: number, because: Because): boolean {
    let records: SharedArrayBuffer;
    try {
      records = new SharedArrayBuffer(to);
    } catch {
      return false; // there is no memory for it
    }
    if (!this.#hand(records)) return false;
    this.#memory.change(records);
    this.#untold.push({ because, from, to });
    return true;
  }
}

function heapShare(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return limit > 0 ? used / limit : 0;
}

/** The function returned tells the recording what was changed since it was called last, and how often it was, by the reason. */
export function reportRingSize(ring: RingSize, sink: Pick<Recorder, "event" | "metric" | "hasPlenty">): () => void {
  const times = new Map<Because, number>();
  /** A full ring would lose what is said of it: that waits until there is room. */
  let unsaid: Resized[] = [];
  return () => {
    ring.heapShare = heapShare();
    for (const resized of ring.look()) {
      const { because, to } = resized;
      unsaid.push(resized);
      const count = (times.get(because) ?? 0) + 1;
      times.set(because, count);
      sink.metric(ringSizeMetric, "By", to);
      sink.metric(ringResizedMetric, "{change}", count, { [ringBecauseAttribute]: because });
    }
    if (!sink.hasPlenty) return;
    for (const { because, from, to } of unsaid)
      sink.event(ringResizedEvent, {
        [ringBecauseAttribute]: because,
        [ringFromAttribute]: from,
        [ringToAttribute]: to,
      });
    unsaid = [];
  };
}
