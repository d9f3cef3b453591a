// Secrets within one text. Most texts have none, and most of those are told by one pass over their characters: no run long
// enough for a token, no separator that could follow a name, not enough digits for a card.
import { replaceCards } from "./card-numbers.js";
import { holds, mayHold, showsNothing } from "./first-look.js";
import { redactNamedValues } from "./key-values.js";
import { readLiterals } from "./literals.js";
import { saysNothing } from "./no-secrets.js";
import { type Pseudonyms, isPseudonym } from "./pseudonyms.js";
import type { SecretKeys } from "./secret-keys.js";
import { type TokenPattern, awsSecret, blockPatterns, framedPatterns, tokenPatterns } from "./token-patterns.js";
import { plain, secretReplacement } from "./values.js";

const rememberedUnits = 1024;
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
    this.#always = own.length > 0 ? holds.tokens : 0;
  }

  isHarmless(text: string): boolean {
    if (this.#mayHold(text) === 0 || this.#harmless[placeOf(text)] === text) return true;
    return this.#pseudonyms.uncounted(() => this.redacted(text)) === text;
  }

  /** Of UTF-8; false when it takes a closer look. */
  showsNothing(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#always === 0 && showsNothing(bytes, start, end);
  }

  redacted(text: string): string {
    const found = this.#mayHold(text);
    if (found === 0) return text;
    const place = placeOf(text);
    if (this.#harmless[place] === text) return text;
    const redacted = this.#lookedThrough(text, found);
    if (redacted === text && text.length <= rememberedUnits) this.#harmless[place] = text;
    return redacted;
  }

  /** 0 when one look at the characters shows that there is nothing secret. */
  #mayHold(text: string): number {
    return mayHold(text) | this.#always;
  }

  #lookedThrough(text: string, found: number, levels = maxLevels): string {
    let redacted = text;
    if ((found & holds.tokens) !== 0) redacted = this.#replaced(redacted, this.#blocks);
    if (levels > 0 && redacted.includes("\\"))
      redacted = readLiterals(redacted, (part) => this.#lookedThrough(part, holds.everything, levels - 1));
    if ((found & holds.pairs) !== 0) {
      redacted = redactNamedValues(redacted, {
        kindOf: (name) => this.#keys.kindOf(name),
        replacement: (kind, value) => secretReplacement(this.#pseudonyms, kind.kind, value),
      });
      redacted = this.#replaced(redacted, this.#framed);
    }
    if ((found & holds.escapes) !== 0) redacted = this.#partsRead(redacted, levels - 1);
    if ((found & holds.tokens) !== 0) redacted = this.#replaced(redacted, this.#tokens);
    if (redacted !== text && redacted.includes("[redacted:aws-access-key#"))
      redacted = this.#replaced(redacted, besideAccessKey);
    if ((found & holds.card) === 0 || !this.#hasCards) return redacted;
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
    const redacted = this.#lookedThrough(read, holds.everything, levels);
    return redacted === read ? part : redacted;
  }
}

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
