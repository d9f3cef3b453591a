// Times as people type and read them. All arithmetic is on bigint nanoseconds: an instant typed with nine digits is
// that instant.
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";

export interface RecordingTimes {
  readonly start: bigint;
  readonly end: bigint;
}

const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  min: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const isoTime = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s*([Zz]|[+-]\d{2}:?\d{2})?$/;

/**
 * Epoch nanoseconds, an ISO time (local time when it names no zone), an offset such as +1.5s from the recording's start,
 * or "start" and "end".
 */
export function instantFromText(typed: string, { start, end }: RecordingTimes): Result<bigint, HindcastError> {
  const text = typed.trim();
  if (text === "start") return ok(start);
  if (text === "end") return ok(end);
  const instant = /^\d{1,19}$/.test(text) ? BigInt(text) : (instantFromOffset(text, start) ?? instantFromIso(text));
  const isInt64 = instant !== undefined && instant === BigInt.asIntN(64, instant);
  return isInt64 ? ok(instant) : failed(hindcastError("bad-time", { text: typed }));
}

function instantFromOffset(text: string, start: bigint): bigint | undefined {
  const [, whole, fraction = "", unit = ""] = /^\+(\d{1,15})(?:\.(\d{1,18}))?([a-zµμ]{1,3})$/.exec(text) ?? [];
  const ns = unitNs[unit];
  if (whole === undefined || ns === undefined) return undefined;
  return start + (BigInt(whole + fraction) * ns) / 10n ** BigInt(fraction.length);
}

function instantFromIso(text: string): bigint | undefined {
  const [, seconds, fraction = "", zone = ""] = isoTime.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const epochMs = Date.parse(seconds.replace(/[t ]/, "T") + zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(epochMs) ? undefined : BigInt(epochMs) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

export function durationText(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e9).toFixed(3)} s`;
}
