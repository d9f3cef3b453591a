// YAML's values that stand below their key, on deeper indented lines: a text, a list, or further keys.
import { saysNothing, saysNothingBare } from "./no-secrets.js";
import { isPseudonym } from "./pseudonym-text.js";
import type { KeyKind } from "./secret-keys.js";
import type { Value } from "./value-ends.js";

const maxKeyLine = 160;
/** Nothing but a key. */
const keyLine = /^([ \t]{0,80}(?:-[ \t]{1,8}){0,8})["']?[\w.$-]{1,64}["']?[ \t]{0,4}$/;
const restOfKeyLine = /[ \t]{0,8}(?:# [^\r\n]{0,128})?\r?\n/y;
/** In front of a value: dashes of lists, and a key of its own. */
const beforeValue = /[ \t]*(?:-[ \t]+)*(?:["']?[\w.$-]{1,64}["']?[ \t]{0,4}:(?:[ \t]+|$))?/y;
/** A place in a stack, a template's directive, and what begins a text of several lines. */
const noValue = /^(?:at |\{\{|[|>][+-]?\d?$|---$|[[\]{}],?$)/;

/** Below the end of a sentence only what looks as no word or name does: "Missing secrets:" is followed by their names. */
const looksSecret = (value: string): boolean =>
  value.length >= 4 &&
  !/\s|^[A-Z][A-Z0-9_]*$/.test(value) &&
  (/[\d!#$%&*+=?@^~]/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value)));

export interface Lines extends Value {
  /** Words stand in front of the key. */
  readonly isSentence: boolean;
}

/** The lines that belong to the key before the separator; they are always taken, or looking at them would add up. */
export function linesBelow(text: string, separator: number): Lines | undefined {
  restOfKeyLine.lastIndex = separator + 1;
  if (!restOfKeyLine.test(text)) return undefined;
  const start = restOfKeyLine.lastIndex;
  const lineStart = text.lastIndexOf("\n", separator) + 1;
  const key = separator - lineStart > maxKeyLine ? null : keyLine.exec(text.slice(lineStart, separator));
  const column = key?.[1]?.length ?? indentAt(text, lineStart);
  const end = endOfLines(text, start, column);
  return end > start ? { start, end, isSentence: key === null } : undefined;
}

function indentAt(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === " " || text[at] === "\t") at++;
  return at - lineStart;
}

function endOfLines(text: string, start: number, column: number): number {
  let end = start;
  for (let at = start; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline;
    const first = at + indentAt(text, at);
    const isBlank = first >= lineEnd || text[first] === "\r";
    const isItem = first - at === column && text.startsWith("- ", first);
    if (!isBlank && first - at <= column && !isItem) break;
    if (!isBlank) end = lineEnd;
    at = lineEnd + 1;
  }
  return end;
}

/** `secret` gets each value; `other` each line that has none. */
export function redactedLines(
  lines: string,
  { coversNumbers }: KeyKind,
  isSentence: boolean,
  secret: (value: string) => string,
  other: (line: string) => string,
): string {
  return lines
    .split("\n")
    .map((line) => {
      beforeValue.lastIndex = 0;
      const before = beforeValue.exec(line)?.[0] ?? "";
      const content = line.slice(before.length).trimEnd();
      const [open, value] = unquoted(content);
      if (value === "" || noValue.test(value) || isPseudonym(value) || saysNothing(value, 0, value.length))
        return other(line);
      if (isSentence && (before.includes(":") || !looksSecret(value))) return other(line);
      const word = /^\S+/.exec(value)?.[0] ?? "";
      if (open === "" && saysNothingBare(word, 0, word.length, coversNumbers)) return other(line);
      return before + open + secret(value) + line.slice(before.length + open.length + value.length);
    })
    .join("\n");
}

function unquoted(content: string): readonly [open: string, value: string] {
  const quote = content[0] ?? "";
  const isQuoted = (quote === '"' || quote === "'") && content.length > 1 && content.endsWith(quote);
  return isQuoted ? [quote, content.slice(1, -1)] : ["", content];
}
