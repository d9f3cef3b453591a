// The content of an element in XML or HTML: `<password>x</password>`, `<wsse:Password Type="…">x</wsse:Password>`,
// `<entry key="password">x</entry>`, also where the brackets themselves are written for markup or JSON. Only between tags of
// the same name, so that "login <password> [--force]" loses nothing; what may lie between is bounded.
const brackets = [
  { open: "<", opening: openingOf("<", ">") },
  { open: "&lt;", opening: openingOf("&lt;", "&gt;") },
  { open: "\\u003", opening: openingOf(String.raw`\\u003[cC]`, String.raw`\\u003[eE]`) },
] as const;

function openingOf(open: string, close: string): RegExp {
  const start = String.raw`(${open})([A-Za-z_][\w.:-]{0,63})((?:\s(?:(?!${close})[^<>]){0,1024})?)${close}`;
  return new RegExp(String.raw`${start}\s{0,64}(?:<!\[CDATA\[)?`, "y");
}

/** In the tag of an element that is called after its kind and not after what it holds. */
const nameInTag = /\s(?:name|key|Name|Key)\s{0,4}=\s{0,4}\\{0,8}["']([\w .$-]{1,64})\\{0,8}["']/;
const maxContentUnits = 2048;

export interface Element {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The element whose tag begins there, when it is a secret's and has content. */
export function elementAt(text: string, at: number, isSecret: (name: string) => boolean): Element | undefined {
  const found = openingAt(text, at);
  const [, bracket, tag, attributes] = found ?? [];
  if (found === null || bracket === undefined || tag === undefined) return undefined;
  if (attributes?.endsWith("/") === true) return undefined;
  const name = isSecret(tag) ? tag : attributes === undefined ? undefined : nameInTag.exec(attributes)?.[1];
  if (name === undefined || !isSecret(name)) return undefined;
  const start = at + found[0].length;
  if (found[0].endsWith("<![CDATA[")) {
    const dataEnd = text.indexOf("]]>", start);
    return trimmed(text, name, start, dataEnd < 0 ? text.length : dataEnd);
  }
  const next = text.indexOf(bracket, start);
  // A text that was cut: what follows is the element's all the same.
  if (next < 0) return text.endsWith("…") ? trimmed(text, name, start, text.length - 1) : undefined;
  const end = isClosing(text, next + bracket.length, tag) ? next : closingOf(text, start, bracket, tag);
  return end === undefined ? undefined : trimmed(text, name, start, end);
}

function openingAt(text: string, at: number): RegExpExecArray | null {
  for (const { open, opening } of brackets) {
    if (!text.startsWith(open, at)) continue;
    opening.lastIndex = at;
    return opening.exec(text);
  }
  return null;
}

/** `/password` or `\/password`. */
const isClosing = (text: string, at: number, tag: string): boolean =>
  text.startsWith(`/${tag}`, text[at] === "\\" ? at + 1 : at);

/** Of an element with others in it. */
function closingOf(text: string, start: number, bracket: string, tag: string): number | undefined {
  const near = text.slice(start, start + maxContentUnits);
  const slash = near.indexOf(`/${tag}`);
  const found = slash < 0 ? -1 : near.lastIndexOf(bracket, slash);
  return found >= 0 && isClosing(near, found + bracket.length, tag) ? start + found : undefined;
}

function trimmed(text: string, name: string, start: number, to: number): Element | undefined {
  let end = to;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  return end > start ? { name, start, end } : undefined;
}
