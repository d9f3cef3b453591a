// Draws incidents in rows: as saved, as edited, and what differs. However many there are, a pixel is drawn once.
import type { ColorToken } from "../../state/theme.svelte.js";
import { type NsRange, pxFromNs } from "../../state/time-scale.js";
import type { ComparedIncident, Incident } from "./incidents.js";

export const rowPx = 18;
const barPx = 10;

export interface BacktestPicture {
  readonly widthPx: number;
  readonly range: NsRange;
  /** Undefined: nothing differs from what is saved, so one row says all. */
  readonly saved: readonly Incident[] | undefined;
  readonly incidents: readonly ComparedIncident[];
  readonly color: (token: ColorToken) => string;
}

export const rowsOf = ({ saved }: Pick<BacktestPicture, "saved">): number => (saved === undefined ? 1 : 3);

export function drawBacktest(context: CanvasRenderingContext2D, picture: BacktestPicture): void {
  const { widthPx, saved, incidents, color } = picture;
  const rows = rowsOf(picture);
  context.clearRect(0, 0, widthPx, rows * rowPx);
  context.fillStyle = color("line-1");
  for (let row = 1; row <= rows; row++) context.fillRect(0, row * rowPx - 1, widthPx, 1);
  let row = 0;
  if (saved !== undefined) {
    context.fillStyle = color("density");
    for (const [x, px] of columns(saved, picture)) context.fillRect(x, top(row), px, barPx);
    row += 1;
  }
  context.fillStyle = color("degraded");
  const edited = incidents.filter(({ change }) => change !== "lost");
  for (const [x, px] of columns(edited, picture)) context.fillRect(x, top(row), px, barPx);
  if (saved === undefined) return;
  const differing = (wanted: string) => incidents.filter(({ change }) => change === wanted);
  context.fillStyle = color("accent");
  for (const [x, px] of columns(differing("gained"), picture)) context.fillRect(x, top(2), px, barPx);
  context.strokeStyle = color("text-2");
  for (const [x, px] of columns(differing("lost"), picture))
    context.strokeRect(x + 0.5, top(2) + 0.5, px - 1, barPx - 1);
}

const top = (row: number): number => row * rowPx + (rowPx - barPx) / 2;
const leastPx = 3;

/** Left edges and widths, what would cover each other drawn as one. */
export function columns(
  incidents: readonly NsIncident[],
  { range, widthPx }: Pick<BacktestPicture, "range" | "widthPx">,
): readonly (readonly [xPx: number, widthPx: number])[] {
  const found: (readonly [number, number])[] = [];
  let [from, to] = [NaN, NaN];
  for (const { fromNs, toNs } of incidents) {
    const x = Math.max(-leastPx, Math.round(pxFromNs(range, widthPx, fromNs)));
    const end = Math.min(widthPx + leastPx, Math.max(x + leastPx, Math.round(pxFromNs(range, widthPx, toNs))));
    if (end < 0 || x > widthPx) continue;
    if (x <= to) {
      to = Math.max(to, end);
      continue;
    }
    if (!Number.isNaN(from)) found.push([from, to - from]);
    [from, to] = [x, end];
  }
  if (!Number.isNaN(from)) found.push([from, to - from]);
  return found;
}

type NsIncident = Pick<Incident, "fromNs" | "toNs">;
