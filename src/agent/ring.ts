// Byte rings in shared memory: the program's thread writes whole records, the worker takes them out.
// Invariant: HEAD moves only after a record's last byte is in place, so [TAIL, HEAD) is always whole records. Both count
// bytes and wrap at 2^32; sizes are powers of two, records multiples of 8, so a record may run over the end of the memory.
// Only the program's thread moves HEAD. TAIL is moved by compare-and-exchange: by the worker after it copied what it
// takes, and by the program's thread when it gives up the oldest records (overflow.ts). What the worker copied is whole
// exactly if TAIL was still where it began; otherwise it copies anew.
// What others refer to by id has a ring of its own and is never given up: whoever sees a record finds what it refers to.
// The bytes of the records' ring may be changed for more or fewer (ring-size.ts): from HEAD then on records are in the new ones,
// and the worker goes on there when it has taken all that came before. Until then there is no other change.
import { ringBytesFor } from "../shared/trace/ring-resized.js";

/** Slots of the Int32 control words at the start of the shared memory. */
export const control = {
  head: 0,
  tail: 1,
  link: 2,
  stop: 3,
  done: 4,
  exitCodeKnown: 5,
  progress: 6,
  flushed: 7,
  definitionsHead: 8,
  definitionsTail: 9,
  /** Signs so far that the engine gets on: it has acknowledged something, or taken what was sent. */
  gettingOn: 10,
  /** 1 while the worker holds so much that what is recorded now may have to be given up. */
  isCongested: 11,
  /** State writes that the worker gave up. */
  writesGivenUp: 12,
  /** Who leaves behind what was not sent: one of `leaver`, 0 while that is open. */
  leaver: 13,
  /** 1 when the program's thread has said in the ring at its end what found no room there. */
  lossTold: 14,
  /** 1 when the agent leaves a program that goes on. */
  detached: 15,
  /** The first of `tallySlots` counts of records that the program's thread gave up in the ring, modulo 2^32. */
  givenUp: 16,
  /** Who may use the inspector on the program's thread: one of `inspecting`. */
  inspecting: 24,
  /** How often the worker has looked into the ring: it did not stand still meanwhile. */
  polls: 25,
  /** Why there is no stack of a block: one of `stackMissing`. */
  stackMissing: 26,
  /** How often the program's thread was told what to capture from then on: see `settings`. */
  configured: 27,
  /** HEAD when the ring's bytes were changed last, how often they were, and how often the worker has followed. */
  changedAt: 28,
  changes: 29,
  followed: 30,
  /** So many bytes the ring may have, as the worker sees the memory that is left; 0: nobody has looked yet. */
  mostBytes: 31,
  /**
   * Up to where records are whole that are not behind HEAD yet, and where the last of them begins if it is a call that may still be added to:
   * written like any memory, because a store that others are sure to see costs as much as the rest of a call. Read only when both have
   * stood still for so long that what is before them has arrived.
   */
  written: 32,
  mayGrowFrom: 33,
  /** How many messages about its run a thread has said since it began: what it says at its end is heard later than `stop` is seen. */
  said: 34,
} as const;
/** Slots of the Float64 facts that follow them; the first three are filled in before `stop` is set. */
export const facts = {
  exitCode: 0,
  written: 1,
  dropped: 2,
  lastSeq: 3,
  agentFaults: 4,
  workerFaults: 5,
  /** How long the machine slept without the monotonic clock's noticing: part of every time that is recorded from then on. */
  sleptMs: 6,
  /** By the program's monotonic clock: when its event loop turned last, and when it is to turn again; 0: nobody knows. */
  turnedMs: 7,
  turnDueMs: 8,
  /** When something began, told while it turns seldom. */
  beganMs: 9,
  /** How much of what V8 may have for the program's objects it uses, as a share. */
  heapShare: 10,
} as const;
/**
 * What the worker says about the engine. `lost`: it was there a moment ago, and its host may be starting it again. An
 * exit waits while it is `connecting` or `connected`, and for a while when it is `lost`.
 */
export const link = { connecting: 0, connected: 1, absent: 2, refused: 3, lost: 4 } as const;

/** `nobody`: the worker could not. */
export const leaver = { program: 1, worker: 2, nobody: 3 } as const;

/**
 * `free`: the worker may. `worker`: it does. `leave`: the program ends and waits until it no longer does. `closed`: it may not, since the
 * program ends, or uses the inspector itself.
 */
export const inspecting = { free: 0, worker: 1, leave: 2, closed: 3 } as const;

