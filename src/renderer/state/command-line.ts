// A typed command line as the program and its arguments: split at spaces, except inside quotes or after a backslash.
// No shell runs it, so nothing in it is expanded.

export function splitCommandLine(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? "";
    const next = text[i + 1];
    if (character === "\\" && quote !== "'" && next !== undefined && /[\s"'\\]/.test(next)) {
      word = (word ?? "") + next;
      i += 1;
    } else if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= "";
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}
