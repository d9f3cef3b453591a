// Texts, and attributes as JSON, from the bytes of the wire to bytes of UTF-8 without an object or a string in between:
// most of what recording a plain event costs. What is not plain (nested values, keys that JSON would put in another order,
// lone surrogates) goes by way of an object or a string; `attributesToJson` says what is right.
import { ByteReader, MalformedBytes } from "../../shared/protocol/bytes.js";
import { readAttributes, valueTags } from "../../shared/protocol/captured-value-codec.js";
import { attributesToJson } from "./attributes-json.js";

const maxPlainKeys = 24;
/** Of longer texts it pays to see first whether they can be copied as they are. */
const shortBytes = 48;
const usualBytes = 64 * 1024;
const mostBytesKept = 4 * 1024 * 1024;
/** Fifteen digits are told apart by every double. */
const mostThousandths = 1e15;
const [quote, backslash, comma, colon, openBrace, closeBrace] = [0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d];
const words = {
  [valueTags.null]: Buffer.from("null"),
  [valueTags.false]: Buffer.from("false"),
  [valueTags.true]: Buffer.from("true"),
};

export class TextBytes {
  bytes = Buffer.allocUnsafe(usualBytes);
  used = 0;
  readonly #keyStarts = new Int32Array(maxPlainKeys);

  clear(): void {
    this.used = 0;
    // What one huge record needed is not kept for ever.
    if (this.bytes.length > mostBytesKept) this.bytes = Buffer.allocUnsafe(usualBytes);
  }

  /** Adds bytes that are no text. */
  addRaw(from: Uint8Array, start: number, end: number): void {
    this.#need(end - start);
    for (let at = start; at < end; at++) this.bytes[this.used++] = from[at] ?? 0;
  }

  /** Adds the text that begins with its length at `start` of `from`; answers where it ends, `end` at the latest. */
  addText(from: Uint8Array, view: DataView, start: number, end: number): number {
    const length = start + 4 > end ? Infinity : view.getUint32(start, true);
    const to = start + 4 + length;
    if (to > end) throw new MalformedBytes("a text ends early");
    this.#need(length);
    const before = this.used;
    for (let at = start + 4; at < to;) {
      const width = (from[at] ?? 0) < 0x80 ? 1 : lengthOfCharacter(from, at, to);
      if (width === 0) {
        this.used = before;
        this.#addString(new ByteReader(from, start, to).text());
        return to;
      }
      for (const next = at + width; at < next; at++) this.bytes[this.used++] = from[at] ?? 0;
    }
    return to;
  }

  /** Adds the attributes that begin at `start` of `from`; answers where they end, `end` at the latest. */
  addAttributes(from: Uint8Array, view: DataView, start: number, end: number): number {
    const before = this.used;
    const plain = this.#addPlain(from, view, start, end);
    if (plain > 0) return plain;
    this.used = before;
    const reader = new ByteReader(from, start, end);
    this.#addString(attributesToJson(readAttributes(reader)));
    return reader.at;
  }

