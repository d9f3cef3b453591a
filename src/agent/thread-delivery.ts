// Takes what a worker thread of the program records to the agent's one thread in the process. Waits for nobody when the
// thread ends: its memory outlives it, and what is in there is sent by the thread that has it, too.
import type { Delivery, Ending } from "./delivery.js";
import { noteEnding } from "./frames.js";
import { RingMemory, control, link } from "./ring.js";
import { type ThreadPlace, ears, sayTo } from "./thread-place.js";
import type { BeginThread } from "./links.js";

/** The agent's thread was started before this one, and usually listens by now. */
const maxEarsMs = 100;
/** At a signal that ends the process. */
const maxFlushMs = 1000;

export class ThreadDelivery implements Delivery {
  readonly #place: ThreadPlace;
  readonly #begin: BeginThread;
  readonly #memory: RingMemory;
  #hasBegun = false;

  constructor(place: ThreadPlace, begin: Omit<BeginThread, "kind">) {
    this.#place = place;
    this.#begin = { kind: "begin", ...begin };
    this.#memory = new RingMemory(begin.memory);
    this.startIfThereIsAnEngine();
  }

  startIfThereIsAnEngine(): void {
    if (this.#hasBegun) return;
    const word = new Int32Array(this.#place.state);
    if (Atomics.load(word, 0) === ears.soon) Atomics.wait(word, 0, ears.soon, maxEarsMs);
    if (Atomics.load(word, 0) !== ears.open) return;
    this.#hasBegun = true;
    sayTo(this.#place.channel, this.#begin);
  }

  get isUseful(): boolean {
    return Atomics.load(this.#memory.control, control.link) !== link.refused;
  }

  get hasEngine(): boolean {
    return this.isUseful;
  }

  /** Nobody attaches to a thread alone. */
  detach(): void {
    this.terminate();
  }

  end(ending: () => Ending, flush: () => boolean): void {
    this.startIfThereIsAnEngine();
    // What finds no room even now is counted in the good-bye.
    flush();
    noteEnding(this.#memory, ending());
    this.terminate();
  }

  flush(): void {
    const { control: words } = this.#memory;
    if (!this.#hasBegun || Atomics.load(words, control.link) !== link.connected) return;
    Atomics.store(words, control.flushed, 0);
    sayTo(this.#place.channel, { kind: "flush", runId: this.#begin.facts.runId });
    Atomics.wait(words, control.flushed, 0, maxFlushMs);
  }

  /** There may be many threads: theirs stay as they are. */
  handRing(): boolean {
    return false;
  }

  say(message: object): void {
    if (this.#hasBegun && "runId" in message) Atomics.add(this.#memory.control, control.said, 1);
    sayTo(this.#place.channel, message);
  }

  /** Nothing more is recorded: to the agent's thread that is the end of it. */
  terminate(): void {
    Atomics.store(this.#memory.control, control.stop, 1);
  }
}
