// Puts encoded records into the rings: stamps clock and seq, counts what it cannot keep and says so.
// Invariant: a record becomes visible to the worker whole or not at all, and each one that does not is counted; the
// gap record that says so takes the next seq and comes before anything else is recorded.
import {
  type AgentRecordBody,
  type GapReason,
  kindCode,
  lostKindOfCode,
  lostKinds,
} from "../shared/protocol/agent-records.js";
import { beginRecord, definesForNext, endRecord, writeBody } from "../shared/protocol/agent-record-codec.js";
import type { OverflowPolicy } from "../shared/protocol/agent-wire.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import { Overflow } from "./overflow.js";
import { type RecordTally, lostKindsOf, newTally, totalOf } from "./record-tally.js";
import { type Redaction, noRedaction } from "../redact/redactor.js";
import { RingWriter, control, facts } from "./ring.js";

const writesSlot = lostKinds.indexOf("writes");
/** Reasons of the gaps made here; the others are the worker's. */
const ownReasons = ["paused", "ring-full", "unreadable-value"] as const satisfies readonly GapReason[];
type OwnReason = (typeof ownReasons)[number];

export class RecordWriter {
  readonly #ring: RingWriter;
  readonly #definitions: RingWriter<RingWriter["memory"]["definitions"]>;
  readonly #overflow: Overflow;
  readonly #facts: Float64Array;
  readonly #clockMs: () => number;
  readonly #noteFault: (error: unknown) => void;
  #redaction: Redaction = noRedaction;
  #out = new ByteWriter();
  /** The same memory as words. Asking an array for its buffer is slow, so the bytes themselves tell whether it is. */
  #words = new Int32Array(this.#out.bytes.buffer);
  #wordsOf = this.#out.bytes;
  #seq = 0;
  #written = 0;
  #dropped = 0;
  #lostWrites = 0;
  readonly #lost: Record<OwnReason, RecordTally> = {
    paused: newTally(),
    "ring-full": newTally(),
    "unreadable-value": newTally(),
  };
  /** There is a gap to be told, or nothing is recorded: whoever would record looks further. */
  #hasLost = false;
  #isPaused = false;

  constructor(
    ring: RingWriter,
    clockMs: () => number,
    noteFault: (error: unknown) => void,
    policy: OverflowPolicy = "drop-newest",
  ) {
    this.#ring = ring;
    this.#definitions = new RingWriter(ring.memory.definitions);
    this.#overflow = new Overflow(ring.memory, policy, clockMs);
    this.#facts = ring.memory.facts;
    this.#clockMs = clockMs;
    this.#noteFault = noteFault;
  }

  /** What makes the ring larger when it is full, if it may be. */
  growBy(grow: () => boolean): void {
    this.#overflow.grow = grow;
  }

  get #maxRecordBytes(): number {
    return Math.min(this.#ring.memory.size >>> 1, 32 * 1024 * 1024);
  }

  get written(): number {
    return this.#written;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** State writes lost so far, wherever on the way. */
  get lostWrites(): number {
    const words = this.#ring.memory.control;
    const givenUp = Atomics.load(words, control.givenUp + writesSlot) >>> 0;
    return this.#lostWrites + givenUp + (Atomics.load(words, control.writesGivenUp) >>> 0);
  }

  /** Whether much more than a few records would find room, here and where the worker keeps them. */
  get hasPlenty(): boolean {
    const { control: words, size } = this.#ring.memory;
    return !this.#isPaused && Atomics.load(words, control.isCongested) === 0 && this.#ring.hasRoom(size >>> 1);
  }

  /** Stands still until the worker has taken something, or for so long. False when it has taken nothing. */
  waitForRoom(mostMs: number): boolean {
    const { control: words, tailSlot } = this.#ring.memory;
    const tail = Atomics.load(words, tailSlot);
    return this.hasPlenty || Atomics.wait(words, tailSlot, tail, mostMs) !== "timed-out";
  }

  /** From now on everything is counted instead of recorded; or no more. */
  pause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#hasLost = true;
    if (!isPaused) this.#isOpen();
  }

  /** From now on nothing is written that this has not looked through. */
  redactWith(redaction: Redaction): void {
    this.#redaction = redaction;
  }

  /** Where a record of at most `bytes` can be written in place, for `publish`; undefined when `record` has to do it. */
  place(bytes: number): number | undefined {
    return this.#hasLost ? undefined : this.#ring.place(bytes);
  }

  /** Fills in the header of the record whose payload ends at `end`, and makes it visible. */
  publish(at: number, kind: number, clock: number, end: number): void {
    const { bytes, view } = this.#ring.memory;
    let padded = end;
    while ((padded & 7) !== 0) bytes[padded++] = 0;
    view.setUint32(at, padded - at, true);
    view.setUint32(at + 4, kind, true);
    view.setFloat64(at + 8, clock, true);
    view.setFloat64(at + 16, ++this.#seq, true);
    this.#facts[facts.lastSeq] = this.#seq;
    this.#written++;
    this.#ring.publish(padded - at);
  }

  /**
   * The same without telling the worker, which hears of it later. `mayGrow`: `grow` may still add to it. Returns what `grow` has to be
   * told then.
   */
  publishLater(at: number, kind: number, clock: number, end: number, mayGrow: boolean): number {
    const { view } = this.#ring.memory;
    const length = (end - at + 7) & ~7;
    // What lies there is zero where nothing was, and else of an earlier record: only the last word can have both.
    for (let rest = end; rest < at + length; rest++) view.setUint8(rest, 0);
    view.setUint32(at, length, true);
    view.setUint32(at + 4, kind, true);
    view.setFloat64(at + 8, clock, true);
    view.setFloat64(at + 16, ++this.#seq, true);
    this.#facts[facts.lastSeq] = this.#seq;
    this.#written++;
    this.#ring.publishLater(length, mayGrow);
    return this.#ring.head;
  }

  /** Whether nothing was recorded since the record that `publishLater` returned this of, and nobody was told of that. */
  mayGrow(last: number): boolean {
    return this.#ring.head === last && this.#ring.isUntold && !this.#hasLost;
  }

  /** Makes the last record, at `at` and `before` bytes long, another kind that ends at `end`; see `mayGrow`. */
  grow(at: number, before: number, kind: number, end: number): void {
    const { view } = this.#ring.memory;
    const length = (end - at + 7) & ~7;
    for (let rest = end; rest < at + length; rest++) view.setUint8(rest, 0);
    view.setUint32(at, length, true);
    view.setUint32(at + 4, kind, true);
    this.#ring.takeBack(before);
    this.#ring.publishLater(length, false);
  }

  /** The worker hears of everything that was written. */
  tell(): void {
    if (this.#ring.isUntold) this.#ring.tell();
  }

  /** `clockMs`: when it was, where that is not now. */
  record(body: AgentRecordBody, clockMs?: number): "put" | "lost" | "too-large" {
    try {
      if (!this.#isOpen() || lacksDefinition(body))
        return this.#lose(this.#isPaused ? "paused" : "ring-full", body.kind);
      this.#encode(body, 0, clockMs);
      if (this.#out.at <= this.#maxRecordBytes)
        return this.#put(this.#ring) ? "put" : this.#lose("ring-full", body.kind);
      // The buffer has grown for this one; the next record need not keep its memory.
      if (this.#out.bytes.length > this.#maxRecordBytes) this.#out = new ByteWriter();
      this.#lose("unreadable-value", body.kind);
      return "too-large";
    } catch (error) {
      return this.fail(error, body.kind);
    }
  }

  /**
   * A record that others refer to: when it finds no room, the record that needs it is the one that is lost. `isKept`:
   * any later record may refer to it; otherwise only the next one does, and it goes where that one goes.
   */
  define(body: AgentRecordBody, isKept: boolean): boolean {
    if (!this.#isOpen()) return false;
    this.#encode(body, isKept ? 0 : definesForNext);
    return this.#put(isKept ? this.#definitions : this.#ring);
  }

  /** A record that could not be made. */
  fail(error: unknown, kind: AgentRecordBody["kind"]): "lost" {
    this.#noteFault(error);
    return this.#lose("unreadable-value", kind);
  }

  /** At the end: says what was lost, if there is room by now. True when nothing is left to say. */
  reportLoss(): boolean {
    this.tell();
    this.#isPaused = false;
    return this.#isOpen();
  }

  #encode(body: AgentRecordBody, flags = 0, clockMs = this.#clockMs()): void {
    const out = this.#out;
    out.at = 0;
    beginRecord(out, kindCode(body.kind), clockMs, this.#seq + 1, flags);
    writeBody(out, this.#redaction.record(body));
    endRecord(out, 0);
  }

  #put(ring: RingWriter | RingWriter<RingWriter["memory"]["definitions"]>): boolean {
    const out = this.#out;
    if (out.bytes !== this.#wordsOf) {
      this.#wordsOf = out.bytes;
      this.#words = new Int32Array(out.bytes.buffer);
    }
    if (!this.#overflow.makeRoom(ring, out.at) || !ring.put(this.#words, out.at)) return false;
    this.#facts[facts.lastSeq] = ++this.#seq;
    this.#written++;
    return true;
  }

  /** False while the ring is too full even to say what was lost. */
  #isOpen(): boolean {
    return !this.#hasLost || (!this.#isPaused && this.#writeGaps());
  }

  #writeGaps(): boolean {
    // Not at the first free byte: under a flood that would be one gap for every few records.
    if (!this.#overflow.makeRoom(this.#ring, Math.min(this.#ring.memory.size >>> 4, 65_536))) return false;
    for (const reason of ownReasons) {
      const lost = totalOf(this.#lost[reason]);
      if (lost === 0) continue;
      this.#encode({ kind: "gap", reason, lost, of: lostKindsOf(this.#lost[reason]) });
      if (!this.#put(this.#ring)) return false;
      this.#lost[reason].fill(0);
    }
    this.#hasLost = false;
    return true;
  }

  #lose(reason: OwnReason, kind: AgentRecordBody["kind"]): "lost" {
    this.#facts[facts.lastSeq] = ++this.#seq;
    this.#dropped++;
    if (kind === "write") this.#lostWrites++;
    const of = lostKindOfCode[kindCode(kind)];
    const tally = this.#lost[reason];
    const slot = of === undefined ? tally.length - 1 : lostKinds.indexOf(of);
    tally[slot] = (tally[slot] ?? 0) + 1;
    this.#hasLost = true;
    return "lost";
  }
}

/** Its name or series could not be defined: the ring was full just before. */
function lacksDefinition(body: AgentRecordBody): boolean {
  switch (body.kind) {
    case "event":
    case "span-start":
      return body.name === 0;
    case "metric":
      return body.series === 0;
    default:
      return false;
  }
}
