// Secrets in text that are told by the name in front of them: `password=…`, `"token": "…"`, `Cookie: …`, also within URLs,
// JSON, escaped JSON and what console.log prints of objects. From each separator it looks back for a name and, when the
// name is a secret's, forward for the value; so the time it takes is proportional to the text.
import { elementAt } from "./markup.js";
import { isValueKey, nameAfter, nameBefore as nameOfValue } from "./name-value.js";
import { type KeyKind } from "./secret-keys.js";
import { pseudonymAt } from "./pseudonyms.js";

export interface NamedValues {
  kindOf(name: string): KeyKind | undefined;
  /** What stands in place of a value of that kind. */
  replacement(kind: KeyKind, value: string): string;
}

const maxNameUnits = 64;
/** These end names of two words: "api key: …". */
const secondWords = /^(?:key|keys|id|number|no|code|string|phrase|header|secret|token|value)$/i;
/** What texts say after such a name without telling a secret. */
const noValues = new Set(
  "true false null undefined none nil nan string number boolean object any unknown required optional missing invalid valid incorrect wrong expired expires is are was were be must should may can not no empty set unset changed reset updated ok failed error the a an and or for of in to with via from by hidden masked redacted".split(
    " ",
  ),
);
const quotes = new Set(['"', "'", "`"]);
const isNameUnit = (unit: number): boolean =>
  (unit >= 97 && unit <= 122) ||
  (unit >= 65 && unit <= 90) ||
  (unit >= 48 && unit <= 57) ||
  unit === 95 ||
  unit === 45 ||
  unit === 46 ||
  unit === 36;

interface Value {
  readonly start: number;
  readonly end: number;
}

export function redactNamedValues(text: string, names: NamedValues): string {
  let redacted = "";
  let done = 0;
  const separators = /[=:]|--|<(?=[A-Za-z_])/g;
  for (let found = separators.exec(text); found !== null; found = separators.exec(text)) {
    if (found.index < done) continue;
    const pair = foundAt(text, found.index, done, names);
    if (pair === undefined) continue;
    const { kind, value } = pair;
    const replacement = names.replacement(kind, text.slice(value.start, value.end));
    redacted += text.slice(done, value.start) + replacement;
    done = value.end;
    separators.lastIndex = done;
  }
  return done === 0 ? text : redacted + text.slice(done);
}

interface Pair {
  readonly kind: KeyKind;
  readonly value: Value;
}

function foundAt(text: string, at: number, done: number, names: NamedValues): Pair | undefined {
  switch (text[at]) {
    case "-":
      return flagAt(text, at, names);
    case "<":
      return contentAt(text, at, names);
    default:
      return pairAt(text, at, done, names);
  }
}

function contentAt(text: string, at: number, names: NamedValues): Pair | undefined {
  const found = elementAt(text, at, (name) => names.kindOf(name) !== undefined);
  const kind = found === undefined ? undefined : names.kindOf(found.name);
  if (found === undefined || kind === undefined || saysNothing(text, found.start, found.end)) return undefined;
  pseudonymAt.lastIndex = found.start;
  return pseudonymAt.test(text) ? undefined : { kind, value: found };
}

function pairAt(text: string, separator: number, from: number, names: NamedValues): Pair | undefined {
  const name = nameBefore(text, separator, from);
  if (name === undefined) return undefined;
  const kind =
    names.kindOf(name.alone) ?? (name.withWordBefore === undefined ? undefined : names.kindOf(name.withWordBefore));
  if (kind === undefined) {
    if (isValueKey(name.alone)) return valueOfAnother(text, separator, from, names);
    return isSessionOfQuery(text, separator, name.alone) ? sessionAt(text, separator, names) : undefined;
  }
  let at = separator + 1;
  if (text.startsWith("//", at)) return undefined;
  while (at < separator + 4 && (text[at] === "=" || text[at] === ">")) at++;
  const value = valueAt(text, at, kind.kind, text[separator] ?? "");
  return value === undefined ? undefined : { kind, value };
}

/** `"name":"password","value":"x"`, in either order. */
function valueOfAnother(text: string, separator: number, from: number, names: NamedValues): Pair | undefined {
  const before = nameOfValue(text, separator, from);
  const value = before === undefined || names.kindOf(before) !== undefined ? quotedAt(text, separator + 1) : undefined;
  if (value === undefined) return undefined;
  const name = before ?? nameAfter(text, value.end);
  const kind = name === undefined ? undefined : names.kindOf(name);
  return kind === undefined ? undefined : { kind, value };
}

/** A session is a secret where it identifies one: in the query of a URL, and not in every sentence about sessions. */
function isSessionOfQuery(text: string, separator: number, name: string): boolean {
  if (text[separator] !== "=" || !/^sess(?:ion)?$/i.test(name)) return false;
  const before = text[separator - name.length - 1];
  return before === "?" || before === "&" || before === undefined;
}

const leastSessionUnits = 6;

function sessionAt(text: string, separator: number, names: NamedValues): Pair | undefined {
  const kind = names.kindOf("sid");
  const value = kind === undefined ? undefined : valueAt(text, separator + 1, kind.kind, "=");
  if (kind === undefined || value === undefined || value.end - value.start < leastSessionUnits) return undefined;
  return { kind, value };
}

