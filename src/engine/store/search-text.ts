// What somebody typed into a search, taken apart: words that all have to occur, and "phrases in quotes" that have to occur
// as they stand. A quotation mark begins a phrase where a word could begin; the one that ends it may be left out at the end.
// Within a phrase \" is a quotation mark and \\ a backslash.

/** Each is looked for as a part of a text, without regard to case. None for a text of white space. */
export function needlesFrom(text: string): string[] {
  const needles = [...text.matchAll(/"((?:[^"\\]|\\.?)*)"?|(\S+)/gs)].map(([, phrase, word]) =>
    phrase === undefined ? (word ?? "") : phrase.replace(/\\(["\\])/g, "$1"),
  );
  return [...new Set(needles.filter((needle) => needle !== ""))];
}
