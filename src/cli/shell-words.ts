// Words as a POSIX shell reads them back: what is printed as a command can be pasted as one.
export const shellQuoted = (words: readonly string[]): string => words.map(quotedWord).join(" ");

const quotedWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
