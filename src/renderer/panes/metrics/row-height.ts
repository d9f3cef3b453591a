// How the rows share the height there is: as many whole rows as fit, none lower than its text, none needlessly high.

const lowestPx = 38;
const highestPx = 160;

/** Rows that do not fit are scrolled to; those on screen are whole. */
export function rowHeight(availablePx: number, rows: number): number {
  const fitting = Math.max(1, Math.min(rows, Math.floor(availablePx / lowestPx)));
  return Math.min(Math.max(Math.floor(availablePx / fitting), lowestPx), highestPx);
}

const labelHalfPx = 26;
export const isLabelInside = (xPx: number, widthPx: number): boolean =>
  xPx >= labelHalfPx && xPx <= widthPx - labelHalfPx;
