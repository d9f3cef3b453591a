// Secrets in text that are told by the name in front of them: `password=…`, `"token": "…"`, `Cookie: …`, also within URLs,
// JSON, escaped JSON and what console.log prints of objects. From each separator it looks back for a name and, when the
// name is a secret's, forward for the value; so the time it takes is proportional to the text.
import { afterColour, colourStart } from "./colours.js";
import { type Lines, linesBelow, redactedLines } from "./lines-below.js";
import { elementAt } from "./markup.js";
import { isValueKey, nameAfter, namesBefore, partOfForm } from "./name-value.js";
import { saysNothing } from "./no-secrets.js";
import { pseudonymAt } from "./pseudonym-text.js";
import { type KeyKind } from "./secret-keys.js";
import { type Signs, everySign } from "./signs.js";
import { type Value, isQuote, quotedAt, valueAt } from "./value-ends.js";

export interface NamedValues {
  kindOf(name: string): KeyKind | undefined;
  /** What stands in place of a value of that kind. */
  replacement(kind: KeyKind, value: string): string;
}

const maxNameUnits = 64;
/** These end names of two words: "api key: …". */
const secondWords = /^(?:key|keys|id|number|no|code|string|phrase|header|secret|token|value)$/i;
const isNameUnit = (unit: number): boolean =>
  (unit >= 97 && unit <= 122) ||
  (unit >= 65 && unit <= 90) ||
  (unit >= 48 && unit <= 57) ||
  unit === 95 ||
  unit === 45 ||
  unit === 46 ||
  unit === 36;

/** How far a name may reach back from the separator after it: three words, quotes, escapes and colours. */
const nameReach = 256;
/** How far the name of an option is from its dashes, and that of an element or of its attributes from its bracket. */
const optionReach = 72;
const elementReach = 1280;

/** `signs`: of this text; only where they say that a name may be is it looked at. */
export function redactNamedValues(text: string, names: NamedValues, signs: Signs): string {
  if (!signs.hasNames) return text;
  let redacted = "";
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    if (mayBeSeparator[text.charCodeAt(at)] !== 1) continue;
    const isLong = text[at] === "-" && text[at + 1] === "-";
    const pair = mayNameAt(text, at, signs) && isSeparator(text, at) ? foundAt(text, at, done, names) : undefined;
    if (pair === undefined) {
      if (isLong) at++;
      continue;
    }
    const { kind, value } = pair;
    const given = text.slice(value.start, value.end);
    const replacement =
      pair.lines === undefined ? names.replacement(kind, given) : withoutValues(given, pair, pair.lines, names);
    redacted += text.slice(done, value.start) + replacement;
    done = value.end;
    at = done - 1;
  }
  return done === 0 ? text : redacted + text.slice(done);
}

