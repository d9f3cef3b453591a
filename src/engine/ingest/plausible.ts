// Numbers that a well-formed message can hold and a recording cannot: checked before anything of a message is taken, so
// that a broken agent is cut off instead of spoiling the commit of the others.
import { createHash } from "node:crypto";
import { MalformedBytes } from "../../shared/protocol/bytes.js";
import type { AgentRecord, SourceRecord } from "../../shared/protocol/agent-records.js";
import type { Bye, Hello } from "../../shared/protocol/agent-wire.js";
import { mostSourceUnits } from "../../shared/protocol/source-record.js";

/** Milliseconds: instants stay inside int64 nanoseconds for any clock within these. */
const lastOriginMs = 8e12;
const lastClockMs = 1e12;

export function checkHello(hello: Hello): void {
  const isPlausible =
    isWithin(hello.timeOriginMs, lastOriginMs) &&
    isWithin(hello.clockMs, lastClockMs) &&
    isWithin(hello.beganMs ?? 0, lastClockMs) &&
    Number.isSafeInteger(hello.pid) &&
    Number.isSafeInteger(hello.parentPid) &&
    [hello.thread?.id ?? 0, hello.clusterWorker ?? 0].every((id) => isCount(id) && id < 2 ** 31) &&
    hello.runId.length <= 64;
  if (!isPlausible) throw new MalformedBytes("implausible hello");
}

/** What a process says of its clock by itself. */
export function checkClock(clockMs: number): void {
  if (!isWithin(clockMs, lastClockMs)) throw new MalformedBytes("implausible clock");
}

export function checkRecord(record: AgentRecord): void {
  if (!isPlausible(record)) throw new MalformedBytes(`implausible ${record.kind}`);
}

export const isPlausibleHead = (clockMs: number, seq: number): boolean =>
  isWithin(clockMs, lastClockMs) && Number.isSafeInteger(seq) && seq >= 0;

function isPlausible(record: AgentRecord): boolean {
  if (!isPlausibleHead(record.clockMs, record.seq)) return false;
  if (record.kind === "gap") return [record.lost, ...Object.values(record.of)].every(isCount);
  if (record.kind === "write") return Number.isNaN(record.afterMs) || isWithin(record.afterMs, lastClockMs);
  if (record.kind === "filtered")
    return isWithin(record.sinceMs, lastClockMs) && Object.values(record.of).every(isCount);
  if (record.kind === "source") return isPlausibleSource(record);
  if (record.kind === "call") return isPlausibleHead(record.endMs, 0);
  if (record.kind === "standstill") return isWithin(record.sinceMs, lastClockMs);
  if (record.kind === "message") return [record.upTo, record.hybridUs, record.originUs].every(isCount);
  return true;
}

export function checkBye({ clockMs, written, dropped, agentFaults = 0, workerFaults = 0 }: Bye): void {
  const areCounts = [written, dropped, agentFaults, workerFaults].every(isCount);
  if (!areCounts || !isWithin(clockMs, lastClockMs)) throw new MalformedBytes("implausible bye");
}

const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
const isWithin = (ms: number, last: number): boolean => Number.isFinite(ms) && ms >= 0 && ms <= last;

const mostPath = 65_536;

/** A text whose hash is another's would stand in its place. */
function isPlausibleSource({ file, loaded, hash, text, functions, notInstrumented, leftOut }: SourceRecord): boolean {
  const areShort = [file, loaded, notInstrumented, leftOut].every(({ length }) => length <= mostPath);
  const isText = text.length <= mostSourceUnits && (text === "" || hash === sha256(text));
  return areShort && isText && /^(?:[0-9a-f]{64})?$/.test(hash) && functions.length <= mostFunctionsUnits;
}

const mostFunctionsUnits = 16 * 1024 * 1024;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
