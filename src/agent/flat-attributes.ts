// The short way for what events mostly carry: a few numbers, short ASCII texts and booleans, written straight into the
// ring. Every nanosecond here is the program's; what this does not take goes the general way (attributes.ts).
import type { Attributes } from "../shared/trace/attributes.js";
import { valueTags } from "../shared/protocol/captured-value-codec.js";
import { budgets } from "./attributes.js";
import { isListOfUnits } from "./own-data.js";
import { leastCardNumber } from "../redact/card-numbers.js";
import { isNameKey } from "../redact/name-value.js";
import type { Redaction } from "../redact/redactor.js";

const { getOwnPropertyDescriptor, keys: ownKeys } = Object;
const { apply } = Reflect;
/** As it was before the program could change it. */
const { write } = Buffer.alloc(0);

/** A key that was seen before and is no secret's name. */
interface KnownKey {
  readonly name: string;
  /** The bytes it is written as, its length and then ASCII, as little-endian words; the last one may run over. */
  readonly words: Int32Array;
  /** Its value may be the name of another one's: `{ name: "password", value: "x" }`. */
  readonly isNameKey: boolean;
  /** Where the key that followed it last is among the known ones. */
  next: number;
}

const places = 256;
/** Longer texts are written by Node, in a tenth of the time a unit. */
const shortUnits = 48;
/** A character beyond ASCII takes at least one byte more than it has units, and a whole one has room in these. */
const bytesBeyond = 4;
/** Of longer keys the general way keeps the beginning. */
const maxKeyUnits = 256;

export class FlatAttributes {
  readonly #redaction: Redaction;
  /** By a cheap hash; a later key takes an earlier one's place. */
  readonly #known: (KnownKey | undefined)[] = new Array<undefined>(places).fill(undefined);
  #first = 0;
  /** The bytes that were written into last. */
  #buffer: Buffer = Buffer.alloc(0);

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  /**
   * The bytes of `writeAttributes(out, attributesFrom(source))`, written in place at `start`; returns where they end, or
   * undefined (and garbage in place) for anything but flat plain data, and for whatever is to be redacted. `source` is
   * never a Proxy.
   */
  encode(bytes: Uint8Array, view: DataView, start: number, limit: number, source: unknown): number | undefined {
    if (typeof source !== "object" || source === null) return undefined;
    if (isListOfUnits(source)) return undefined;
    return this.#encode(bytes, view, start, limit, source, undefined, budgets.keys);
  }

  /** The same of a literal that has at most so many keys. */
  encodeLiteral(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    limit: number,
    literal: object,
    mostKeys: number,
  ): number | undefined {
    return this.#encode(bytes, view, start, limit, literal, undefined, mostKeys);
  }

  /** The same of attributes that we have made: none of them is an accessor. */
  encodeOurs(bytes: Uint8Array, view: DataView, start: number, limit: number, ours: Attributes): number | undefined {
    return this.#encode(bytes, view, start, limit, ours, ours, budgets.keys);
  }

  #encode(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    limit: number,
    source: object,
    ours: Attributes | undefined,
    mostKeys: number,
  ): number | undefined {
    const keys = ownKeys(source);
    const count = keys.length;
    if (count > mostKeys) return undefined;
    view.setUint32(start, count, true);
    let at = start + 4;
    let before: KnownKey | undefined;
    for (let i = 0; i < count; i++) {
      const key = keys[i] ?? "";
      let known = this.#known[before === undefined ? this.#first : before.next];
      if (known === undefined || known.name !== key) {
        known = this.#look(key, before);
        if (known === undefined) return undefined;
      }
      before = known;
      // Room for the longest of the short values, too, and for what the last word runs over.
      if (at + 4 + key.length + 9 > limit) return undefined;
      let value: unknown;
      if (ours !== undefined) value = ours[key];
      else {
        const found = getOwnPropertyDescriptor(source, key);
        if (found === undefined || found.get !== undefined || found.set !== undefined) return undefined;
        value = found.value;
      }
      const { words } = known;
      for (let n = 0; n < words.length; n++) view.setInt32(at + 4 * n, words[n] ?? 0, true);
      at += 4 + key.length;
      if (typeof value === "number") {
        if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
          bytes[at] = valueTags.int32;
          view.setInt32(at + 1, value, true);
          at += 5;
        } else {
          if (value >= leastCardNumber && !this.#redaction.isHarmlessNumber(value)) return undefined;
          bytes[at] = valueTags.float64;
          view.setFloat64(at + 1, value, true);
          at += 9;
        }
      } else if (typeof value === "string") {
        if (at + 5 + value.length > limit) return undefined;
        if (known.isNameKey && !this.#redaction.isHarmlessName(value)) return undefined;
        bytes[at] = valueTags.text;
        view.setUint32(at + 1, value.length, true);
        at += 5;
        const end = this.text(bytes, at, limit, value);
        if (end === undefined) return undefined;
        at = end;
      } else if (typeof value === "boolean") bytes[at++] = value ? valueTags.true : valueTags.false;
      else if (value === null) bytes[at++] = valueTags.null;
      else return undefined;
    }
    return at;
  }

  /** A harmless text of ASCII, without its length; undefined for any other, and where there is no room. */
  text(bytes: Uint8Array, at: number, limit: number, text: string): number | undefined {
    if (at + text.length > limit) return undefined;
    const end = text.length <= shortUnits ? encodeAscii(bytes, at, text) : this.#encodeLong(bytes, at, limit, text);
    if (end === undefined) return undefined;
    return this.#redaction.showsNothing(bytes, at, end) || this.#redaction.isHarmlessText(text) ? end : undefined;
  }

  /** As `encodeAscii`: a text that takes as many bytes as it has units is ASCII, if there was room for more. */
  #encodeLong(bytes: Uint8Array, at: number, limit: number, text: string): number | undefined {
    const room = text.length + bytesBeyond;
    if (at + room > limit) return undefined;
    if (this.#buffer.buffer !== bytes.buffer || this.#buffer.byteOffset !== bytes.byteOffset)
      this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return apply(write, this.#buffer, [text, at, room]) === text.length ? at + text.length : undefined;
  }

  /** The key among the known ones, made known now if it may be. */
  #look(key: string, before: KnownKey | undefined): KnownKey | undefined {
    const place = placeOf(key);
    let known = this.#known[place];
    if (known === undefined || known.name !== key) {
      known = this.#knownKey(key);
      if (known === undefined) return undefined;
      this.#known[place] = known;
    }
    if (before === undefined) this.#first = place;
    else before.next = place;
    return known;
  }

  #knownKey(name: string): KnownKey | undefined {
    if (name.length > maxKeyUnits || !this.#redaction.isHarmlessName(name)) return undefined;
    const words = keyWords(name);
    return words && { name, words, isNameKey: isNameKey(name), next: 0 };
  }
}

/** A text of ASCII as the bytes of a key; undefined for any other. */
export function keyWords(name: string): Int32Array | undefined {
  const bytes = new Uint8Array((4 + name.length + 3) & ~3);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, name.length, true);
  if (encodeAscii(bytes, 4, name) === undefined) return undefined;
  const words = new Int32Array(bytes.length / 4);
  for (let n = 0; n < words.length; n++) words[n] = view.getInt32(4 * n, true);
  return words;
}

function encodeAscii(bytes: Uint8Array, at: number, text: string): number | undefined {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return undefined;
    bytes[at + i] = unit;
  }
  return at + length;
}

const placeOf = (name: string): number =>
  name.length === 0 ? 0 : (name.length * 31 + name.charCodeAt(0) * 7 + name.charCodeAt(name.length - 1)) & (places - 1);
