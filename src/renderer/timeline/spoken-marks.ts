// What the ruler's table says to those who do not see it: the marks that are in view, in words.
import type { Mark } from "../state/marks.svelte.js";
import { countedText } from "../state/text.js";
import type { NsRange } from "../state/time-scale.js";
import { gapWords } from "./gaps.js";

export interface SpokenMark {
  readonly offsetNs: number;
  readonly kind: string;
  readonly words: string;
}

export interface SpokenMarks {
  readonly rows: readonly SpokenMark[];
  /** Of those that are not in the table; empty where all are. */
  readonly more: string;
}

const mostRows = 200;
const kinds: Readonly<Record<Mark["kind"], string>> = {
  gap: "Gap",
  start: "Start",
  end: "End",
  error: "Error",
  note: "Note",
  alert: "Alert",
  resized: "Buffer resized",
};

type MarkFacts = Pick<Mark, "kind" | "offsetNs" | "lost" | "label" | "reason">;

export function spokenMarks(marks: readonly MarkFacts[], { fromNs, toNs }: NsRange): SpokenMarks {
  const shown = marks.filter(({ offsetNs }) => offsetNs >= fromNs && offsetNs <= toNs);
  return {
    rows: shown.slice(0, mostRows).map((mark) => ({
      offsetNs: mark.offsetNs,
      kind: kinds[mark.kind],
      words: mark.kind === "gap" ? gapWords([mark]).join("; ") : mark.label,
    })),
    more:
      shown.length > mostRows
        ? `and ${countedText(shown.length - mostRows, "more mark")}: a closer look shows them`
        : "",
  };
}
