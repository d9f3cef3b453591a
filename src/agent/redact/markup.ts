// The content of an element in XML: `<password>x</password>`, `<wsse:Password Type="…">x</wsse:Password>`. Only between tags
// of the same name, so that "login <password> [--force]" loses nothing. What lies between is looked at once.
const opening = /<([A-Za-z_][\w.:-]{0,63})(?:\s[^<>]{0,256})?>\s{0,64}(?:<!\[CDATA\[)?/y;

export interface Element {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The element whose tag begins there, without other elements inside; undefined when it has no content. */
export function elementAt(text: string, at: number, isSecret: (name: string) => boolean): Element | undefined {
  opening.lastIndex = at;
  const found = opening.exec(text);
  const name = found?.[1];
  if (found === null || name === undefined || found[0].endsWith("/>") || !isSecret(name)) return undefined;
  const start = at + found[0].length;
  const isData = found[0].endsWith("[");
  const dataEnd = isData ? text.indexOf("]]>", start) : start;
  const next = dataEnd < 0 ? -1 : text.indexOf("<", dataEnd);
  // A text that was cut: what follows is the element's all the same.
  if (next < 0) return text.endsWith("…") ? { name, start, end: text.length - 1 } : undefined;
  if (!text.startsWith(`/${name}`, next + 1)) return undefined;
  let end = isData ? dataEnd : next;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  return end > start ? { name, start, end } : undefined;
}
