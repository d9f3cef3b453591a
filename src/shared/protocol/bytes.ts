// Little-endian bytes, growing on write and bounds-checked on read.
// Strings are UTF-8 except that a lone surrogate keeps its own three bytes, so every JavaScript string survives.

export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  at = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes; the writers below call it themselves. */
  need(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    // A multiple of 8: the agent also looks at these bytes as words.
    const grown = new Uint8Array((Math.max(this.bytes.length * 2, this.at + count) + 7) & ~7);
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  u8(value: number): void {
    this.need(1);
    this.bytes[this.at++] = value;
  }

  u16(value: number): void {
    this.need(2);
    this.view.setUint16(this.at, value, true);
    this.at += 2;
  }

  u32(value: number): void {
    this.need(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  i32(value: number): void {
    this.need(4);
    this.view.setInt32(this.at, value, true);
    this.at += 4;
  }

  f64(value: number): void {
    this.need(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  raw(bytes: Uint8Array): void {
    this.need(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** u32 byte length, then the bytes. */
  text(text: string): void {
    this.need(4 + text.length * 3);
    const { bytes } = this;
    const lengthAt = this.at;
    let at = lengthAt + 4;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code < 0x80) {
        bytes[at++] = code;
        continue;
      }
      if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6);
        bytes[at++] = 0x80 | (code & 63);
        continue;
      }
      if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) {
        const low = text.charCodeAt(i + 1);
        if (low >= 0xdc00 && low < 0xe000) {
          i++;
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 63);
          bytes[at++] = 0x80 | ((code >> 6) & 63);
          bytes[at++] = 0x80 | (code & 63);
          continue;
        }
      }
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 63);
      bytes[at++] = 0x80 | (code & 63);
    }
    this.view.setUint32(lengthAt, at - lengthAt - 4, true);
    this.at = at;
  }
}

/** Every place that this runs in has one. */
declare class TextDecoder {
  constructor(label: string, options: { readonly fatal: boolean; readonly ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Bytes: a shorter text takes longer to hand over than to spell. */
const decodedFrom = 13;
/** Room for the characters of one text, by their number. Of a text put together one by one, V8 makes every step anew. */
const rooms: readonly number[][] = Array.from({ length: decodedFrom }, (_, length) =>
  new Array<number>(length).fill(0),
);

/** Thrown by `ByteReader` and the decoders built on it; whoever reads from outside catches it once. */
export class MalformedBytes extends Error {}

export class ByteReader {
  readonly #view: DataView;
  at: number;

  constructor(
    readonly bytes: Uint8Array,
    start = 0,
    readonly end = bytes.length,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
  }

  #take(count: number): number {
    const at = this.at;
    if (count < 0 || at + count > this.end) throw new MalformedBytes(`${count} bytes needed, ${this.end - at} left`);
    this.at = at + count;
    return at;
  }

  skip(count: number): void {
    this.#take(count);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  raw(count: number): Uint8Array {
    const at = this.#take(count);
    return this.bytes.slice(at, at + count);
  }

  text(): string {
    const length = this.u32();
    const start = this.#take(length);
    const end = start + length;
    const room = rooms[length];
    if (room === undefined) return this.#decoded(start, end);
    return this.#plain(room, start) ?? this.#spelled(start, end);
  }

  /** All at once, where each is a character by itself. */
  #plain(room: number[], start: number): string | undefined {
    let all = 0;
    for (let at = 0; at < room.length; at++) {
      const byte = this.bytes[start + at] ?? 0;
      all |= byte;
      room[at] = byte;
    }
    return all < 0x80 ? String.fromCharCode(...room) : undefined;
  }

  #decoded(start: number, end: number): string {
    try {
      return decoder.decode(this.bytes.subarray(start, end));
    } catch {
      // Lone surrogates, or nothing that can be read.
      return this.#spelled(start, end);
    }
  }

  #spelled(start: number, end: number): string {
    const { bytes } = this;
    let text = "";
    let at = start;
    const continuation = (): number => {
      const byte = bytes[at++];
      if (at > end || byte === undefined || (byte & 0xc0) !== 0x80) throw new MalformedBytes("text is not UTF-8");
      return byte & 63;
    };
    while (at < end) {
      const lead = bytes[at++] ?? 0;
      if (lead < 0x80) text += String.fromCharCode(lead);
      else if (lead >= 0xc2 && lead < 0xe0) text += String.fromCharCode(((lead & 31) << 6) | continuation());
      else if (lead >= 0xe0 && lead < 0xf0)
        text += String.fromCharCode(((lead & 15) << 12) | (continuation() << 6) | continuation());
      else if (lead >= 0xf0 && lead < 0xf5) {
        const code = ((lead & 7) << 18) | (continuation() << 12) | (continuation() << 6) | continuation();
        if (code > 0x10ffff) throw new MalformedBytes("text is not UTF-8");
        text += String.fromCodePoint(code);
      } else throw new MalformedBytes("text is not UTF-8");
    }
    return text;
  }
}
