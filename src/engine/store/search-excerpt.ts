// What is shown of a text that has a needle.

/** How many characters of a text are shown before the first needle, at most of it, and after it. */
export const [charactersBefore, charactersAfter] = [40, 120];

export interface Excerpt {
  readonly before: string;
  readonly matched: string;
  readonly after: string;
}

/** Of a whole text; `place` is counted from 1. */
export const excerptAt = (text: string, place: number, needle: string): Excerpt =>
  excerptOf([...text].slice(Math.max(0, place - 1 - charactersBefore)), place, needle);

/** Of characters that begin so many before `place`, which is counted from 1, as `charactersBefore` allows. */
export function excerptOf(characters: readonly string[], place: number, needle: string): Excerpt {
  const begin = Math.min(charactersBefore, Math.max(0, place - 1));
  const end = begin + [...needle].length;
  const of = (from: number, to: number): string => characters.slice(from, to).join("");
  return {
    before: of(0, begin),
    matched: of(begin, Math.min(end, begin + charactersAfter)),
    after: of(end, end + charactersAfter),
  };
}
