// Reading order of spans: by process, row and start. Everything that walks a row (merging bars, arrow keys,
// hit tests) does so in this order, which is computed once per reply of the engine and not per frame.
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";

export interface SpanOrder {
  /** Indices into the columns. */
  readonly indices: Uint32Array;
  /** Row of the span at the same position: rows are numbered from 0 over all processes, top to bottom. */
  readonly rows: Uint32Array;
}

export function orderSpans(spans: SpanColumns, topsPx: Float32Array): SpanOrder {
  const indices = new Uint32Array(spans.process.length);
  let shown = 0;
  for (let i = 0; i < indices.length; i++) if ((topsPx[i] ?? -1) >= 0) indices[shown++] = i;
  const order = indices.subarray(0, shown);
  order.sort(
    (a, b) => (topsPx[a] ?? 0) - (topsPx[b] ?? 0) || (spans.startNs[a] ?? 0) - (spans.startNs[b] ?? 0) || a - b,
  );
  const rows = new Uint32Array(shown);
  let row = -1;
  let lastTop = -1;
  for (let i = 0; i < shown; i++) {
    const top = topsPx[order[i] ?? 0] ?? 0;
    if (top !== lastTop) row++;
    lastTop = top;
    rows[i] = row;
  }
  return { indices: order, rows };
}

/** How many spans a row of the columns stands for. */
export const countOf = ({ counts }: Pick<SpanColumns, "counts">, index: number): number => counts?.[index] ?? 1;

/** Without rows of several spans, which cannot be selected. */
export function singleSpans({ indices, rows }: SpanOrder, spans: SpanColumns): SpanOrder {
  if (spans.counts === undefined) return { indices, rows };
  const isSingle = (_: number, position: number): boolean => countOf(spans, indices[position] ?? 0) === 1;
  return { indices: indices.filter(isSingle), rows: rows.filter(isSingle) };
}

export type SpanStep = "previous" | "next" | "up" | "down" | "first" | "last";

/** The span an arrow key leads to, or undefined at an edge. Up and down go to the row's span nearest in time. */
export function stepSpan(spans: SpanColumns, order: SpanOrder, from: number, step: SpanStep): number | undefined {
  const { indices, rows } = order;
  if (step === "first") return indices[0];
  if (step === "last") return indices[indices.length - 1];
  const position = indices.indexOf(from);
  if (position < 0) return undefined;
  const row = rows[position] ?? 0;
  if (step === "previous" || step === "next") {
    const beside = position + (step === "next" ? 1 : -1);
    return rows[beside] === row ? indices[beside] : undefined;
  }
  return nearestInRow(spans, order, row + (step === "down" ? 1 : -1), spans.startNs[from] ?? 0);
}

/** The span that covers an instant on the topmost row, else the one that starts nearest to it. */
export function spanNear(spans: SpanColumns, order: SpanOrder, atNs: number): number | undefined {
  let best: number | undefined;
  let bestDistance = Infinity;
  for (const index of order.indices) {
    const distance = distanceNs(spans, index, atNs);
    if (distance === 0) return index;
    if (distance < bestDistance) {
      bestDistance = distance;
      best = index;
    }
  }
  return best;
}

function nearestInRow(spans: SpanColumns, { indices, rows }: SpanOrder, row: number, atNs: number): number | undefined {
  let best: number | undefined;
  let bestDistance = Infinity;
  for (let i = 0; i < indices.length; i++) {
    if (rows[i] !== row) continue;
    const index = indices[i] ?? 0;
    const distance = distanceNs(spans, index, atNs);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = index;
    }
  }
  return best;
}

function distanceNs(spans: SpanColumns, index: number, atNs: number): number {
  const start = spans.startNs[index] ?? 0;
  const end = spans.endNs[index] ?? NaN;
  if (atNs < start) return start - atNs;
  return atNs > end ? atNs - end : 0;
}
