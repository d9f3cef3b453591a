// Where a text may be cut: never within something that could be a secret, whose beginning nothing would recognise.

/** Longer runs are no secrets of a known form but data, which may be cut anywhere. */
const longestRun = 1024;
const runEnds = new Set(" \t\r\n\"'`&?;,/<>(){}[]|=".split(""));

/** The text up to `units`, less the word or the number that the cut would have gone through. */
export function cutBetweenWords(text: string, units: number): string {
  if (text.length <= units) return text;
  return withoutLastWord(text.slice(0, units));
}

export function withoutLastWord(start: string): string {
  let end = start.length;
  while (end > 0 && start.length - end <= longestRun && !runEnds.has(start[end - 1] ?? " ")) end--;
  if (start.length - end > longestRun) return start;
  // Of a number in groups all groups: "4111 1111 11".
  const isNumber = /^[\d-]*$/.test(start.slice(end));
  if (isNumber) for (let left = 24; left > 0 && end > 0 && /[\d -]/.test(start[end - 1] ?? ""); left--) end--;
  return start.slice(0, end);
}