export const stackMissing = { none: 0, limit: 1, unavailable: 2 } as const;

const controlBytes = 256;
const factsBytes = 128;
/** For what the program's thread is told to capture: a length and so much JSON. As long as it is not used it takes no memory. */
const settingsBytes = 65_536;
const headBytes = controlBytes + factsBytes + settingsBytes;

/** Where records are. */
export interface RingBytes {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly size: number;
}

/** One ring: where its positions are among the control words, and its bytes. */
export interface RingRegion extends RingBytes {
  readonly control: Int32Array;
  readonly headSlot: number;
  readonly tailSlot: number;
  /** `control.written`, where HEAD comes later than records; else that of HEAD. */
  readonly writtenSlot: number;
  /** How much of what is between the two is in these bytes. */
  readable(tail: number, head: number): number;
}

const bytesOf = (shared: SharedArrayBuffer, start: number, size: number): RingBytes => ({
  words: new Int32Array(shared, start, size >>> 2),
  bytes: new Uint8Array(shared, start, size),
  view: new DataView(shared, start, size),
  size,
});

const allBetween = (tail: number, head: number): number => (head - tail) >>> 0;

export class RingMemory implements RingRegion {
  readonly control: Int32Array;
  readonly facts: Float64Array;
  readonly settings: Uint8Array;
  readonly headSlot = control.head;
  readonly tailSlot = control.tail;
  readonly writtenSlot = control.written;
  words: Int32Array;
  bytes: Uint8Array;
  view: DataView;
  size: number;
  readonly definitions: RingRegion;
  /** In the program's thread: what was written to before, as long as there may be records in it. */
  #before: RingBytes | undefined;
  /** Whose bytes these are. */
  #change = 0;
  /** In the worker: what to go on with. */
  #next: SharedArrayBuffer | undefined;

  constructor(readonly shared: SharedArrayBuffer) {
    const start = headBytes;
    // Both sizes are powers of two, the second a sixteenth of the first or the least there is.
    const rest = shared.byteLength - start;
    const size = 2 ** Math.floor(Math.log2(rest));
    this.control = new Int32Array(shared, 0, controlBytes / 4);
    this.facts = new Float64Array(shared, controlBytes, factsBytes / 8);
    this.settings = new Uint8Array(shared, controlBytes + factsBytes, settingsBytes);
    ({ words: this.words, bytes: this.bytes, view: this.view, size: this.size } = bytesOf(shared, start, size));
    this.definitions = {
      ...bytesOf(shared, start + size, rest - size),
      control: this.control,
      headSlot: control.definitionsHead,
      tailSlot: control.definitionsTail,
      writtenSlot: control.definitionsHead,
      readable: allBetween,
    };
  }

