// The critical path of one request as Lanes shows it: where its stretches lie on the lanes, by the clocks of their processes, and
// how much of the request each span had to itself.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { spanLabel } from "../../state/span-label.js";
import { type BarPlace, type PlacedSpans, type PlotView, placeOfSpan } from "./bars.js";

export type OneRequest = CallResult<"requests.one">;

export interface PathStep {
  /** Of the request's spans. */
  readonly row: number;
  readonly process: number;
  readonly name: string;
  readonly spanId: string;
  readonly traceId: string;
  readonly ns: number;
  readonly share: number;
  /** How much later its process's clock would have to be: it would have begun before what caused it, or come after its call. */
  readonly movedNs: number;
}

/** One for each span of the path, in the order in which they come first. */
export function pathSteps(one: OneRequest): readonly PathStep[] {
  const nsOfRow = new Map<number, number>();
  let all = 0;
  for (const [at, row] of one.criticalRow.entries()) {
    const ns = (one.criticalToNs[at] ?? 0) - (one.criticalFromNs[at] ?? 0);
    nsOfRow.set(row, (nsOfRow.get(row) ?? 0) + ns);
    all += ns;
  }
  return [...nsOfRow].map(([row, ns]) => ({
    row,
    process: one.spans.process[row] ?? 0,
    name: spanLabel(one.spans.names[row] ?? "", one.spans.attributes[row] ?? ""),
    spanId: one.spans.spanIds[row] ?? "",
    traceId: one.spans.traceIds[row] ?? "",
    ns,
    share: all > 0 ? ns / all : 0,
    movedNs: one.movedNs[row] ?? 0,
  }));
}

/** Undefined where a span is not here, as it was merged with others or left out: nothing is drawn to and from there. */
export function pathOnLanes(
  one: OneRequest,
  placed: PlacedSpans,
  indexOfId: ReadonlyMap<string, number>,
  view: PlotView,
): readonly (BarPlace | undefined)[] {
  const pxPerNs = view.widthPx / (view.toNs - view.fromNs);
  return Array.from(one.criticalRow, (row, at) => {
    const index = indexOfId.get(one.spans.spanIds[row] ?? "");
    if (index === undefined || placed.spans.process[index] !== one.spans.process[row]) return undefined;
    const { topPx } = placeOfSpan(placed, view, index);
    const pxOf = (ns: number): number => (ns - (one.movedNs[row] ?? 0) - view.fromNs) * pxPerNs;
    return topPx < 0
      ? undefined
      : { startPx: pxOf(one.criticalFromNs[at] ?? 0), endPx: pxOf(one.criticalToNs[at] ?? 0), topPx };
  });
}
