// Where a text has something without which no secret is told in it: the beginning of a token's form, a word of a secret's
// name. One pass compares three characters in a row with all signs' first three; only where they are the same is looked
// closer. What it says may be too much (letters are compared in any case) and is never too little.
import type { TokenPattern } from "./token-patterns.js";

/** What may be where in one text. */
export interface Signs {
  /** Whether one of the pattern's signs is in the text. */
  isThere(pattern: TokenPattern): boolean;
  /** Whether the pattern may match. */
  mayMatch(pattern: TokenPattern): boolean;
  /** Whether a word of a secret's name begins between the two, or near to it. */
  mayName(from: number, to: number): boolean;
  /** Whether there is such a word at all. */
  readonly hasNames: boolean;
}

/** Says that anything may be anywhere: what is found with it is what there is. */
export const everySign: Signs = { isThere: () => true, mayMatch: () => true, mayName: () => true, hasNames: true };

/** A pattern to try, or undefined: a word of a secret's name. */
interface Sign {
  readonly bytes: Uint8Array;
  readonly pattern: SoughtPattern | undefined;
}
interface SoughtPattern {
  readonly pattern: TokenPattern;
  /** To be matched at a place of its own. */
  readonly there: RegExp;
}

const classBits = 5;
const headUnits = 3;
const allHeads = 2 ** (classBits * headUnits);
/** Kinds of characters; those of one kind differ when all of a sign is compared. 0: any other. */
const unitKinds = new Uint8Array(256);
const smallLetters = Uint8Array.from({ length: 256 }, (_, unit) => (unit >= 65 && unit <= 90 ? unit + 32 : unit));
["0123456789", "_-", ".:", "=/+@", " ("].forEach((units, at) => {
  for (const unit of units) unitKinds[unit.charCodeAt(0)] = 27 + at;
});
for (let unit = 97; unit <= 122; unit++) unitKinds[unit] = unitKinds[unit - 32] = unit - 96;

/** More of a sign is not compared. */
const mostSignUnits = 24;
/** Places are told by blocks of so many characters, as a power of two. */
const blockBits = 6;

const { apply } = Reflect;
const scratch = Buffer.allocUnsafeSlow(8 * 1024);
/** As it was before the program could change it. */
const { write } = scratch;
const mostUnitsAtOnce = scratch.length - headUnits;

export class SignTable {
  /** By the kinds of three characters: which of `#lists` has the signs that begin so, or 0. */
  readonly #heads = new Uint16Array(allHeads);
  readonly #lists: Sign[][] = [[]];

  /** `names`: words in small letters, one of which every name of a secret holds. */
  constructor(patterns: readonly TokenPattern[], names: readonly string[]) {
    for (const pattern of patterns) {
      const there = new RegExp(pattern.pattern.source, "y");
      for (const sign of pattern.signs) this.#add({ bytes: bytesOf(sign), pattern: { pattern, there } });
    }
    for (const name of names) this.#add({ bytes: bytesOf(name), pattern: undefined });
  }

  signsOf(text: string): Signs {
    const found = new FoundSigns(text);
    const heads = this.#heads;
    for (let from = 0; ; from += mostUnitsAtOnce - mostSignUnits) {
      const isAll = from + mostUnitsAtOnce >= text.length;
      const part = from === 0 && isAll ? text : text.slice(from, from + mostUnitsAtOnce);
      // One byte for each character, so that a place in the bytes is one in the text; of others than Latin-1 half is lost.
      apply(write, scratch, [part, 0, part.length, "latin1"]);
      // A sign of fewer than three characters may end the text.
      for (let past = 0; past < headUnits; past++) scratch[part.length + past] = 0;
      for (let at = 0, head = 0; at < part.length + headUnits - 1; at++) {
        head = ((head << classBits) | (unitKinds[scratch[at] ?? 0] ?? 0)) & (allHeads - 1);
        const list = heads[head] ?? 0;
        if (list !== 0) this.#lookAt(at - headUnits + 1, from, list, found);
      }
      if (isAll) return found;
    }
  }

  #lookAt(at: number, from: number, list: number, found: FoundSigns): void {
    for (const { bytes, pattern } of this.#lists[list] ?? []) {
      if (!isAt(bytes, at)) continue;
      if (pattern === undefined) found.addName(from + at);
      else found.add(pattern, from + at);
    }
  }

  #add(sign: Sign): void {
    const kinds = Array.from(sign.bytes.subarray(0, headUnits), (unit) => unitKinds[unit] ?? 0);
    const given = kinds.reduce((head, kind) => (head << classBits) | kind, 0);
    const open = classBits * (headUnits - kinds.length);
    for (let rest = 0; rest < 1 << open; rest++) {
      const head = (given << open) | rest;
      const list = this.#lists[this.#heads[head] ?? 0] ?? [];
      if (list.length === 0) this.#heads[head] = this.#lists.push([sign]) - 1;
      else list.push(sign);
    }
  }
}

function isAt(bytes: Uint8Array, at: number): boolean {
  if (at < 0) return false;
  for (let i = 0; i < bytes.length; i++) if (smallLetters[scratch[at + i] ?? 0] !== bytes[i]) return false;
  return true;
}

const bytesOf = (sign: string): Uint8Array =>
  Uint8Array.from(sign.slice(0, mostSignUnits), (unit) => smallLetters[unit.charCodeAt(0) & 255] ?? 0);

/** How often patterns are tried at a place, in a text of so many characters: it may be made of nothing but signs. */
const mostTries = (units: number): number => 256 + (units >> 7);

class FoundSigns implements Signs {
  readonly #text: string;
  #triesLeft: number;
  #there: Set<TokenPattern> | undefined;
  #matching: Set<TokenPattern> | undefined;
  #blocks: Uint8Array | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#triesLeft = mostTries(text.length);
  }

  get hasNames(): boolean {
    return this.#blocks !== undefined;
  }

  isThere(pattern: TokenPattern): boolean {
    return this.#there?.has(pattern) === true || pattern.mayMatch?.(this.#text) === true;
  }

  mayMatch(pattern: TokenPattern): boolean {
    return this.#matching?.has(pattern) === true || pattern.mayMatch?.(this.#text) === true;
  }

  mayName(from: number, to: number): boolean {
    const blocks = this.#blocks;
    if (blocks === undefined) return false;
    const last = Math.min(to >> blockBits, blocks.length - 1);
    for (let block = Math.max(from, 0) >> blockBits; block <= last; block++) if (blocks[block] === 1) return true;
    return false;
  }

  addName(at: number): void {
    this.#blocks ??= new Uint8Array((this.#text.length >> blockBits) + 1);
    this.#blocks[at >> blockBits] = 1;
  }

  add({ pattern, there }: SoughtPattern, at: number): void {
    (this.#there ??= new Set()).add(pattern);
    if (this.#matching?.has(pattern) === true) return;
    if (this.#matches(pattern, there, at)) (this.#matching ??= new Set()).add(pattern);
  }

  #matches({ offsets, near }: TokenPattern, there: RegExp, at: number): boolean {
    if (--this.#triesLeft < 0) return true;
    if (offsets !== undefined)
      return offsets.some((offset) => at >= offset && isMatchAt(there, this.#text, at - offset));
    return near === undefined || isMatchAt(near, this.#text, at);
  }
}

function isMatchAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}
