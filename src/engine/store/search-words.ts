// What the index is asked about of some needles. A needle is cut where texts are, at quotation marks: each part of it is in a
// text that many rows have, or all of its words are in words of the row.
import { type Cell, gramsNeeded, wordsIn } from "./search-grams.js";
import { lowered } from "./search-lower-case.js";

/** Further ones tell little more. */
const [partsTested, wordsPerPart, cellsPerWord] = [6, 3, 8];

export interface Word {
  readonly text: string;
  readonly cells: readonly Cell[];
  /** Of a word that is too short for cells that all blocks have. */
  readonly trigrams: readonly number[];
}

/** What lies between two quotation marks of a needle. */
export interface Part {
  readonly text: string;
  readonly words: readonly Word[];
}

/** Those that tell something, the longest first. */
export function partsOf(needles: readonly string[]): readonly Part[] {
  const texts = new Set(needles.flatMap((needle) => lowered(needle).split('"')));
  return [...texts]
    .map((text) => ({ text, words: wordsOf(text) }))
    .filter(({ words }) => words.length > 0)
    .toSorted((a, b) => b.text.length - a.text.length)
    .slice(0, partsTested);
}

function wordsOf(text: string): readonly Word[] {
  const longest = [...new Set(wordsIn(text))].toSorted((a, b) => b.length - a.length).slice(0, wordsPerPart);
  return longest.map((word) => {
    const { cells, trigrams } = gramsNeeded(word);
    return { text: word, cells: spread(cells), trigrams: Buffer.byteLength(word) > 4 ? [] : trigrams };
  });
}

/** A few that are far from each other. */
function spread(cells: readonly Cell[]): readonly Cell[] {
  if (cells.length <= cellsPerWord) return cells;
  const step = (cells.length - 1) / (cellsPerWord - 1);
  return Array.from({ length: cellsPerWord }, (_, at) => cells.slice(Math.floor(at * step))[0]).filter(
    (cell): cell is Cell => cell !== undefined,
  );
}