const mayBeSeparator = new Uint8Array(65_536);
for (const unit of "=:-<&\\") mayBeSeparator[unit.charCodeAt(0)] = 1;
const separator = /--|(?<=^|[\s"'[,(])-(?=[A-Za-z])|(?:<|&lt;|\\u003[cC])(?=[A-Za-z_])/y;

function isSeparator(text: string, at: number): boolean {
  if (text[at] === "=" || text[at] === ":") return true;
  separator.lastIndex = at;
  return separator.test(text);
}

function mayNameAt(text: string, at: number, signs: Signs): boolean {
  switch (text[at]) {
    case ":":
      return signs.mayName(at - nameReach, at);
    case "=": // or a part of a form, whose name follows
      return signs.mayName(at - nameReach, at) || text.slice(Math.max(0, at - formReach), at).includes("name");
    case "-":
      return signs.mayName(at, at + optionReach);
    default:
      return signs.mayName(at, at + elementReach);
  }
}

/** Of `name` from the "=" after it. */
const formReach = 36;

const withoutValues = (given: string, { kind }: Pair, { isSentence }: Lines, names: NamedValues): string =>
  redactedLines(
    given,
    kind,
    isSentence,
    (value) => names.replacement(kind, value),
    (line) => redactNamedValues(line, names, everySign),
  );

interface Pair {
  readonly kind: KeyKind;
  readonly value: Value;
  /** Several lines, each of which may have a value. */
  readonly lines?: Lines;
}

function foundAt(text: string, at: number, done: number, names: NamedValues): Pair | undefined {
  switch (text[at]) {
    case "-":
      return flagAt(text, at, names);
    case "<":
    case "&":
    case "\\":
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
    if (text[separator] === "=" && name.alone === "content") return valueOfAnother(text, separator, names);
    if (isValueKey(name.alone)) return valueOfAnother(text, separator, names);
    const part = partOfForm(text, separator, name.alone);
    const kindOfPart = part === undefined ? undefined : names.kindOf(part.name);
    if (part !== undefined && kindOfPart !== undefined) return { kind: kindOfPart, value: part };
    return ofQuery(text, separator, name.alone, names);
  }
  let at = separator + 1;
  if (text.startsWith("//", at)) return undefined;
  while (at < separator + 4 && (text[at] === "=" || text[at] === ">")) at++;
  const value = valueAt(text, at, kind, text[separator] ?? "", name.isQuoted);
  // A remark is not yet the value.
  const isOnLine = value !== undefined && text[value.start] !== "#";
  const below = text[separator] === ":" && !isOnLine ? linesBelow(text, separator) : undefined;
  if (below !== undefined) return { kind, value: below, lines: below };
  return value === undefined ? undefined : { kind, value };
}

/** `"name":"password","value":"x"`, in either order. */
function valueOfAnother(text: string, separator: number, names: NamedValues): Pair | undefined {
  const kindBefore = namesBefore(text, separator)
    .map((name) => names.kindOf(name))
    .find((kind) => kind !== undefined);
  if (kindBefore !== undefined) {
    const value = valueAt(text, separator + 1, kindBefore, text[separator] ?? "");
    return value === undefined ? undefined : { kind: kindBefore, value };
  }
  const value = quotedAt(text, separator + 1);
  if (value === undefined) return undefined;
  const name = nameAfter(text, value.end);
  const kind = name === undefined ? undefined : names.kindOf(name);
  return kind === undefined ? undefined : { kind, value };
}

/** Names that are secrets' in the query of a URL only, by the name that stands for them and how long those are at least. */
const queryNames = [
  { pattern: /^sess(?:ion)?$/i, as: "sid", leastUnits: 6, atStart: true },
  { pattern: /^code$/i, as: "auth_code", leastUnits: 16, atStart: false },
] as const;

/** A session is a secret where it identifies one: in the query of a URL, and not in every sentence about sessions. */
function ofQuery(text: string, separator: number, name: string, names: NamedValues): Pair | undefined {
  if (text[separator] !== "=" || name.length > 7) return undefined;
  const found = queryNames.find(({ pattern }) => pattern.test(name));
  const before = text[separator - name.length - 1];
  const isOfQuery = before === "?" || before === "&" || (before === undefined && found?.atStart === true);
  const kind = found === undefined || !isOfQuery ? undefined : names.kindOf(found.as);
  const value = kind === undefined ? undefined : valueAt(text, separator + 1, kind, "=");
  if (found === undefined || kind === undefined || value === undefined) return undefined;
  return value.end - value.start < found.leastUnits ? undefined : { kind, value };
}

/** What help texts call the value of an option is a word in capitals. */
const wordOf = (text: string, { start, end }: Value): string => (end - start > 16 ? "" : text.slice(start, end));

const nextOfList = /\\{0,8}["']\s{0,4},\s{0,4}(?=\\{0,8}["'][^-])/y;

/** `--password hunter2` and `["-password", "hunter2"]`; with "=" the pair is found by that. */
function flagAt(text: string, dashes: number, names: NamedValues): Pair | undefined {
  const start = dashes + (text[dashes + 1] === "-" ? 2 : 1);
  let end = start;
  while (end < text.length && end - dashes < maxNameUnits && isNameUnit(text.charCodeAt(end))) end++;
  if (end === start) return undefined;
  // "--no-password" has no value.
  const kind = text.startsWith("no-", start) ? undefined : names.kindOf(text.slice(start, end));
  if (kind === undefined) return undefined;
  nextOfList.lastIndex = end;
  if (nextOfList.test(text)) {
    const listed = quotedAt(text, nextOfList.lastIndex);
    return listed === undefined ? undefined : { kind, value: listed };
  }
  if ((text[end] !== " " && text[end] !== "+") || text[end + 1] === "-") return undefined;
  const value = valueAt(text, end + 1, kind, " ");
  if (value === undefined || /^(?:KEY|TOKEN|PASSWORD|SECRET|STRING|VALUE|TEXT|PASS)$/.test(wordOf(text, value)))
    return undefined;
  return { kind, value };
}

interface Name {
  readonly alone: string;
  readonly withWordBefore: string | undefined;
  readonly isQuoted: boolean;
}

/** Names of resources have words between colons: `arn:aws:secretsmanager:eu-west-1:1:secret:a`. */
const resourceName = /\b(?:arn|urn):[^\s"'`<>]{0,100}:$/i;

function nameBefore(text: string, separator: number, from: number): Name | undefined {
  let end = separator;
  for (let spaces = 0; spaces < 3 && (text[end - 1] === " " || text[end - 1] === "\t"); spaces++) end--;
  end = colourStart(text, end);
  if (text[end - 1] === "]") end--;
  const isQuoted = isQuote(text[end - 1]);
  if (isQuoted) end--;
  for (let escapes = 0; isQuoted && escapes < 8 && text[end - 1] === "\\"; escapes++) end--;
  const start = startOfName(text, end, from);
  if (start === end) return undefined;
  const first = text.charCodeAt(start);
  if (first >= 48 && first <= 57) return undefined;
  if (text[start - 1] === ":" && resourceName.test(text.slice(Math.max(0, start - 128), start))) return undefined;
  const alone = text.slice(start, end);
  if (isQuoted || !secondWords.test(alone) || text[start - 1] !== " ")
    return { alone, withWordBefore: undefined, isQuoted };
  let before = start;
  for (let words = 0; words < 2 && text[before - 1] === " "; words++) {
    const next = startOfName(text, before - 1, from);
    if (next === before - 1) break;
    before = next;
  }
  return { alone, withWordBefore: text.slice(before, end), isQuoted };
}

function startOfName(text: string, end: number, from: number): number {
  const least = Math.max(from, end - maxNameUnits);
  let start = end;
  while (start > least && isNameUnit(text.charCodeAt(start - 1))) start--;
  // "\npassword": the n belongs to an escape.
  if (start > least && start < end && text[start - 1] === "\\" && "nrt".includes(text[start] ?? "-")) start++;
  const first = text.charCodeAt(start);
  return first >= 48 && first <= 57 ? Math.min(afterColour(text, start), end) : start;
}
