// A watched value over the whole recording, in pixels: a step line where it was always a number, else a box for each value it
// was; and a mark for each write inside it.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import { pathBelow } from "./history-rows.js";

export interface LaneBox {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Of the recording. */
  readonly start: bigint;
  readonly untilNs: number;
}

export interface WatchLane {
  /** An SVG path; undefined where it was not always a number. */
  readonly line: string | undefined;
  readonly boxes: readonly { readonly xPx: number; readonly widthPx: number; readonly text: string }[];
  /** Writes inside the value. */
  readonly marksPx: readonly number[];
  /** Where what is known begins, when there were more writes than were read. */
  readonly unreadPx: number;
}

const insetPx = 3;

const round = (px: number) => Math.round(px * 10) / 10;

export const xInLane = ({ widthPx, untilNs }: LaneBox, ns: number): number =>
  round((Math.min(Math.max(ns, 0), untilNs) / Math.max(untilNs, 1)) * widthPx);

export function watchLane(
  { writes, total }: Pick<CallResult<"state.history">, "writes" | "total">,
  path: string,
  box: LaneBox,
): WatchLane {
  const own = writes.filter((write) => pathBelow(write, path) === "");
  const xOf = (write: WriteEntry) => xInLane(box, Number(write.instant - box.start));
  const marks = new Set(writes.filter((write) => pathBelow(write, path) !== "").map((write) => Math.round(xOf(write))));
  const first = writes[0];
  const unreadPx = total > writes.length && first !== undefined ? xOf(first) : 0;
  const line = lineOf(own, xOf, box);
  return { line, boxes: line === undefined ? boxesOf(own, xOf, box) : [], marksPx: [...marks], unreadPx };
}

/** Where the value was away there is no line. */
function lineOf(own: readonly WriteEntry[], xOf: (write: WriteEntry) => number, box: LaneBox): string | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (const write of own) {
    if (write.new === undefined) continue;
    if (typeof write.new !== "number") return undefined;
    min = Math.min(min, write.new);
    max = Math.max(max, write.new);
  }
  if (min > max) return undefined;
  const yOf = (value: number) =>
    round((max === min ? 0.5 : (max - value) / (max - min)) * (box.heightPx - 2 * insetPx) + insetPx);
  let line = "";
  let isDown = false;
  for (const write of own) {
    if (isDown) line += `H${xOf(write)}`;
    if (typeof write.new === "number") line += isDown ? `V${yOf(write.new)}` : `M${xOf(write)} ${yOf(write.new)}`;
    isDown = typeof write.new === "number";
  }
  return isDown ? `${line}H${box.widthPx}` : line;
}

/** Those that share a pixel are one: the last of them. */
function boxesOf(own: readonly WriteEntry[], xOf: (write: WriteEntry) => number, box: LaneBox): WatchLane["boxes"] {
  const boxes: { xPx: number; widthPx: number; text: string }[] = [];
  for (const [at, write] of own.entries()) {
    const xPx = xOf(write);
    const next = own[at + 1];
    const endPx = next === undefined ? box.widthPx : xOf(next);
    if (write.newText !== "" && endPx - xPx >= 1) boxes.push({ xPx, widthPx: round(endPx - xPx), text: write.newText });
  }
  return boxes;
}

/** The write nearest to a place in the lane. */
export function writeNear(writes: readonly WriteEntry[], box: LaneBox, xPx: number): WriteEntry | undefined {
  let nearest: WriteEntry | undefined;
  let nearestPx = Infinity;
  for (const write of writes) {
    const beside = Math.abs(xInLane(box, Number(write.instant - box.start)) - xPx);
    if (beside > nearestPx) continue;
    nearestPx = beside;
    nearest = write;
  }
  return nearest;
}
