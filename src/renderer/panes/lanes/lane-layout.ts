// Where each process and each of its rows lies, top to bottom, in pixels of the scrolled content.
// A row is `lane` of the span columns; its pitch is the one row pitch of the window.
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";

export const rowPitchPx = 20;
export const barHeightPx = 18;
const blockTopPx = 6;
const blockBottomPx = 6;
/** A block is never so low that its name and pid would not fit beside it. */
const fewestRows = 2;

export interface LaneBlock {
  readonly process: number;
  readonly topPx: number;
  readonly heightPx: number;
  readonly rows: number;
}

export interface LaneLayout {
  readonly blocks: readonly LaneBlock[];
  readonly heightPx: number;
  /** Top of the bar of every span, by index into the columns; -1 for a process that is not listed. */
  readonly topsPx: Float32Array;
}

/** One block per listed process in the order given, also where it has no span: a quiet process is shown, not hidden. */
export function layOutLanes(spans: SpanColumns, processes: readonly number[]): LaneLayout {
  return layOut(spans, spans.lane, processes);
}

/** Of spans that were filtered: without processes and rows that have none of them. */
export function layOutUsedLanes(spans: SpanColumns, processes: readonly number[]): LaneLayout {
  const used = new Map<number, Set<number>>();
  for (const [i, process] of spans.process.entries()) {
    const lanes = used.get(process) ?? new Set();
    used.set(process, lanes.add(spans.lane[i] ?? 0));
  }
  const rowOfLane = new Map(
    [...used].map(([process, lanes]) => [
      process,
      new Map([...lanes].sort((a, b) => a - b).map((lane, row) => [lane, row])),
    ]),
  );
  const rows = spans.lane.map((lane, i) => rowOfLane.get(spans.process[i] ?? 0)?.get(lane) ?? 0);
  return layOut(
    spans,
    rows,
    processes.filter((process) => used.has(process)),
  );
}

/** `rowOf`: by span, its row within its process. */
function layOut({ process: processOf }: SpanColumns, rowOf: Uint16Array, processes: readonly number[]): LaneLayout {
  const rows = new Map<number, number>(processes.map((process) => [process, 0]));
  for (let i = 0; i < processOf.length; i++) {
    const process = processOf[i] ?? 0;
    rows.set(process, Math.max(rows.get(process) ?? 0, (rowOf[i] ?? 0) + 1));
  }
  const blocks: LaneBlock[] = [];
  let topPx = 0;
  for (const [process, used] of rows) {
    const shown = Math.max(used, fewestRows);
    const heightPx = blockTopPx + shown * rowPitchPx + blockBottomPx;
    blocks.push({ process, topPx, heightPx, rows: used });
    topPx += heightPx;
  }
  return { blocks, heightPx: topPx, topsPx: topsOf(processOf, rowOf, blocks) };
}

function topsOf(processOf: Uint16Array, rowOf: Uint16Array, blocks: readonly LaneBlock[]): Float32Array {
  const blockTops = new Float32Array(256).fill(-1);
  for (const block of blocks) blockTops[block.process] = block.topPx + blockTopPx;
  const tops = new Float32Array(processOf.length);
  for (let i = 0; i < tops.length; i++) {
    const blockTop = blockTops[processOf[i] ?? 0] ?? -1;
    tops[i] = blockTop < 0 ? -1 : blockTop + (rowOf[i] ?? 0) * rowPitchPx;
  }
  return tops;
}
