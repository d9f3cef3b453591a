// Two series as paths of small plots: both over time on one scale, one against the other, and how well they go together by lag.

export interface Box {
  readonly widthPx: number;
  readonly heightPx: number;
}

interface Extent {
  readonly least: number;
  readonly most: number;
}

function extentOf(values: Float64Array): Extent | undefined {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least > most ? undefined : { least, most };
}

/** 0 at the least of them, 1 at the most; a half where they are all one. */
const shareOf = (value: number, { least, most }: Extent): number =>
  most > least ? (value - least) / (most - least) : 0.5;

const tidy = (px: number): string => String(Math.round(px * 10) / 10);

/** A line over all cells, with breaks at gaps; `shift`: by so many cells to the left. */
export function linePath(values: Float64Array, { widthPx, heightPx }: Box, shift = 0): string {
  const extent = extentOf(values);
  if (extent === undefined) return "";
  const last = Math.max(1, values.length - 1);
  let path = "";
  let isDown = false;
  for (const [at, value] of values.entries()) {
    const x = ((at - shift) / last) * widthPx;
    if (Number.isNaN(value) || x < -0.01 || x > widthPx + 0.01) {
      isDown = false;
      continue;
    }
    const y = 1 + (1 - shareOf(value, extent)) * (heightPx - 2);
    // A value between two gaps is a short stroke.
    path += `${isDown ? "L" : "M"}${tidy(x)} ${tidy(y)}${isDown || !isAlone(values, at) ? "" : "h1.5"}`;
    isDown = true;
  }
  return path;
}

const isAlone = (values: Float64Array, at: number): boolean =>
  Number.isNaN(values[at - 1] ?? Number.NaN) && Number.isNaN(values[at + 1] ?? Number.NaN);

export interface Dot {
  readonly x: number;
  readonly y: number;
  /** Cell of the one. */
  readonly cell: number;
}

/** Cell `i` of the one against cell `i + lag` of the other. */
export function scatterDots(one: Float64Array, other: Float64Array, lag: number, box: Box): readonly Dot[] {
  const [across, up] = [extentOf(one), extentOf(other)];
  if (across === undefined || up === undefined) return [];
  return [...one].flatMap((value, cell): readonly Dot[] => {
    const against = other[cell + lag] ?? Number.NaN;
    if (Number.isNaN(value) || Number.isNaN(against)) return [];
    return [{ x: shareOf(value, across) * box.widthPx, y: (1 - shareOf(against, up)) * box.heightPx, cell }];
  });
}

/** r from -1 at the bottom to 1 at the top. */
export function lagPath(r: Float64Array, { widthPx, heightPx }: Box): string {
  const last = Math.max(1, r.length - 1);
  let path = "";
  let isDown = false;
  for (const [at, value] of r.entries()) {
    if (!Number.isNaN(value))
      path += `${isDown ? "L" : "M"}${tidy((at / last) * widthPx)} ${tidy(((1 - value) / 2) * heightPx)}`;
    isDown = !Number.isNaN(value);
  }
  return path;
}
