// A byte ring in shared memory: the program's thread writes whole records, the worker takes them out.
// Invariant: HEAD moves only after a record's last byte is in place, so [TAIL, HEAD) is always whole records. Both count
// bytes and wrap at 2^32; sizes are powers of two, records multiples of 8, so a record may run over the end of the memory.

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
} as const;
/** Slots of the Float64 facts that follow them, filled in before `stop` is set. */
export const facts = { exitCode: 0, written: 1, dropped: 2 } as const;
/** What the worker says about the engine. Only `connecting` and `connected` are worth waiting for at exit. */
export const link = { connecting: 0, connected: 1, absent: 2, refused: 3 } as const;

const controlBytes = 64;
const factsBytes = 64;

export class RingMemory {
  readonly control: Int32Array;
  readonly facts: Float64Array;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly size: number;

  constructor(readonly shared: SharedArrayBuffer) {
    this.control = new Int32Array(shared, 0, controlBytes / 4);
    this.facts = new Float64Array(shared, controlBytes, factsBytes / 8);
    this.words = new Int32Array(shared, controlBytes + factsBytes);
    this.bytes = new Uint8Array(shared, controlBytes + factsBytes);
    this.view = new DataView(shared, controlBytes + factsBytes);
    this.size = this.bytes.length;
  }

  /** `size` in bytes is rounded up to a power of two, 4 KB to 1 GB. */
  static allocate(size: number): RingMemory {
    const bytes = 2 ** Math.ceil(Math.log2(Math.min(Math.max(size, 4096), 2 ** 30)));
    return new RingMemory(new SharedArrayBuffer(controlBytes + factsBytes + bytes));
  }
}

/** Copying word by word beats `TypedArray.set` (which needs a subarray) up to about this many words. */
const copyByWordUpTo = 128;

export class RingWriter {
  #head = 0;
  /** The last TAIL seen: loaded again only when it leaves too little room. */
  #tail = 0;

  constructor(readonly memory: RingMemory) {
    this.#head = Atomics.load(memory.control, control.head);
    this.#tail = Atomics.load(memory.control, control.tail);
  }

  hasRoom(bytes: number): boolean {
    if (((this.#head - this.#tail) >>> 0) + bytes <= this.memory.size) return true;
    this.#tail = Atomics.load(this.memory.control, control.tail);
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
    Atomics.store(this.memory.control, control.head, this.#head);
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

export class RingReader {
  constructor(readonly memory: RingMemory) {}

  get usedBytes(): number {
    const { control: words } = this.memory;
    return (Atomics.load(words, control.head) - Atomics.load(words, control.tail)) >>> 0;
  }

  /** Takes whole records out, up to `limit` bytes but at least one record; undefined when there is none. */
  take(limit: number): Uint8Array<ArrayBuffer> | undefined {
    const { control: words, bytes, size } = this.memory;
    const used = this.usedBytes;
    if (used === 0) return undefined;
    const tail = Atomics.load(words, control.tail);
    const count = used <= limit ? used : this.#wholeRecordsWithin(tail, limit);
    const taken = new Uint8Array(count);
    const first = tail & (size - 1);
    const untilEnd = Math.min(count, size - first);
    taken.set(bytes.subarray(first, first + untilEnd));
    if (untilEnd < count) taken.set(bytes.subarray(0, count - untilEnd), untilEnd);
    Atomics.store(words, control.tail, (tail + count) | 0);
    return taken;
  }

  #wholeRecordsWithin(tail: number, limit: number): number {
    const { words, size } = this.memory;
    const mask = (size >>> 2) - 1;
    const lengthAt = (offset: number) => words[((tail + offset) >>> 2) & mask] ?? 0;
    let count = lengthAt(0);
    for (let next = lengthAt(count); count + next <= limit; next = lengthAt(count)) count += next;
    return count;
  }
}
