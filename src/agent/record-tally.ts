// Counts records that are given up, by what they were, reading nothing but their headers, and of gaps what they told of:
// whoever gives up a gap has to say what it said.
import {
  type LostKinds,
  gapReasons,
  kindCode,
  lostKindOfCode,
  lostKinds,
  workerReasons,
} from "../shared/protocol/agent-records.js";
import { recordHeaderBytes } from "../shared/protocol/agent-record-codec.js";

/** One count for each of `lostKinds`, and one for bookkeeping. */
export const tallySlots = lostKinds.length + 1;
const bookkeeping = lostKinds.length;

export type RecordTally = Float64Array;
export const newTally = (): RecordTally => new Float64Array(tallySlots);

const slotOfCode = new Uint8Array(
  lostKindOfCode.map((kind) => (kind === undefined ? bookkeeping : lostKinds.indexOf(kind))),
);
const gap = kindCode("gap");
const source = kindCode("source");
const callOpen = kindCode("call-open");
const lastDefinition = Math.max(kindCode("string"), kindCode("location"), kindCode("series"));
/** Of a gap's payload: reason, how many, then how many of each kind. */
const gapBytes = 1 + 8 + 8 * lostKinds.length;
const madeByWorker = workerReasons.map((reason) => gapReasons.indexOf(reason));

export const isDefinition = (kind: number): boolean => kind <= lastDefinition;

/**
 * Counts the record at `at` and returns its kind. Positions are taken modulo `ringBytes`, a power of two: a record may run
 * over the end of a ring. A gap or an open call that the worker made is not a record of the program's, and neither is a source.
 */
export function tallyRecord(tally: RecordTally, view: DataView, at: number, ringBytes = 2 ** 31): number {
  const mask = ringBytes - 1;
  const kind = view.getUint8((at + 4) & mask);
  const slot = slotOfCode[kind] ?? bookkeeping;
  if (kind === source || kind === callOpen) return kind;
  if (kind !== gap) tally[slot] = (tally[slot] ?? 0) + 1;
  else tallyGap(tally, view, at, mask);
  return kind;
}

function tallyGap(tally: RecordTally, view: DataView, at: number, mask: number): void {
  const payload = new DataView(new ArrayBuffer(gapBytes));
  for (let i = 0; i < gapBytes; i++) payload.setUint8(i, view.getUint8((at + recordHeaderBytes + i) & mask));
  if (!madeByWorker.includes(payload.getUint8(0))) tally[bookkeeping] = (tally[bookkeeping] ?? 0) + 1;
  let other = payload.getFloat64(1, true);
  for (let slot = 0; slot < bookkeeping; slot++) {
    const lost = payload.getFloat64(9 + 8 * slot, true);
    tally[slot] = (tally[slot] ?? 0) + lost;
    other -= lost;
  }
  tally[bookkeeping] = (tally[bookkeeping] ?? 0) + other;
}

export function totalOf(tally: RecordTally): number {
  let total = 0;
  for (const count of tally) total += count;
  return total;
}

export function lostKindsOf(tally: RecordTally): LostKinds {
  const [events = 0, spans = 0, logs = 0, metrics = 0, writes = 0] = tally;
  return { events, spans, logs, metrics, writes };
}
