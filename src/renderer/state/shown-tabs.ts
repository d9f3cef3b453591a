// Which tabs of a group stand in its bar where there is not room for all: the one in front always, the others in their order.

/** Of tabs so wide, of which `front` is in front, in `roomPx`; what leads to the others is `morePx` wide. */
export function shownTabs(
  widthsPx: readonly number[],
  front: number,
  morePx: number,
  roomPx: number,
): ReadonlySet<number> {
  const all = widthsPx.map((_, at) => at);
  if (widthsPx.reduce((sum, px) => sum + px, 0) <= roomPx) return new Set(all);
  const shown = new Set([front]);
  let leftPx = roomPx - morePx - (widthsPx[front] ?? 0);
  for (const at of all) {
    if (at === front) continue;
    leftPx -= widthsPx[at] ?? 0;
    if (leftPx < 0) break;
    shown.add(at);
  }
  return shown;
}
