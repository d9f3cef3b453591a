// Where the value ends that follows a secret's name in text, and where it begins. Whatever is looked through to its far end
// is taken, or looking would add up to the square of the text; what may be given up is looked at in bounds.
import { colourEnd } from "./colours.js";
import { saysNothing, saysNothingBare } from "./no-secrets.js";
import { pseudonymAt } from "./pseudonym-text.js";
import { type KeyKind } from "./secret-keys.js";

export interface Value {
  readonly start: number;
  readonly end: number;
}

const quotes = new Set(['"', "'", "`"]);
export const isQuote = (unit: string | undefined): boolean => quotes.has(unit ?? "");

const quotedStart = /[ \t]{0,8}(\\{0,8})(["'`])/y;
const maxListedUnits = 4096;

/** Quoted text only, and a bounded one: it may be looked at without being taken. */
export function quotedAt(text: string, from: number): Value | undefined {
  quotedStart.lastIndex = from;
  const open = quotedStart.exec(text);
  if (open === null) return undefined;
  const start = from + open[0].length;
  return quotedValue(text.slice(0, start + maxListedUnits), start, open[2] ?? '"', open[1]?.length ?? 0);
}

/** Objects that are printed over several lines have long texts on a line of their own. */
const quotedOnNextLine = /\r?\n[ \t]{1,64}(?=\\{0,8}["'`])/y;
/** YAML's texts of several lines. */
const blockScalar = /[|>][+-]?\d?[ \t]{0,8}\r?\n([ \t]{1,64})/y;

/** After a quote that ends the text with the name: `"Password: ","at":1`. */
const goesOn = /,[ \t]{0,4}\\{0,8}["']|\s{0,4}[}\]]\s{0,4}(?:$|[,}\]])|\)|$/y;

/** `isNameQuoted`: then a quote that follows begins the value. */
export function valueAt(
  text: string,
  from: number,
  kind: KeyKind,
  separator: string,
  isNameQuoted = false,
): Value | undefined {
  let start = spacesEnd(text, from);
  quotedOnNextLine.lastIndex = start;
  if (quotedOnNextLine.test(text)) start = quotedOnNextLine.lastIndex;
  blockScalar.lastIndex = start;
  const block = blockScalar.exec(text);
  if (block !== null) return { start: blockScalar.lastIndex, end: endOfBlock(text, blockScalar.lastIndex, block[1]) };
  let open = start;
  while (open < start + 8 && text[open] === "\\") open++;
  const quote = text[open] ?? "";
  goesOn.lastIndex = open + 1;
  if (quotes.has(quote))
    return !isNameQuoted && goesOn.test(text) ? undefined : quotedValue(text, open + 1, quote, open - start);
  pseudonymAt.lastIndex = start;
  if (pseudonymAt.test(text)) return undefined;
  const end =
    quote === "[" || quote === "{"
      ? endOfStructure(text, open)
      : (endOfScheme(text, start) ??
        (separator === ":" && toEndOfLine.has(kind.kind) ? endOfLine(text, start) : endOfWord(text, start)));
  if (end === start || saysNothingBare(text, start, end, kind.coversNumbers)) return undefined;
  return { start, end };
}

function spacesEnd(text: string, from: number): number {
  let start = from;
  for (let count = 0; count < 16; count++) {
    if (text[start] === " " || text[start] === "\t") start++;
    else {
      const end = colourEnd(text, start);
      if (end === start) break;
      start = end;
    }
  }
  return start;
}

/** All lines that are indented as the first one is. */
function endOfBlock(text: string, start: number, indent = " "): number {
  for (let end = start; ;) {
    const newline = text.indexOf("\n", end);
    if (newline < 0) return text.length;
    if (!text.startsWith(indent, newline + 1)) return newline;
    end = newline + 1;
  }
}

const toEndOfLine = new Set(["cookie", "seed-phrase"]);
const schemeOfWord = /(?:Bearer|Basic|Token|Negotiate|ApiKey|NTLM|DPoP)[ \t]{1,4}/iy;
const schemeOfLine = /(?:Digest|OAuth|Hawk|AWS4-HMAC-SHA256)[ \t]/iy;

function endOfScheme(text: string, start: number): number | undefined {
  schemeOfWord.lastIndex = start;
  if (schemeOfWord.test(text)) {
    pseudonymAt.lastIndex = schemeOfWord.lastIndex;
    return pseudonymAt.test(text) ? pseudonymAt.lastIndex : endOfWord(text, schemeOfWord.lastIndex);
  }
  schemeOfLine.lastIndex = start;
  return schemeOfLine.test(text) ? endOfLine(text, start) : undefined;
}

/** Everything between brackets; without an end, all the rest. */
function endOfStructure(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const unit = text[at];
    if (unit === "[" || unit === "{") depth++;
    else if ((unit === "]" || unit === "}") && --depth === 0) return at + 1;
  }
  return text.length;
}

function quotedValue(text: string, start: number, quote: string, escapes: number): Value | undefined {
  let end = text.indexOf(quote, start);
  while (end >= 0) {
    let slashes = 0;
    while (slashes < 16 && text[end - 1 - slashes] === "\\" && end - slashes > start) slashes++;
    if (escapes === 0 ? slashes % 2 === 0 : slashes <= escapes) {
      end -= escapes === 0 ? 0 : slashes;
      break;
    }
    end = text.indexOf(quote, end + 1);
  }
  if (end < 0) end = text.length;
  if (end <= start) return undefined;
  pseudonymAt.lastIndex = start;
  if (pseudonymAt.test(text) && pseudonymAt.lastIndex === end) return undefined;
  return saysNothing(text, start, end) ? undefined : { start, end };
}

/** To the end of the line or of the quotes around it; quotes after "=" are the line's own. */
const restOfLine = /(?:=(?:"[^"\r\n]{0,1024}"|'[^'\r\n]{0,1024}')|[^\r\n"'`\\]|\\(?![nr"]))*/y;

function endOfLine(text: string, start: number): number {
  restOfLine.lastIndex = start;
  return restOfLine.test(text) ? restOfLine.lastIndex : text.length;
}

const wordEnd = /[\s"'`<|\u001b]|[,;&)}\]>]/g;
/** After which one of these ends a value: a space, the end, another one, or the next pair. */
const afterEnd = /$|[\s"'`,;&)}\]>]|\\{1,8}["'nr]|[A-Za-z_$"'][\w .$[\]-]{0,64}[=:]/y;

function endOfWord(text: string, start: number): number {
  wordEnd.lastIndex = start;
  for (let found = wordEnd.exec(text); found !== null; found = wordEnd.exec(text)) {
    const isHard = !",;&)}]>".includes(found[0]);
    if (isHard) return endOfLiteral(text, start, found.index);
    afterEnd.lastIndex = found.index + 1;
    if (afterEnd.test(text)) return found.index;
  }
  return text.length;
}

/** `crypt('x'` and `N'x'`: the quoted text belongs to the word before it. */
function endOfLiteral(text: string, start: number, end: number): number {
  const quote = text[end] ?? "";
  const isLiteral = text[end - 1] === "(" || (end - start === 1 && "NEBRUbru".includes(text[start] ?? " "));
  if (!quotes.has(quote) || !isLiteral) return end;
  const close = text.indexOf(quote, end + 1);
  return close < 0 ? text.length : close + 1;
}
