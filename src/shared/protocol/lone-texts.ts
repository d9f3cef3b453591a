// Texts with half of a surrogate pair, which JavaScript has and UTF-8 has not. msgpack writes texts as UTF-8, and the other end
// would read U+FFFD in their place: as values they travel as their UTF-16 units. Names of properties are left as they are.

/** What stands for such a text on the way. */
export class LoneText {
  constructor(readonly text: string) {}
}

/** For msgpackr, at both ends. */
export const loneTextExtension = {
  Class: LoneText,
  type: 0x55,
  pack: ({ text }: LoneText): Uint8Array => {
    const bytes = new DataView(new ArrayBuffer(text.length * 2));
    for (let at = 0; at < text.length; at++) bytes.setUint16(at * 2, text.charCodeAt(at));
    return new Uint8Array(bytes.buffer);
  },
  unpack: (bytes: Uint8Array): string => {
    let text = "";
    for (let at = 0; at + 1 < bytes.length; at += 2)
      text += String.fromCharCode(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
    return text;
  },
};

/** Looked for first: this one costs little. */
const surrogate = /[\ud800-\udfff]/;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The message itself when there is none in it, which is nearly always; else a copy of what holds one. */
export function withLoneTexts(message: unknown): unknown {
  if (typeof message === "string")
    return surrogate.test(message) && loneSurrogate.test(message) ? new LoneText(message) : message;
  if (typeof message !== "object" || message === null || ArrayBuffer.isView(message)) return message;
  if (Array.isArray(message)) return withItems(message);
  return Object.getPrototypeOf(message) === Object.prototype ? withProperties(message) : message;
}

function withItems(items: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < items.length; at++) {
    const item = withLoneTexts(items[at]);
    if (item !== items[at]) (copy ??= [...items])[at] = item;
  }
  return copy ?? items;
}

function withProperties(message: object): object {
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(message)) {
    const value: unknown = Reflect.get(message, name);
    const replaced = withLoneTexts(value);
    if (replaced !== value) (copy ??= { ...message })[name] = replaced;
  }
  return copy ?? message;
}
