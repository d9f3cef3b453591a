// Who waits for some work: whether they still do, and how far it is as they are told. It goes from where the question is
// asked down to where the work is done. Told as often as the work likes: what crosses a boundary is thinned out there.
import { type CancelSignal, neverCancelled, throwIfCancelled } from "./cancel.js";

/** What is counted. A share is of one, where there is nothing to count. */
export const progressUnits = ["share", "rows", "bytes", "files", "segments", "series", "writes", "samples"] as const;

/** Within a phase neither number goes back. Without a total nobody knows how much there is. */
export interface CallProgress {
  /** What is done, where that is not simply what was asked for: "Bringing it to format 4". */
  readonly phase?: string | undefined;
  readonly done: number;
  readonly total?: number | undefined;
  readonly unit: (typeof progressUnits)[number];
  /** Written so far, where something is written. */
  readonly bytes?: number | undefined;
}
export type Progress = (progress: CallProgress) => void;

/** Who waits for some work: whether they still do, and how they hear how far it is. */
export interface Asker {
  readonly signal: CancelSignal;
  readonly tell: Progress;
}

export const askerWith = (signal: CancelSignal, tell: Progress = () => undefined): Asker => ({ signal, tell });

/** For work that nobody waits for, and that goes on to its end. */
export const nobody: Asker = askerWith(neverCancelled);

/** Of `of` equal parts of some work, the one after the first `done`: its share is told as a part of them all. */
export const partOf = ({ signal, tell }: Asker, done: number, of: number, unit: CallProgress["unit"]): Asker => ({
  signal,
  tell: (told) => {
    if (told.total !== undefined && told.total > 0)
      tell({ phase: told.phase, done: done + Math.min(1, told.done / told.total), total: of, unit });
  },
});

/** A part of a loop is done: the place to stop at. Lets whoever has to say so be heard, when it is told. */
export function tellPart({ signal, tell }: Asker, progress: CallProgress): void {
  throwIfCancelled(signal);
  tell(progress);
}

/** 0 to 1; undefined where nobody knows. */
export const shareOf = ({ done, total }: CallProgress): number | undefined =>
  total === undefined || total <= 0 ? undefined : Math.min(1, done / total);
