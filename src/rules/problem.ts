// What is wrong with a text of rules, and where. A problem may carry the text that puts it right.

export interface Problem {
  /** Offsets in the text, in UTF-16 units; `to` is behind the last one. */
  readonly from: number;
  readonly to: number;
  /** An error keeps its rule from running; a warning does not. */
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What to write in place of [from, to), where that is known. */
  readonly fix?: string;
}

/** Where something stands in a text. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Line and column, both from 1, of offsets in a text. */
export function lineColumns(text: string): (offset: number) => LineColumn {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let first = 0;
    let end = starts.length;
    while (end - first > 1) {
      const middle = (first + end) >> 1;
      if ((starts[middle] ?? 0) <= offset) first = middle;
      else end = middle;
    }
    return { line: first + 1, column: offset - (starts[first] ?? 0) + 1 };
  };
}

/** Longer names are no typos of anything, and comparing them takes the square of their length. */
const mostSuggested = 64;

/** Of some names the one that was meant, if one is near enough. */
export function nearest(written: string, names: Iterable<string>): string | undefined {
  if (written.length > mostSuggested) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of names) {
    if (Math.abs(name.length - written.length) >= bestDistance) continue;
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

export const didYouMean = (name: string | undefined): string => (name === undefined ? "" : `; did you mean ${name}?`);

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let twoBefore: number[] = [];
  let before = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let least = Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (before[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (twoBefore[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    twoBefore = before;
    before = row;
  }
  return before[b.length] ?? 0;
}
