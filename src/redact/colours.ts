// Colours of a terminal within text that was made for one: `\u001b[32m'password'\u001b[39m: …`.

const escape = "\u001b";
const maxDigits = 12;
const isParameter = (unit: string | undefined): boolean =>
  unit !== undefined && ((unit >= "0" && unit <= "9") || unit === ";");

/** Where the colour that begins there ends; the place itself when none does. */
export function colourEnd(text: string, at: number): number {
  if (text[at] !== escape || text[at + 1] !== "[") return at;
  let end = at + 2;
  while (end < at + 2 + maxDigits && isParameter(text[end])) end++;
  return text[end] === "m" ? end + 1 : at;
}

/** Where the colour that ends there begins; the place itself when none does. */
export function colourStart(text: string, end: number): number {
  if (text[end - 1] !== "m") return end;
  let at = end - 2;
  while (at > end - 2 - maxDigits && isParameter(text[at])) at--;
  return text[at] === "[" && text[at - 1] === escape ? at - 1 : end;
}

/** The colour's letters and digits look like the beginning of a name: where the name itself begins. */
export function afterColour(text: string, start: number): number {
  const from = Math.max(0, start - maxDigits);
  const begin = text.slice(from, start).lastIndexOf(escape);
  if (begin < 0) return start;
  const end = colourEnd(text, from + begin);
  return end > start ? end : start;
}
