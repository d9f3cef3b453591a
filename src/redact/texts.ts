// Secrets within one text. Most texts have none, and most of those are told by one pass over their characters: no run long
// enough for a token, no separator that could follow a name, not enough digits for a card. Another pass says of the others
// what is worth looking for in them, and where (`signs.ts`).
import { replaceCards } from "./card-numbers.js";
import { holds, mayHold, showsNothing } from "./first-look.js";
import { type NamedValues, redactNamedValues } from "./key-values.js";
import { readLiterals } from "./literals.js";
import { saysNothing } from "./no-secrets.js";
import { type Pseudonyms, isPseudonym, pseudonymAt } from "./pseudonym-text.js";
import type { SecretKeys } from "./secret-keys.js";
import { SignTable, type Signs, everySign } from "./signs.js";
import { framedPatterns } from "./framed-patterns.js";
import { type TokenPattern, atStart, awsSecret, blockPatterns, tokenPatterns } from "./token-patterns.js";
import { plain, secretReplacement } from "./values.js";

const rememberedUnits = 1024;
/** URLs within URLs within URLs: how often a part is read that was written for one. */
const maxLevels = 3;
const maxWideUnits = 4096;

export interface TextSettings {
  /** Words that begin so are secrets of the program's own. */
  readonly prefixes: readonly string[];
  /** Secrets of somebody's own, as they are written. */
  readonly texts?: readonly string[];
  /** Kinds that are left alone. */
  readonly allow: readonly string[];
}

type SignsOf = (text: string) => Signs;

export class Texts {
  readonly #pseudonyms: Pseudonyms;
  readonly #names: NamedValues;
  readonly #blocks: readonly TokenPattern[];
  readonly #tokens: readonly TokenPattern[];
  readonly #framed: readonly TokenPattern[];
  readonly #signsOf: SignsOf;
  readonly #hasCards: boolean;
  readonly #always: number;
  /** Texts that were looked through and have nothing secret, by a cheap hash; a later one takes an earlier one's place. */
  readonly #harmless: string[] = new Array<string>(512).fill("");

  /** `signsOf`: what says where to look. */
  constructor(
    pseudonyms: Pseudonyms,
    keys: Pick<SecretKeys, "kindOf" | "signs">,
    { prefixes, texts = [], allow }: TextSettings,
    signsOf?: SignsOf,
  ) {
    this.#pseudonyms = pseudonyms;
    this.#names = {
      kindOf: (name) => keys.kindOf(name),
      replacement: (kind, value) => secretReplacement(pseudonyms, kind.kind, value),
    };
    const asked = (patterns: readonly TokenPattern[]): TokenPattern[] =>
      patterns.filter(({ kind }) => !allow.includes(kind));
    const own = [
      ...texts.filter((text) => text !== "").map(ownText),
      ...prefixes.filter((prefix) => prefix !== "").map(ownPattern),
    ];
    this.#blocks = asked(blockPatterns);
    this.#tokens = [...own, ...asked(tokenPatterns)];
    this.#framed = asked(framedPatterns);
    const table = new SignTable([...this.#blocks, ...this.#tokens, ...this.#framed], [...keys.signs, ...signsOfValues]);
    this.#signsOf = signsOf ?? ((text) => table.signsOf(text));
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
    let signs = this.#signsOf(text);
    let redacted = text;
    const step = (next: string): void => {
      if (next === redacted) return;
      redacted = next;
      signs = this.#signsOf(next);
    };
    if ((found & holds.tokens) !== 0) step(this.#replaced(redacted, this.#blocks, signs));
    if (levels > 0 && redacted.includes("\\"))
      step(readLiterals(redacted, (part) => this.#lookedThrough(part, holds.everything, levels - 1)));
    if ((found & holds.pairs) !== 0) {
      step(redactNamedValues(redacted, this.#names, signs));
      step(this.#replaced(redacted, this.#framed, signs));
    }
    if ((found & holds.escapes) !== 0) step(this.#partsRead(redacted, levels - 1));
    if ((found & holds.tokens) !== 0) step(this.#replaced(redacted, this.#tokens, signs));
    if (redacted !== text && redacted.includes("[redacted:aws-access-key#"))
      redacted = this.#replaced(redacted, [awsSecret], everySign);
    if ((found & holds.card) === 0 || !this.#hasCards) return redacted;
    return replaceCards(redacted, (digits) => this.#pseudonyms.of("card", digits));
  }

  #replaced(text: string, patterns: readonly TokenPattern[], signs: Signs): string {
    if (!patterns.some((pattern) => signs.mayMatch(pattern) && text.search(pattern.pattern) >= 0)) return text;
    let replaced = text;
    for (const token of patterns) {
      if (!signs.isThere(token)) continue;
      const { kind, pattern } = token;
      replaced = replaced.replace(pattern, (secret) =>
        isPseudonym(secret) || (kind !== ownTextKind && saysNothing(secret, 0, secret.length))
          ? secret
          : this.#pseudonyms.of(kind, plain(secret)),
      );
    }
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

/** Names that are no secret's by themselves, but whose values may be one. */
const signsOfValues = ["value", "content", "sess", "code"];

const ownTextKind = "text";

const ownPattern = (prefix: string): TokenPattern => ({
  kind: "custom",
  pattern: new RegExp(`${literal(prefix)}[A-Za-z0-9._~+/=-]{4,4096}`, "g"),
  signs: [prefix],
  offsets: atStart,
});

/** Nothing within what stands in place of a secret already. */
const ownText = (text: string): TokenPattern => ({
  kind: ownTextKind,
  pattern: new RegExp(`${pseudonymAt.source}|${literal(text)}`, "g"),
  signs: [text],
  offsets: atStart,
});

const literal = (text: string): string => text.replace(/[^A-Za-z0-9_]/g, "\\$&");

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
