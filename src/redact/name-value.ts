// Names that stand beside their values and not in front of them: `["--password", "x"]`, and `{ name: "password", value: "x" }`
// as lists of headers, parameters and environments have it.

/** The name in the option that an element of a list is: the element after it is its value. */
export function optionName(before: unknown): string | undefined {
  if (typeof before !== "string" || before.charCodeAt(0) !== 45 || before.length > 66) return undefined;
  return /^--?([A-Za-z][\w.-]{0,63})$/.exec(before)?.[1];
}

/** Whether it can be the value of an option. */
export const isOptionValue = (element: string): boolean => element.charCodeAt(0) !== 45;

export const isValueKey = (key: string): boolean => key === "value" || key === "Value";
export const nameKeys: readonly string[] = ["name", "key", "Name", "Key"];
export const isNameKey = (key: string): boolean => nameKeys.includes(key);

/** How far a name may be from its value, in text. */
const reach = 320;
const nameKey = String.raw`(?<![\w$-])(?:name|key|Name|Key)(?:\\{0,8}["'])?\s{0,4}[:=]\s{0,4}`;
const quotedName = String.raw`${nameKey}\\{0,8}["']([\w .$-]{1,64})\\{0,8}["']`;
const bareName = String.raw`${nameKey}([\w.$-]{1,64})[ \t]{0,4}(?=[,&]|\r?\n)`;
const namesAhead = new RegExp(String.raw`${quotedName}\s{0,8}(?=[,\s])|${bareName}`, "g");
const nameBehind = new RegExp(
  String.raw`\\{0,8}["']?\s{0,64}(?:,|\s)[^{}<>]{0,120}?(?:\\{0,8}["'])?${quotedName}`,
  "y",
);

/** The names of the "value" that begins there: from the same braces or tag, `{"name":"password","value":`. */
export function namesBefore(text: string, at: number): string[] {
  const near = text.slice(Math.max(0, at - reach), at);
  const inBraces = near.slice(Math.max(near.lastIndexOf("{"), near.lastIndexOf("}")) + 1);
  const inTag = Math.max(inBraces.lastIndexOf("<"), inBraces.lastIndexOf(">"));
  return [...inBraces.matchAll(namesAhead)]
    .filter((found) => inBraces[found.index + found[0].length] === "," || found.index > inTag)
    .map(([, quoted, bare]) => quoted ?? bare ?? "");
}

/** The other way round: `"value":"x","name":"password"}`. */
export function nameAfter(text: string, end: number): string | undefined {
  nameBehind.lastIndex = end;
  return nameBehind.exec(text)?.[1];
}

const lineEnd = String.raw`(?:\r?\n|(?:\\r)?\\n)`;
const headerOfPart = new RegExp(
  String.raw`=\\{0,8}"([^"\\\r\n]{1,64})\\{0,8}"[^\r\n\\]{0,200}(?:${lineEnd}[^\r\n\\]{1,200}){0,3}${lineEnd}${lineEnd}`,
  "y",
);
const endOfPart = /\r?\n|(?:\\r)?\\n|$/g;

/** A field of a form that was sent in parts: `name="password"`, an empty line, and the value up to the next one. */
export function partOfForm(
  text: string,
  separator: number,
  key: string,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  if (key !== "name" || text[separator] !== "=") return undefined;
  headerOfPart.lastIndex = separator;
  const name = headerOfPart.exec(text)?.[1];
  if (name === undefined) return undefined;
  const start = headerOfPart.lastIndex;
  endOfPart.lastIndex = start;
  const end = endOfPart.exec(text)?.index ?? text.length;
  return end > start ? { name, start, end } : undefined;
}
