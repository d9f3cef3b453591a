// Where a list is scrolled to. Browsers cut an element off that is higher than some ten million pixels, and from eight on place what
// is in it to no pixel; a list of 10⁷ rows is higher. So the bar of a long list is that of a shorter one, and the place
// in the list is kept beside it: a small movement of the bar moves the list by as much, a large one to where it stands.

export interface ListPosition {
  /** What is at the top of the view. */
  readonly topPx: number;
  /** `scrollTop` of the element. */
  readonly barPx: number;
}

export interface ListSizes {
  /** All rows. */
  readonly listPx: number;
  /** What is seen of them. */
  readonly viewPx: number;
}

const mostBarPx = 8_000_000;
/** At both ends of a long list its bar moves as the list does. */
const edgePx = 1_000_000;

export const barHeight = (listPx: number): number => Math.min(listPx, mostBarPx);

const within = (px: number, most: number): number => Math.min(Math.max(px, 0), Math.max(most, 0));
/** What can be scrolled, and by how much the bar moves meanwhile. */
const freeOf = ({ listPx, viewPx }: ListSizes) => ({ free: listPx - viewPx, bar: barHeight(listPx) - viewPx });

export function positionAt(topPx: number, sizes: ListSizes): ListPosition {
  const { free, bar } = freeOf(sizes);
  const top = within(topPx, free);
  if (free <= bar || top <= edgePx) return { topPx: top, barPx: top };
  if (free - top <= edgePx) return { topPx: top, barPx: bar - (free - top) };
  const share = (top - edgePx) / (free - 2 * edgePx);
  return { topPx: top, barPx: Math.round(edgePx + share * (bar - 2 * edgePx)) };
}

function topFromBar(barPx: number, sizes: ListSizes): number {
  const { free, bar } = freeOf(sizes);
  if (free <= bar || barPx <= edgePx) return barPx;
  if (bar - barPx <= edgePx) return free - (bar - barPx);
  return edgePx + ((barPx - edgePx) / (bar - 2 * edgePx)) * (free - 2 * edgePx);
}

/** After somebody moved the bar. Where that leaves no way on, the answer has another `barPx`. */
export function movedTo(barPx: number, before: ListPosition, sizes: ListSizes): ListPosition {
  const { free, bar } = freeOf(sizes);
  const by = barPx - before.barPx;
  if (free <= bar || Math.abs(by) > 2 * sizes.viewPx) return { topPx: topFromBar(barPx, sizes), barPx };
  const topPx = within(before.topPx + by, free);
  const isAtEnd = barPx <= sizes.viewPx || bar - barPx <= sizes.viewPx;
  return isAtEnd ? positionAt(topPx, sizes) : { topPx, barPx };
}

/** After rows came or went: where they do not reach, nothing is seen. */
export function keptIn({ topPx, barPx }: ListPosition, sizes: ListSizes): ListPosition {
  const { free, bar } = freeOf(sizes);
  return { topPx: free <= bar ? barPx : within(topPx, free), barPx };
}
