// Where each group (a process, or a trace) and each of its rows lies, top to bottom, in pixels of the scrolled content.
// A row is `lane` of the span columns; its pitch is the one row pitch of the window.
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";

export const rowPitchPx = 20;
export const barHeightPx = 18;
const blockTopPx = 6;
const blockBottomPx = 6;
/** A block is never so low that its name and pid would not fit beside it. */
const fewestRows = 2;

export interface LaneBlock {
  /** The process, or the index of the trace. */
  readonly group: number;
  readonly topPx: number;
  readonly heightPx: number;
  readonly rows: number;
}

export interface LaneLayout {
  readonly blocks: readonly LaneBlock[];
  readonly heightPx: number;
  /** Top of the bar of every span, by index into the columns; -1 for one of a group that is not listed. */
  readonly topsPx: Float32Array;
}

/** One block per listed process in the order given, also where it has no span: a quiet process is shown, not hidden. */
export function layOutLanes(spans: SpanColumns, processes: readonly number[]): LaneLayout {
  return layOut(spans.process, spans.lane, processes);
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
    spans.process,
    rows,
    processes.filter((process) => used.has(process)),
  );
}

/** One block per trace, in their order. */
export const layOutTraces = (traceOf: Uint16Array, lanes: Uint16Array, traces: number): LaneLayout =>
  layOut(traceOf, lanes, [...Array(traces).keys()]);

/** `groupOf`, `rowOf`: by span, its group and its row within it. */
function layOut(groupOf: Uint16Array, rowOf: Uint16Array, groups: readonly number[]): LaneLayout {
  const rows = new Map<number, number>(groups.map((group) => [group, 0]));
  for (let i = 0; i < groupOf.length; i++) {
    const group = groupOf[i] ?? 0;
    rows.set(group, Math.max(rows.get(group) ?? 0, (rowOf[i] ?? 0) + 1));
  }
  const blocks: LaneBlock[] = [];
  let topPx = 0;
  for (const [group, used] of rows) {
    const shown = Math.max(used, fewestRows);
    const heightPx = blockTopPx + shown * rowPitchPx + blockBottomPx;
    blocks.push({ group, topPx, heightPx, rows: used });
    topPx += heightPx;
  }
  return { blocks, heightPx: topPx, topsPx: topsOf(groupOf, rowOf, blocks) };
}

function topsOf(groupOf: Uint16Array, rowOf: Uint16Array, blocks: readonly LaneBlock[]): Float32Array {
  const blockTops = new Map(blocks.map(({ group, topPx }) => [group, topPx + blockTopPx]));
  const tops = new Float32Array(groupOf.length);
  for (let i = 0; i < tops.length; i++) {
    const blockTop = blockTops.get(groupOf[i] ?? 0) ?? -1;
    tops[i] = blockTop < 0 ? -1 : blockTop + (rowOf[i] ?? 0) * rowPitchPx;
  }
  return tops;
}
