// Typed columns of replies, from what a query returned.

/** What no view shows at once, and no reply may exceed. */
export const mostRows = 20_000;

/** Nanoseconds since the recording's start; NaN where there is no instant. */
export function relative(instants: readonly (bigint | undefined)[], start: bigint): Float64Array<ArrayBuffer> {
  return Float64Array.from(instants, (instant) => (instant === undefined ? Number.NaN : Number(instant - start)));
}

/** Numbers of processes. */
export const processColumn = (values: readonly number[]): Uint16Array<ArrayBuffer> => Uint16Array.from(values);

export const small = (values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
