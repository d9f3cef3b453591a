// A place in the recorded program's code, as a write knows it, an attribute names it or a line of a stack says it.

export interface CodePlace {
  readonly file: string;
  /** From 1; 1 where only the file is known. */
  readonly line: number;
  readonly column: number;
}

interface Named {
  readonly key: string;
  readonly value: string;
}

/** `file`, as far as files are whole paths: anything else is code of Node's or of nobody's. */
const isPath = (file: string): boolean => /^(?:\/|[A-Za-z]:[\\/])/.test(file);

/** `at debit (/srv/ledger.js:88:5)`, `/srv/ledger.js:88`, `file:///srv/ledger.js:88:5`. */
export function placeFromText(text: string): CodePlace | undefined {
  const [, file = "", line = "", column = "1"] =
    /(?:^|[\s(]|file:\/\/)((?:\/|[A-Za-z]:[\\/])[^\n()]*?):(\d{1,9})(?::(\d{1,9}))?(?:\)|\s|$)/.exec(text) ?? [];
  return file === "" ? undefined : { file, line: Number(line), column: Number(column) };
}

/** Of one attribute: a file with the line and column beside it, or the first place of a stack. */
export function placeOfAttribute({ key, value }: Named, all: readonly Named[]): CodePlace | undefined {
  if (key === "code.stacktrace" || key === "exception.stacktrace") return placeFromText(value);
  if (key !== "code.file.path" && key !== "code.filepath") return undefined;
  const numberOf = (...keys: readonly string[]): number =>
    Math.max(1, Number(all.find((one) => keys.includes(one.key))?.value ?? 1) || 1);
  if (!isPath(value)) return undefined;
  return {
    file: value,
    line: numberOf("code.line.number", "code.lineno"),
    column: numberOf("code.column.number", "code.column"),
  };
}

export const shortPlace = ({ file, line }: CodePlace): string => `${file.split(/[\\/]/).pop() ?? file}:${String(line)}`;
