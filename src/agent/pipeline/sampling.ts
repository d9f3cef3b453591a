// Which traces stay: decided by the trace id alone, so that every process decides the same of a trace. As OpenTelemetry's
// consistent sampling does, the last seven bytes of the id are a number that is compared with a share of all there are.

const digits = 2 ** 48;

/** Of the seven bytes the first six: finer than any ratio that is worth writing down. */
export function traceStays(traceId: Uint8Array, ratio: number): boolean {
  let number = 0;
  for (let at = 9; at < 15; at++) number = number * 256 + (traceId[at] ?? 0);
  return number >= (1 - ratio) * digits;
}
