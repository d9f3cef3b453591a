// Which rows of a fixed-pitch list are on screen, and where scrolling must go so that a row is.

export interface ListWindow {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

export function visibleRows(
  scrollTopPx: number,
  heightPx: number,
  rowPx: number,
  count: number,
  spare: number,
): ListWindow {
  const first = Math.max(0, Math.floor(scrollTopPx / rowPx) - spare);
  const end = Math.min(count, Math.ceil((scrollTopPx + heightPx) / rowPx) + spare);
  return { first: Math.min(first, end), end };
}

/** Rows that exist, by keys that stay with a row as long as it is on screen; where none of them is, all are used for the next ones. */
export interface UsedRows extends ListWindow {
  /** From a row to its key. */
  readonly shift: number;
}

export function useRowsFor(window: ListWindow, before: UsedRows): UsedRows {
  const stays = window.first < before.end && before.first < window.end;
  return { ...window, shift: stays ? before.shift : before.shift + before.first - window.first };
}

/** The scroll position nearest to the present one at which the row is whole on screen. */
export function scrollTopToShow(row: number, scrollTopPx: number, heightPx: number, rowPx: number): number {
  const topPx = row * rowPx;
  if (topPx < scrollTopPx) return topPx;
  if (topPx + rowPx > scrollTopPx + heightPx) return topPx + rowPx - heightPx;
  return scrollTopPx;
}

/** Where a key moves the selection; undefined when the key is not for the list. */
export function rowAfterKey(key: string, row: number, count: number, pageRows: number): number | undefined {
  const last = count - 1;
  const clamp = (n: number) => Math.min(Math.max(0, n), last);
  switch (key) {
    case "ArrowDown":
      return clamp(row + 1);
    case "ArrowUp":
      return clamp(row - 1);
    case "PageDown":
      return clamp(row + pageRows);
    case "PageUp":
      return clamp(row - pageRows);
    case "Home":
      return clamp(0);
    case "End":
      return clamp(last);
    default:
      return undefined;
  }
}

/** Keys along a row: it opens, closes or leaves them unused, but what is around the list never gets them. */
export const isAlongRow = (key: string): boolean => key === "ArrowLeft" || key === "ArrowRight";