const nextOfList = /\\{0,8}["']\s{0,4},\s{0,4}(?=\\{0,8}["'][^-])/y;

/** `--password hunter2` and `["--password", "hunter2"]`; with "=" the pair is found by that. */
function flagAt(text: string, dashes: number, names: NamedValues): Pair | undefined {
  let end = dashes + 2;
  while (end < text.length && end - dashes < maxNameUnits && isNameUnit(text.charCodeAt(end))) end++;
  if (end === dashes + 2) return undefined;
  const kind = names.kindOf(text.slice(dashes + 2, end));
  if (kind === undefined) return undefined;
  nextOfList.lastIndex = end;
  if (nextOfList.test(text)) {
    const listed = quotedAt(text, nextOfList.lastIndex);
    return listed === undefined ? undefined : { kind, value: listed };
  }
  if (text[end] !== " " || text[end + 1] === "-") return undefined;
  const value = valueAt(text, end + 1, kind.kind, " ");
  return value === undefined ? undefined : { kind, value };
}

function nameBefore(
  text: string,
  separator: number,
  from: number,
): { readonly alone: string; readonly withWordBefore: string | undefined } | undefined {
  let end = separator;
  for (let spaces = 0; spaces < 3 && (text[end - 1] === " " || text[end - 1] === "\t"); spaces++) end--;
  if (text[end - 1] === "]") end--;
  const isQuoted = quotes.has(text[end - 1] ?? "");
  if (isQuoted) end--;
  for (let escapes = 0; isQuoted && escapes < 8 && text[end - 1] === "\\"; escapes++) end--;
  const start = startOfName(text, end, from);
  if (start === end) return undefined;
  const first = text.charCodeAt(start);
  if (first >= 48 && first <= 57) return undefined;
  const alone = text.slice(start, end);
  if (isQuoted || !secondWords.test(alone) || text[start - 1] !== " ") return { alone, withWordBefore: undefined };
  let before = start;
  for (let words = 0; words < 2 && text[before - 1] === " "; words++) {
    const next = startOfName(text, before - 1, from);
    if (next === before - 1) break;
    before = next;
  }
  return { alone, withWordBefore: text.slice(before, end) };
}

function startOfName(text: string, end: number, from: number): number {
  const least = Math.max(from, end - maxNameUnits);
  let start = end;
  while (start > least && isNameUnit(text.charCodeAt(start - 1))) start--;
  // "\npassword": the n belongs to an escape.
  if (start > least && start < end && text[start - 1] === "\\" && "nrt".includes(text[start] ?? "-")) start++;
  return start;
}

/** Quoted text only, and a bounded one: it may be looked at without being taken. */
function quotedAt(text: string, from: number): Value | undefined {
  quotedStart.lastIndex = from;
  const open = quotedStart.exec(text);
  if (open === null) return undefined;
  const start = from + open[0].length;
  const value = quotedValue(text.slice(0, start + maxListedUnits), start, open[2] ?? '"', open[1]?.length ?? 0);
  return value;
}

const quotedStart = /[ \t]{0,8}(\\{0,8})(["'`])/y;
const maxListedUnits = 4096;

function valueAt(text: string, from: number, kind: string, separator: string): Value | undefined {
  let start = from;
  while (start < from + 16 && (text[start] === " " || text[start] === "\t")) start++;
  let open = start;
  while (open < start + 8 && text[open] === "\\") open++;
  const quote = text[open] ?? "";
  if (quotes.has(quote)) return quotedValue(text, open + 1, quote, open - start);
  pseudonymAt.lastIndex = start;
  if (pseudonymAt.test(text)) return undefined;
  const end =
    quote === "[" || quote === "{"
      ? endOfStructure(text, open)
      : (endOfScheme(text, start) ??
        (separator === ":" && toEndOfLine.has(kind) ? endOfLine(text, start) : endOfWord(text, start)));
  if (end === start || saysNothing(text, start, end)) return undefined;
  return { start, end };
}

/** Only of short words: a value that was looked through to its far end is always taken, or the time would add up. */
function saysNothing(text: string, start: number, end: number): boolean {
  if (end - start > 16) return false;
  return noValues.has(
    text
      .slice(start, end)
      .replace(/[.!?:]+$/, "")
      .toLowerCase(),
  );
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

const lineEnd = /[\r\n"'`]|\\[nr"]/g;

function endOfLine(text: string, start: number): number {
  lineEnd.lastIndex = start;
  return lineEnd.exec(text)?.index ?? text.length;
}

const wordEnd = /[\s"'`<|]|[,;&)}\]>]/g;
/** After which one of these ends a value: a space, the end, another one, or the next pair. */
const afterEnd = /$|[\s"'`,;&)}\]>]|[A-Za-z_$"'][\w .$[\]-]{0,64}[=:]/y;

function endOfWord(text: string, start: number): number {
  wordEnd.lastIndex = start;
  for (let found = wordEnd.exec(text); found !== null; found = wordEnd.exec(text)) {
    const isHard = !",;&)}]>".includes(found[0]);
    if (isHard) return found.index;
    afterEnd.lastIndex = found.index + 1;
    if (afterEnd.test(text)) return found.index;
  }
  return text.length;
}