  readable(tail: number, head: number): number {
    const used = allBetween(tail, head);
    if (Atomics.load(this.control, control.changes) === this.#change) return used;
    return Math.min(used, Math.max(0, (Atomics.load(this.control, control.changedAt) - tail) | 0));
  }

  /** In the program's thread: whether the worker has followed all changes. */
  get isSettled(): boolean {
    const isSettled = Atomics.load(this.control, control.followed) === this.#change;
    if (isSettled) this.#before = undefined;
    return isSettled;
  }

  /** In the program's thread, which has told the worker of `shared` and has nothing half written: from now on records go there. */
  change(shared: SharedArrayBuffer): void {
    this.#before = { words: this.words, bytes: this.bytes, view: this.view, size: this.size };
    const head = Atomics.load(this.control, this.writtenSlot);
    Atomics.store(this.control, this.headSlot, head);
    Atomics.store(this.control, control.changedAt, head);
    this.#change = Atomics.add(this.control, control.changes, 1) + 1;
    this.#use(shared);
  }

  /** In the program's thread: where the oldest records are, and up to where. */
  oldest(tail: number, head: number): { readonly of: RingBytes; readonly end: number } {
    if (this.#before === undefined || this.isSettled) return { of: this, end: head };
    const end = Atomics.load(this.control, control.changedAt);
    return ((end - tail) | 0) > 0 ? { of: this.#before, end } : { of: this, end: head };
  }

  /** In the worker: what the program's thread writes to from a change on. */
  offer(shared: SharedArrayBuffer): void {
    this.#next = shared;
  }

  /** In the worker: goes on where records are written now, when it has taken all that came before. */
  follow(): void {
    const changes = Atomics.load(this.control, control.changes);
    if (changes === this.#change || this.#next === undefined) return;
    const left = (Atomics.load(this.control, control.changedAt) - Atomics.load(this.control, this.tailSlot)) | 0;
    if (left > 0) return;
    this.#use(this.#next);
    this.#next = undefined;
    this.#change = changes;
    Atomics.store(this.control, control.followed, changes);
  }

  #use(shared: SharedArrayBuffer): void {
    const { words, bytes, view, size } = bytesOf(shared, 0, shared.byteLength);
    [this.words, this.bytes, this.view, this.size] = [words, bytes, view, size];
  }

  /** `size` in bytes is rounded up to a power of two, 4 KB to 1 GB. */
  static allocate(size: number): RingMemory {
    const bytes = ringBytesFor(size, false);
    const definitionBytes = Math.max(2048, Math.min(bytes >>> 2, Math.max(bytes >>> 4, 2 ** 18)));
    return new RingMemory(new SharedArrayBuffer(headBytes + bytes + definitionBytes));
  }
}

/** Copying word by word beats `TypedArray.set` (which needs a subarray) up to about this many words. */
const copyByWordUpTo = 128;

/** So much may be written before others are told. */
const mostUntoldBytes = 16_384;

export class RingWriter<Region extends RingRegion = RingMemory> {
  #head = 0;
  /** HEAD as others see it. */
  #told = 0;
  /** The last TAIL seen: loaded again only when it leaves too little room. */
  #tail = 0;

  constructor(readonly memory: Region) {
    this.#head = Atomics.load(memory.control, memory.headSlot);
    this.#told = this.#head;
    memory.control[memory.writtenSlot] = this.#head;
    this.#tail = Atomics.load(memory.control, memory.tailSlot);
  }

  get head(): number {
    return this.#head;
  }

  hasRoom(bytes: number): boolean {
    if (((this.#head - this.#tail) >>> 0) + bytes <= this.memory.size) return true;
    this.tell();
    this.#tail = Atomics.load(this.memory.control, this.memory.tailSlot);
    return ((this.#head - this.#tail) >>> 0) + bytes <= this.memory.size;
  }

  /**
   * Where `bytes` can be written in place without running over the end of the memory, for `publish` to make visible;
   * undefined when there is no such place, and `put` has to decide.
   */
  place(bytes: number): number | undefined {
    const at = this.#head & (this.memory.size - 1);
    return at + bytes <= this.memory.size && this.hasRoom(bytes) ? at : undefined;
  }

  /** `length` (a multiple of 8) bytes were written at the last `place`. */
  publish(length: number): void {
    this.#head = (this.#head + length) | 0;
    this.tell();
  }

  /** The same, but others are told later, with what comes next, or by `tell`. `mayGrow`: it may still be added to until then. */
  publishLater(length: number, mayGrow: boolean): void {
    const { control: words, writtenSlot, size } = this.memory;
    const head = (this.#head + length) | 0;
    words[writtenSlot] = head;
    words[control.mayGrowFrom] = mayGrow ? this.#head : head;
    this.#head = head;
    if ((head - this.#told) >>> 0 > Math.min(mostUntoldBytes, size >>> 3)) this.tell();
  }

  /** Whether others have not been told of all that was written. */
  get isUntold(): boolean {
    return this.#told !== this.#head;
  }

  /** Takes the last record back, of so many bytes, which nobody was told of: it is written anew, with more. */
  takeBack(length: number): void {
    this.#head = (this.#head - length) | 0;
  }

  tell(): void {
    const { control: words, headSlot, writtenSlot } = this.memory;
    this.#told = this.#head;
    words[writtenSlot] = this.#head;
    Atomics.store(words, headSlot, this.#head);
  }

  /** Copies the first `length` bytes (a multiple of 8) of `source` in; false, and nothing written, without room. */
  put(source: Int32Array, length: number): boolean {
    if (!this.hasRoom(length)) return false;
    const { words, size } = this.memory;
    const first = (this.#head & (size - 1)) >>> 2;
    const count = length >>> 2;
    if (count <= copyByWordUpTo) {
      const mask = (size >>> 2) - 1;
      for (let i = 0; i < count; i++) words[(first + i) & mask] = source[i] ?? 0;
    } else {
      const untilEnd = Math.min(count, (size >>> 2) - first);
      words.set(source.subarray(0, untilEnd), first);
      if (untilEnd < count) words.set(source.subarray(untilEnd, count), 0);
    }
    this.publish(length);
    return true;
  }
}
