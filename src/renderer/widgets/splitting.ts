// How two neighbours share a length: sizes are fractions of the whole, so that a layout survives another window size.

/** The first part's fraction after moving the divider, keeping `leastPx` on both sides where they fit. */
export function splitFraction(
  positionPx: number,
  wholePx: number,
  leastFirstPx: number,
  leastSecondPx: number,
): number {
  if (wholePx <= 0) return 0.5;
  const most = Math.max(leastFirstPx, wholePx - leastSecondPx);
  return Math.min(Math.max(positionPx, Math.min(leastFirstPx, wholePx)), most) / wholePx;
}
