// The earlier and the later of two instants, or of any two whole numbers that are too large for `Math.min`.

export const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
