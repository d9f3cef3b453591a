// What the State pane says of a cut through several processes: a word for the bar, and what it means.
import type { StateCut } from "../../../shared/protocol/engine-rows.js";
import { durationText } from "../../state/text.js";

export interface CutWords {
  readonly word: string;
  readonly meaning: string;
  /** Another state is shown than the process's own clock would have. */
  readonly isMoved: boolean;
}

const lengthOf = (ns: bigint): string => durationText(Number(ns < 0n ? -ns : ns));

/** Undefined where there is nothing to say: one process only, or all of them at exactly one moment. */
export function cutWords(cut: StateCut | undefined): CutWords | undefined {
  if (cut === undefined) return undefined;
  const { movedNs, uncertaintyNs } = cut;
  const within =
    uncertaintyNs === undefined ? undefined : `All processes are shown as they were within ${lengthOf(uncertaintyNs)}.`;
  if (movedNs === 0n) {
    if (within === undefined || uncertaintyNs === 0n) return undefined;
    return { word: `± ${lengthOf(uncertaintyNs ?? 0n)}`, meaning: within, isMoved: false };
  }
  const [word, why] =
    movedNs < 0n
      ? ["earlier", "what it received then is not sent yet by the sender's clock"]
      : ["later", "what others received from it is shown already"];
  const meaning = [`Shown as it was ${lengthOf(movedNs)} ${word} by its own clock: ${why}.`, within];
  return {
    word: `${lengthOf(movedNs)} ${word}`,
    meaning: meaning.filter((text) => text !== undefined).join("\n"),
    isMoved: true,
  };
}
