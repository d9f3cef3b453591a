// What the program's thread, which may be waiting for the agent's at its end, is told by words of the ring's memory.
import { type RingMemory, control, facts, leaver, link } from "./ring.js";

export class WaitingProgram {
  readonly #words: Int32Array;
  readonly #facts: Float64Array;
  readonly #onDone: (finish: () => void) => void;
  #isDone = false;
  #heard = 0;

  /** `onDone` is given what tells the program that it need not wait any more. */
  constructor({ control: words, facts: numbers }: RingMemory, onDone: (finish: () => void) => void) {
    this.#words = words;
    this.#facts = numbers;
    this.#onDone = onDone;
  }

  /** Nothing more will be sent. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The engine does not want what is recorded here. */
  get isRefused(): boolean {
    return Atomics.load(this.#words, control.link) === link.refused;
  }

  /** The program has said that it writes no more. */
  get hasStopped(): boolean {
    return Atomics.load(this.#words, control.stop) === 1;
  }

  /** Nothing of what it said before is on its way. */
  get isHeard(): boolean {
    return Atomics.load(this.#words, control.said) === this.#heard;
  }

  noteHeard(): void {
    this.#heard++;
  }

  /** How it stands with the engine. */
  setLink(state: number): void {
    Atomics.store(this.#words, control.link, state);
    Atomics.notify(this.#words, control.done);
  }

  /** It goes on waiting while this is called now and then. */
  noteProgress(): void {
    Atomics.add(this.#words, control.progress, 1);
  }

  /** The engine has acknowledged something, or taken what was sent. Of that it takes only so much that is not acknowledged (outbox.ts). */
  noteGettingOn(): void {
    Atomics.add(this.#words, control.gettingOn, 1);
  }

  noteCongested(isCongested: boolean): void {
    Atomics.store(this.#words, control.isCongested, isCongested ? 1 : 0);
  }

  noteFlushed(): void {
    Atomics.store(this.#words, control.flushed, 1);
    Atomics.notify(this.#words, control.flushed);
  }

  /** The agent itself went wrong. */
  noteFault(): void {
    this.#facts[facts.workerFaults] = (this.#facts[facts.workerFaults] ?? 0) + 1;
  }

  /** Whether the agent's thread, and not the program's, writes what is left behind. */
  takesLeaving(): boolean {
    return Atomics.compareExchange(this.#words, control.leaver, 0, leaver.worker) === 0;
  }

  noteLeft(isLeft: boolean): void {
    if (!isLeft) Atomics.compareExchange(this.#words, control.leaver, 0, leaver.nobody);
  }

  notifyLeft(): void {
    Atomics.notify(this.#words, control.leaver);
  }

  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#onDone(() => {
      Atomics.store(this.#words, control.done, 1);
      Atomics.notify(this.#words, control.done);
    });
  }
}
