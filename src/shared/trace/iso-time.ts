// Instants as texts that are the same for everybody, wherever they read them.

/** UTC, to the nanosecond. */
export function isoFromInstant(instant: bigint): string {
  const seconds = instant / 1_000_000_000n;
  const below = instant % 1_000_000_000n;
  // Before 1970 both parts are negative: borrow a second.
  const [wholeSeconds, ns] = below < 0n ? [seconds - 1n, below + 1_000_000_000n] : [seconds, below];
  const shown = new Date(Number(wholeSeconds) * 1000).toISOString().slice(0, 19);
  return `${shown}.${String(ns).padStart(9, "0")}Z`;
}

/** "+1.234567s" from the recording's start, to the microsecond; "-" before it. */
export function offsetFromStart(instant: bigint, start: bigint): string {
  const ns = instant - start;
  const distance = ns < 0n ? -ns : ns;
  const micros = String((distance % 1_000_000_000n) / 1000n).padStart(6, "0");
  return `${ns < 0n ? "-" : "+"}${distance / 1_000_000_000n}.${micros}s`;
}
