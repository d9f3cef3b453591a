/** Longer ones are quicker with a view of their own. */
const mostByteByByte = 96;

/** The bytes from `start` to `end` to where `to` is `used` up to. */
export function copyInto(to: Uint8Array, used: number, from: Uint8Array, start: number, end: number): void {
  if (end - start <= mostByteByByte) for (let at = start; at < end; at++) to[used + at - start] = from[at] ?? 0;
  else to.set(from.subarray(start, end), used);
}
