// The course of a clause's value as a shape: what lies between the least and the greatest of each bucket, and where its limit is.

export interface CourseShape {
  readonly path: string;
  /** From the top; undefined where it is not within the values, nor near them. */
  readonly limitPx: number;
}

export function courseShape(
  { least, most }: { readonly least: Float64Array; readonly most: Float64Array },
  limit: number,
  widthPx: number,
  heightPx: number,
): CourseShape | undefined {
  let [low, high] = [limit, limit];
  for (const [at, value] of least.entries()) {
    if (Number.isNaN(value)) continue;
    low = Math.min(Number.isNaN(low) ? value : low, value);
    high = Math.max(Number.isNaN(high) ? value : high, most[at] ?? value);
  }
  if (Number.isNaN(low)) return undefined;
  const span = high - low || 1;
  const y = (value: number): number => Math.round(10 * (1 + (heightPx - 2) * (1 - (value - low) / span))) / 10;
  const x = (bucket: number): number => Math.round((10 * (bucket + 0.5) * widthPx) / least.length) / 10;
  let path = "";
  let isDrawn = false;
  for (const [at, value] of least.entries()) {
    if (Number.isNaN(value)) continue;
    // A bucket without an evaluation lies between its neighbours.
    path += `${isDrawn ? "L" : "M"}${x(at)} ${y(most[at] ?? value)}`;
    if (most[at] !== value) path += `L${x(at)} ${y(value)}`;
    isDrawn = true;
  }
  return { path, limitPx: y(limit) };
}