  #addString(text: string): void {
    this.#need(text.length * 3);
    this.used += this.bytes.write(text, this.used);
  }

  /** Where they end; 0 when it has to be done the other way, and what was added until then is worthless. */
  #addPlain(from: Uint8Array, view: DataView, start: number, end: number): number {
    if (start + 4 > end) throw new MalformedBytes("attributes end early");
    const count = view.getUint32(start, true);
    if (count > maxPlainKeys) return 0;
    // A byte becomes two at most, a number of nine bytes becomes 24 characters.
    this.#need(3 * (end - start) + 8);
    let at = start + 4;
    this.bytes[this.used++] = openBrace;
    for (let index = 0; index < count; index++) {
      if (index > 0) this.bytes[this.used++] = comma;
      if (at + 5 > end || !this.#isNewKey(from, view, at, end, index)) return 0;
      const afterKey = this.#text(from, at + 4, at + 4 + view.getUint32(at, true), end);
      if (afterKey === 0) return 0;
      this.bytes[this.used++] = colon;
      at = this.#value(from, view, afterKey, end);
      if (at === 0) return 0;
    }
    this.bytes[this.used++] = closeBrace;
    return at;
  }

  /** A key that is none of those before it, and not a number, which JSON would put first. */
  #isNewKey(from: Uint8Array, view: DataView, at: number, end: number, index: number): boolean {
    const length = view.getUint32(at, true);
    const first = from[at + 4] ?? 0;
    if (length === 0 || at + 4 + length > end || (first >= 0x30 && first <= 0x39)) return false;
    this.#keyStarts[index] = at;
    for (let other = 0; other < index; other++) {
      const start = this.#keyStarts[other] ?? 0;
      if (view.getUint32(start, true) !== length) continue;
      let same = 4;
      while (same < length + 4 && from[start + same] === from[at + same]) same++;
      if (same === length + 4) return false;
    }
    return true;
  }

  /** Where the value ends; 0 when it is not a plain one. */
  #value(from: Uint8Array, view: DataView, at: number, end: number): number {
    const tag = from[at];
    switch (tag) {
      case valueTags.null:
      case valueTags.false:
      case valueTags.true:
        if (at + 1 > end) return 0;
        this.used += words[tag].copy(this.bytes, this.used);
        return at + 1;
      case valueTags.int32:
        if (at + 5 > end) return 0;
        this.#integer(view.getInt32(at + 1, true));
        return at + 5;
      case valueTags.float64: {
        if (at + 9 > end) return 0;
        if (!this.#decimal(view, at + 1)) {
          const value = view.getFloat64(at + 1, true);
          this.#ascii(Number.isFinite(value) ? String(value) : "null");
        }
        return at + 9;
      }
      case valueTags.text:
        if (at + 5 > end) return 0;
        return this.#text(from, at + 5, at + 5 + view.getUint32(at + 1, true), end);
      default:
        return 0;
    }
  }

  #ascii(text: string): void {
    for (let at = 0; at < text.length; at++) this.bytes[this.used++] = text.charCodeAt(at);
  }

  /**
   * A number of at most three decimals: as JavaScript prints it, because no other number of so few digits is the same double.
   * False for all others.
   */
  #decimal(view: DataView, at: number): boolean {
    const value = view.getFloat64(at, true);
    const thousandths = Math.round(value * 1000);
    if (thousandths / 1000 !== value || Math.abs(thousandths) > mostThousandths) return false;
    if (value < 0) this.bytes[this.used++] = 0x2d;
    const whole = Math.floor(Math.abs(thousandths) / 1000);
    this.#integer(whole);
    let rest = Math.abs(thousandths) - whole * 1000;
    if (rest === 0) return true;
    this.bytes[this.used++] = 0x2e;
    for (let unit = 100; rest > 0; rest %= unit, unit /= 10) this.bytes[this.used++] = 0x30 + Math.floor(rest / unit);
    return true;
  }

  #integer(value: number): void {
    let rest = value;
    if (rest < 0) {
      this.bytes[this.used++] = 0x2d;
      rest = -rest;
    }
    let digits = 1;
    for (let limit = 10; limit <= rest; limit *= 10) digits++;
    for (let at = this.used + digits - 1; at >= this.used; at--) {
      this.bytes[at] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.used += digits;
  }

  /** A text in quotes; answers `to`, or 0 when it is not one that can be copied. */
  #text(from: Uint8Array, start: number, to: number, end: number): number {
    if (to > end) return 0;
    const { bytes } = this;
    let used = this.used;
    bytes[used++] = quote;
    if (to - start > shortBytes && isAsItIs(from, start, to)) {
      bytes.set(from.subarray(start, to), used);
      bytes[used + to - start] = quote;
      this.used = used + to - start + 1;
      return to;
    }
    for (let at = start; at < to;) {
      const byte = from[at] ?? 0;
      if (byte < 0x80) {
        if (byte < 0x20) return 0;
        if (byte === quote || byte === backslash) bytes[used++] = backslash;
        bytes[used++] = byte;
        at++;
        continue;
      }
      const length = lengthOfCharacter(from, at, to);
      if (length === 0) return 0;
      for (const next = at + length; at < next; at++) bytes[used++] = from[at] ?? 0;
    }
    bytes[used++] = quote;
    this.used = used;
    return to;
  }

  #need(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.used + bytes, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.used);
    this.bytes = grown;
  }
}

/** 1 for what JSON writes otherwise, and for what is not ASCII. */
const isOther = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte >= 0x80 || byte === quote || byte === backslash ? 1 : 0,
);

function isAsItIs(from: Uint8Array, start: number, to: number): boolean {
  let other = 0;
  for (let at = start; at < to; at++) other |= isOther[from[at] ?? 0] ?? 0;
  return other === 0;
}

/** Bytes of a character beyond ASCII, or 0 where it is not the one way of UTF-8 to write it. */
function lengthOfCharacter(from: Uint8Array, at: number, end: number): number {
  const [lead, second] = [from[at] ?? 0, from[at + 1] ?? 0];
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  const isWrong = (lead === 0xe0 && second < 0xa0) || (lead === 0xed && second >= 0xa0);
  if (isWrong || (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second >= 0x90)) return 0;
  for (let next = 1; next < length; next++) if (((from[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
