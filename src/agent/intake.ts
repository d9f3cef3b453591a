// The worker's end of the rings: takes records out in chunks that can be understood without what was given up.
// Records before definitions: whoever holds a record then finds the definition of every id in it. What the program's
// thread gave up stood before what is taken next, so the gap that counts it comes first.
import { type GapReason, kindCode } from "../shared/protocol/agent-records.js";
import { recordHeaderBytes, writeRecord } from "../shared/protocol/agent-record-codec.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import { seq } from "../shared/trace/time.js";
import { joined } from "./joined.js";
import { type RecordTally, lostKindsOf, newTally, tallySlots, totalOf } from "./record-tally.js";
import { type RingMemory, control, facts } from "./ring.js";
import { RingReader } from "./ring-reader.js";

export interface Chunk {
  /** Records that others refer to, empty for most chunks. */
  readonly definitions: Uint8Array;
  readonly records: Uint8Array;
}

/** Taken out at once, at most. */
export const batchBytes = 256 * 1024;
const nothing = new Uint8Array(0);
const openCall = kindCode("call-open");
/** Of a record, where its kind stands. */
const kindByte = 4;

export class Intake {
  readonly #records: RingReader;
  readonly #definitions: RingReader;
  readonly #counted = new Uint32Array(tallySlots);

  constructor(readonly memory: RingMemory) {
    this.#records = new RingReader(memory);
    this.#definitions = new RingReader(memory.definitions);
  }

  get usedBytes(): number {
    return this.#records.usedBytes;
  }

  /** Up to where there is something to take. */
  get end(): number {
    return this.#records.end;
  }

  /** Looks for what was written a while ago and not told of. */
  settle(nowMs: number): void {
    this.#records.settle(nowMs);
  }

  /** The program's thread is gone: whatever it has written counts. */
  settleAll(): void {
    this.#records.settleAll();
  }

  /** A call that goes on while nothing else is recorded, once. */
  takeOpen(): Chunk | undefined {
    const records = this.#records.takeOpen();
    if (records === undefined) return undefined;
    records[kindByte] = openCall;
    return { definitions: this.#definitions.take(this.memory.definitions.size) ?? nothing, records };
  }

  /** About `limit` bytes of records, at least one, with what they refer to; undefined when there is nothing. */
  take(limit: number): Chunk | undefined {
    this.memory.follow();
    const taken = this.#records.take(limit) ?? nothing;
    const givenUp = this.#givenUp();
    const definitions = this.#definitions.take(this.memory.definitions.size) ?? nothing;
    const gap = givenUp === undefined ? nothing : gapBefore(taken, givenUp, this.memory.facts[facts.lastSeq] ?? 0);
    const records = gap.length === 0 ? taken : joined([gap, taken]);
    return records.length + definitions.length === 0 ? undefined : { definitions, records };
  }

  /** What the program's thread gave up since this was asked last. */
  #givenUp(): RecordTally | undefined {
    const tally = newTally();
    for (let slot = 0; slot < tallySlots; slot++) {
      const count = Atomics.load(this.memory.control, control.givenUp + slot) >>> 0;
      tally[slot] = (count - (this.#counted[slot] ?? 0)) >>> 0;
      this.#counted[slot] = count;
    }
    return totalOf(tally) === 0 ? undefined : tally;
  }
}

function gapBefore(records: Uint8Array, tally: RecordTally, lastSeq: number): Uint8Array {
  if (records.length < recordHeaderBytes) return gapRecord(tally, 0, lastSeq);
  const first = new DataView(records.buffer, records.byteOffset);
  return gapRecord(tally, first.getFloat64(8, true), first.getFloat64(16, true) - 1);
}

/** A record made by the worker: the program stood still from then until now. `lastSeq` was the last before. */
export function standstillRecord(sinceMs: number, clockMs: number, lastSeq: number): Uint8Array {
  const out = new ByteWriter();
  writeRecord(out, { kind: "standstill", sinceMs, clockMs, seq: seq(lastSeq) });
  return out.bytes.slice(0, out.at);
}

/** A gap made by the worker: records up to this seq were given up. */
export function gapRecord(
  tally: RecordTally,
  clockMs: number,
  lastSeq: number,
  reason: GapReason = "buffer-full",
): Uint8Array {
  const out = new ByteWriter();
  const of = lostKindsOf(tally);
  writeRecord(out, { kind: "gap", reason, lost: totalOf(tally), of, clockMs, seq: seq(lastSeq) });
  return out.bytes.slice(0, out.at);
}
