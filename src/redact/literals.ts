// Texts written within text, `"…\n…"` in JSON and `'…\'…'` as objects are printed: what they hold only shows when their
// escapes are read. Each is looked at once, from its first quote to its last.

/** `look` gets each literal's text that has escapes; one that it changes is written anew. */
export function readLiterals(text: string, look: (text: string) => string): string {
  let read = "";
  let done = 0;
  const unclosed = new Set<string>();
  for (let at = 0; at < text.length; at++) {
    const quote = text[at] ?? "";
    if (quote === "\\") at++;
    else if ((quote === '"' || quote === "'") && !unclosed.has(quote)) {
      const end = endOfLiteral(text, at, quote);
      if (end === undefined) unclosed.add(quote);
      else if (!end.hasEscapes) {
        // An apostrophe is no quote, and what follows it may be one.
        if (quote === '"') at = end.at;
      } else {
        const given = decoded(text.slice(at + 1, end.at), quote);
        const looked = given === undefined ? undefined : look(given);
        if (looked !== undefined && looked !== given) {
          read += text.slice(done, at) + encoded(looked, quote);
          done = end.at + 1;
        }
        at = end.at;
      }
    }
  }
  return done === 0 ? text : read + text.slice(done);
}

function endOfLiteral(
  text: string,
  start: number,
  quote: string,
): { readonly at: number; readonly hasEscapes: boolean } | undefined {
  let hasEscapes = false;
  for (let at = start + 1; at < text.length; at++) {
    const unit = text[at];
    if (unit === quote) return { at, hasEscapes };
    if (unit !== "\\") continue;
    hasEscapes = true;
    at++;
  }
  return undefined;
}

function decoded(literal: string, quote: string): string | undefined {
  const inJson =
    quote === '"'
      ? literal
      : literal
          .replace(/\\'/g, "'")
          .replace(/\\x/g, "\\u00")
          .replace(/\\[^]|"/g, (found) => (found === '"' ? '\\"' : found));
  try {
    const text: unknown = JSON.parse(`"${inJson}"`);
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined; // it only looks like one
  }
}

const encoded = (text: string, quote: string): string =>
  quote === '"'
    ? JSON.stringify(text)
    : `'${text.replace(/[\\']/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r")}'`;
