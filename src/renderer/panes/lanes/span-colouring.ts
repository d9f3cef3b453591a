// What the colour of a span says.
import { spanKinds } from "../../../shared/trace/attributes.js";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import type { Colouring } from "../../state/lanes-place.js";

/** Category 1-8 of each kind of span. */
export const categoryOfKind = (kind: number): number => (kind % spanKinds.length) + 1;

/** Category of a span, from 1 on; 0: none, for what did not fail where colour says what failed, and for several spans at once. */
export function categoryOfSpan(
  colouring: Colouring,
  spans: Pick<SpanColumns, "process" | "kind" | "counts">,
  row: number,
  categoryOfProcess: (process: number) => number,
): number {
  if (colouring === "service") return categoryOfProcess(spans.process[row] ?? 0);
  if (colouring === "status" || (spans.counts?.[row] ?? 1) > 1) return 0;
  return categoryOfKind(spans.kind[row] ?? 0);
}
