// How many of a row of things are shown whole where there is not room for all: then one more stands for the others.

/** Of things so wide, `gapPx` apart, in `roomPx`; what stands for the others is `morePx` wide. */
export function fitting(widthsPx: readonly number[], gapPx: number, morePx: number, roomPx: number): number {
  const taken = widthsPx.map((_, at) => widthsPx.slice(0, at + 1).reduce((sum, width) => sum + width, at * gapPx));
  if ((taken.at(-1) ?? 0) <= roomPx) return widthsPx.length;
  return taken.findLastIndex((px) => px + gapPx + morePx <= roomPx) + 1;
}
