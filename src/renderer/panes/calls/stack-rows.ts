// What is under way at the playhead as rows of a list: of each stack the innermost first, and below it what that was made in.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";

export type CallStacks = CallResult<"calls.stacks">;

export type StackRow =
  | { readonly kind: "head"; readonly stack: number; readonly process: number; readonly frames: number }
  | {
      readonly kind: "frame";
      readonly frame: number;
      /** It ended before the playhead: what it began goes on, and it did not wait for that. */
      readonly isOver: boolean;
    };

export function stackRows(
  { stack, frames }: { readonly stack: Uint16Array; readonly frames: Pick<CallStacks["frames"], "process" | "endNs"> },
  playheadNs: number,
): readonly StackRow[] {
  const rows: StackRow[] = [];
  for (let first = 0; first < stack.length;) {
    let end = first + 1;
    while (end < stack.length && stack[end] === stack[first]) end++;
    const innermost = end - 1;
    rows.push({
      kind: "head",
      stack: stack[first] ?? 0,
      process: frames.process[innermost] ?? 0,
      frames: end - first,
    });
    for (let frame = innermost; frame >= first; frame--)
      rows.push({ kind: "frame", frame, isOver: (frames.endNs[frame] ?? NaN) < playheadNs });
    first = end;
  }
  return rows;
}
