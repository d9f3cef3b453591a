// Secrets within one text. Most texts have none, and most of those are told by one pass over their characters: no run long
// enough for a token, no separator that could follow a name, not enough digits for a card.
import { replaceCards } from "./card-numbers.js";
import { redactNamedValues } from "./key-values.js";
import { readLiterals } from "./literals.js";
import { saysNothing } from "./no-secrets.js";
import { type Pseudonyms, isPseudonym } from "./pseudonyms.js";
import type { SecretKeys } from "./secret-keys.js";
import { type TokenPattern, awsSecret, blockPatterns, framedPatterns, tokenPatterns } from "./token-patterns.js";
import { plain, secretReplacement } from "./values.js";

/** What a character can be part of, as bits. */
const units = { token: 1, digit: 2, separator: 4, percent: 8, hint: 16, dash: 32 } as const;
const unitClasses = new Uint8Array(128);
for (const unit of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+")
  unitClasses[unit.charCodeAt(0)] = units.token | (unit >= "0" && unit <= "9" ? units.digit : 0);
for (const unit of "=:@<&\\") unitClasses[unit.charCodeAt(0)] = units.separator;
unitClasses["%".charCodeAt(0)] = units.percent;
/** In what only words tell ("basic", "bearer", "password '…'", "--password"): other texts need not be searched for them. */
for (const unit of "bB'\"") unitClasses[unit.charCodeAt(0)] = (unitClasses[unit.charCodeAt(0)] ?? 0) | units.hint;
unitClasses["-".charCodeAt(0)] = units.token | units.hint | units.dash;

/** What a text may hold, as bits. */
const [pairs, tokens, card, escapes, everything] = [1, 2, 4, 8, 15] as const;

const wordsThatTell = /\bbasic\b|\bbearer\b|--|(?:^|[\s"'[,(])-[a-z]|\bidentified\s|\bpassword\s{0,4}['"(en]/i;

/** The shortest token is what follows "Basic ", and the shortest of the others is twice as long. */
const leastTokenUnits = 16;
const leastBasicUnits = 8;
const leastOptionUnits = 4;
const leastCardDigits = 14;
/** Shorter texts have room neither for a name and its value nor for a token. */
const leastUnits = 5;
const rememberedUnits = 256;
/** URLs within URLs within URLs: how often a part is read that was written for one. */
const maxLevels = 3;
const maxWideUnits = 4096;

export interface TextSettings {
  /** Words that begin so are secrets of the program's own. */
  readonly prefixes: readonly string[];
  /** Kinds that are left alone. */
  readonly allow: readonly string[];
}

/** Patterns, and all of them in one: whether any matches is asked first. */
interface PatternGroup {
  readonly patterns: readonly TokenPattern[];
  readonly any: RegExp;
}

export class Texts {
  readonly #pseudonyms: Pseudonyms;
  readonly #keys: SecretKeys;
  readonly #blocks: PatternGroup;
  readonly #tokens: PatternGroup;
  readonly #framed: PatternGroup;
  readonly #hasCards: boolean;
  readonly #always: number;
  /** Texts that were looked through and have nothing secret, by a cheap hash; a later one takes an earlier one's place. */
  readonly #harmless: string[] = new Array<string>(512).fill("");

  constructor(pseudonyms: Pseudonyms, keys: SecretKeys, { prefixes, allow }: TextSettings) {
    this.#pseudonyms = pseudonyms;
    this.#keys = keys;
    const asked = (patterns: readonly TokenPattern[]): TokenPattern[] =>
      patterns.filter(({ kind }) => !allow.includes(kind));
    const own = prefixes.filter((prefix) => prefix !== "").map(ownPattern);
    this.#blocks = groupOf(asked(blockPatterns));
    this.#tokens = groupOf([...own, ...asked(tokenPatterns)]);
    this.#framed = groupOf(asked(framedPatterns));
    this.#hasCards = !allow.includes("card");
    this.#always = own.length > 0 ? tokens : 0;
  }

  isHarmless(text: string): boolean {
    if (this.#mayHold(text) === 0 || this.#harmless[placeOf(text)] === text) return true;
    return this.#pseudonyms.uncounted(() => this.redacted(text)) === text;
  }

  /** What `mayHold` looks for, sought in an ASCII text as it is written; false when it takes a closer look. */
  showsNothing(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#always !== 0) return false;
    const length = end - start;
    if (length < leastUnits) return true;
    let seen = 0;
    for (let at = start; at < end; at++) seen |= unitClasses[bytes[at] ?? 0] ?? 0;
    if ((seen & (units.separator | units.percent)) !== 0) return false;
    if ((seen & units.digit) !== 0 && length >= leastCardDigits) return false;
    const leastRun = leastRunOf(seen);
    return length < leastRun || !hasRun(bytes, start, end, leastRun);
  }

  redacted(text: string): string {
    const holds = this.#mayHold(text);
    if (holds === 0) return text;
    const place = placeOf(text);
    if (this.#harmless[place] === text) return text;
    const redacted = this.#lookedThrough(text, holds);
    if (redacted === text && text.length <= rememberedUnits) this.#harmless[place] = text;
    return redacted;
  }

  /** 0 when one look at the characters shows that there is nothing secret. */
  #mayHold(text: string): number {
    const { length } = text;
    if (length < leastUnits) return 0;
    let seen = 0;
    let [run, longest, digits] = [0, 0, 0];
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at);
      const found = unit < 128 ? (unitClasses[unit] ?? 0) : 0;
      seen |= found;
      if ((found & units.token) === 0) run = 0;
      else if (++run > longest) longest = run;
      if ((found & units.digit) !== 0) digits++;
    }
    const isLong = longest >= leastTokenUnits || (longest >= leastRunOf(seen) && wordsThatTell.test(text));
    return (
      this.#always |
      ((seen & units.separator) !== 0 ? pairs : 0) |
      (isLong ? pairs | tokens : 0) |
      (digits >= leastCardDigits ? card : 0) |
      ((seen & units.percent) !== 0 ? escapes : 0)
    );
  }

  #lookedThrough(text: string, holds: number, levels = maxLevels): string {
    let redacted = text;
    if ((holds & tokens) !== 0) redacted = this.#replaced(redacted, this.#blocks);
    if (levels > 0 && redacted.includes("\\"))
      redacted = readLiterals(redacted, (part) => this.#lookedThrough(part, everything, levels - 1));
    if ((holds & pairs) !== 0) {
      redacted = redactNamedValues(redacted, {
        kindOf: (name) => this.#keys.kindOf(name),
        replacement: (kind, value) => secretReplacement(this.#pseudonyms, kind.kind, value),
      });
      redacted = this.#replaced(redacted, this.#framed);
    }
    if ((holds & escapes) !== 0) redacted = this.#partsRead(redacted, levels - 1);
    if ((holds & tokens) !== 0) redacted = this.#replaced(redacted, this.#tokens);
    if (redacted !== text && redacted.includes("[redacted:aws-access-key#"))
      redacted = this.#replaced(redacted, besideAccessKey);
    if ((holds & card) === 0 || !this.#hasCards) return redacted;
    return replaceCards(redacted, (digits) => this.#pseudonyms.of("card", digits));
  }

  #replaced(text: string, { patterns, any }: PatternGroup): string {
    if (!any.test(text)) return text;
    let replaced = text;
    for (const { kind, pattern } of patterns)
      replaced = replaced.replace(pattern, (secret) =>
        isPseudonym(secret) || saysNothing(secret, 0, secret.length)
          ? secret
          : this.#pseudonyms.of(kind, plain(secret)),
      );
    return replaced;
  }

  /** Parts written for a URL may hold what only shows when they are read: first as wide as they may be, then one by one. */
  #partsRead(text: string, levels: number): string {
    if (levels < 0 || !/%[0-9A-Fa-f]{2}/.test(text)) return text;
    const wide = text.replace(/[^\s"]+/g, (part) =>
      part.length > maxWideUnits || !/[;'<>,[\]]/.test(part) ? part : this.#partRead(part, levels),
    );
    return wide.replace(/[^\s&;"'<>,[\]?#]+/g, (part) => this.#partRead(part, levels));
  }

  #partRead(part: string, levels: number): string {
    const read = part.includes("%") ? decoded(part.replaceAll("+", " ")) : undefined;
    if (read === undefined) return part;
    const redacted = this.#lookedThrough(read, everything, levels);
    return redacted === read ? part : redacted;
  }
}

const leastRunOf = (seen: number): number =>
  (seen & units.dash) !== 0 ? leastOptionUnits : (seen & units.hint) !== 0 ? leastBasicUnits : leastTokenUnits;

/** Whether so many characters of tokens follow each other: then one of them is at a multiple of as many. */
function hasRun(bytes: Uint8Array, start: number, end: number, least: number): boolean {
  for (let at = start + least - 1; at < end; at += least) {
    let from = at;
    while (from >= start && isOfToken(bytes[from] ?? 0)) from--;
    if (from === at) continue;
    let to = at + 1;
    while (to < end && to - from <= least && isOfToken(bytes[to] ?? 0)) to++;
    if (to - from > least) return true;
  }
  return false;
}

const isOfToken = (unit: number): boolean => ((unitClasses[unit] ?? 0) & units.token) !== 0;

function groupOf(patterns: readonly TokenPattern[]): PatternGroup {
  // Without any there is nothing to find: an empty negative look ahead matches nowhere.
  const any = patterns.length === 0 ? /(?!)/ : new RegExp(patterns.map(({ pattern }) => pattern.source).join("|"));
  return { patterns, any };
}

const besideAccessKey = groupOf([awsSecret]);

const ownPattern = (prefix: string): TokenPattern => ({
  kind: "custom",
  pattern: new RegExp(`${prefix.replace(/[^A-Za-z0-9_]/g, "\\$&")}[A-Za-z0-9._~+/=-]{4,4096}`, "g"),
});

/** One level only, and as far as it is well formed. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function placeOf(text: string): number {
  const { length } = text;
  const [first, middle, last] = [text.charCodeAt(0), text.charCodeAt(length >> 1), text.charCodeAt(length - 1)];
  return (length * 131 + first * 31 + middle * 7 + last) & 511;
}
