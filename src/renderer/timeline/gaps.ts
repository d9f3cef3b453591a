// What is missing, lost or evicted, and where on the ruler. A gap has a beginning (the last record kept) and an end (the first one after);
// most are shorter than a pixel, so that each is drawn at least wide enough to be seen.
import type { Mark } from "../state/marks.svelte.js";
import { countedText } from "../state/text.js";
import { type NsRange, pxFromNs } from "../state/time-scale.js";

export type Gap = Pick<Mark, "kind" | "sinceNs" | "offsetNs" | "lost" | "label" | "reason">;

export interface GapRegion {
  readonly fromPx: number;
  readonly toPx: number;
  readonly gaps: readonly Gap[];
}

const leastPx = 5;
const mergePx = 2;

/** Stretches of the ruler where records are missing, from left to right; those that touch are one. */
export function gapRegions(marks: readonly Gap[], shown: NsRange, widthPx: number): readonly GapRegion[] {
  const placed = marks
    .filter((gap) => gap.kind === "gap" && !isFiltered(gap))
    .map((gap) => {
      const toPx = pxFromNs(shown, widthPx, gap.offsetNs);
      return { gap, fromPx: Math.min(pxFromNs(shown, widthPx, gap.sinceNs), toPx - leastPx), toPx };
    })
    .filter(({ fromPx, toPx }) => toPx >= 0 && fromPx <= widthPx)
    .sort((one, other) => one.fromPx - other.fromPx);
  const regions: { fromPx: number; toPx: number; gaps: Gap[] }[] = [];
  for (const { gap, fromPx, toPx } of placed) {
    const last = regions.at(-1);
    if (last === undefined || fromPx > last.toPx + mergePx) regions.push({ fromPx, toPx, gaps: [gap] });
    else {
      last.toPx = Math.max(last.toPx, toPx);
      last.gaps.push(gap);
    }
  }
  return regions;
}

/** Not lost: somebody paused the recording. */
export const isPaused = ({ reason }: Pick<Gap, "reason">): boolean => reason === "paused";

type GapFacts = Pick<Gap, "lost" | "label" | "reason">;

/** Not lost: removed because the recording was to keep no more. */
export const isEvicted = ({ reason }: Pick<Gap, "reason">): boolean => reason === "evicted";

/** Not lost: a stage of the pipeline left it out. That may be all the time, so that no stretch is shown as one with something missing. */
export const isFiltered = ({ reason }: Pick<Gap, "reason">): boolean => reason === "filtered";

/**
 * `1 204 records lost here: the program was faster than the recorder`, a line for each reason; how many were evicted, of all
 * processes together; what stages of the pipeline left out; and how long the program stood still.
 */
export function gapWords(gaps: readonly GapFacts[]): readonly string[] {
  const lostByLabel = new Map<string, number>();
  for (const gap of gaps)
    if (!isEvicted(gap) && !isFiltered(gap) && !isPaused(gap))
      lostByLabel.set(gap.label, (lostByLabel.get(gap.label) ?? 0) + gap.lost);
  const suspended = new Set(gaps.filter(({ reason }) => reason === "suspended").map(({ label }) => label));
  const lines = [...lostByLabel].map(([label, lost]) => {
    if (suspended.has(label)) return `The program ${label}`;
    const reason = label.slice(label.indexOf(":") + 1).trim();
    if (lost === 0) return `Records may be missing here: ${reason}`;
    return `${countedText(lost, "record")} lost here: ${reason}`;
  });
  const evicted = gaps.filter(isEvicted).reduce((sum, { lost }) => sum + lost, 0);
  if (evicted > 0) lines.push(`${countedText(evicted, "record")} evicted here to keep the recording within its limits`);
  const paused = gaps.filter(isPaused).reduce((sum, { lost }) => sum + lost, 0);
  if (paused > 0)
    lines.push(`Recording was paused here: ${countedText(paused, "record")} ${paused === 1 ? "was" : "were"} not kept`);
  return [...lines, ...filteredWords(gaps.filter(isFiltered))];
}

/** `left out by stage 2 drop event cache.* (7 events)`: a line for each stage. */
function filteredWords(gaps: readonly GapFacts[]): readonly string[] {
  const byStage = new Map<string, number>();
  for (const { label, lost } of gaps) {
    const stage = label.replace(/ \([^()]*\)$/, "");
    byStage.set(stage, (byStage.get(stage) ?? 0) + lost);
  }
  return [...byStage].map(([stage, count]) => `${countedText(count, "record")} ${stage}`);
}
