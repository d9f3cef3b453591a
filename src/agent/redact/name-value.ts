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
const reach = 160;
const quotedName = String.raw`(?:name|key|Name|Key)(?:\\{0,8}["'])?\s{0,4}[:=]\s{0,4}\\{0,8}["']([\w .$-]{1,64})\\{0,8}["']`;
const nameAhead = new RegExp(String.raw`${quotedName}\s{0,8},[^{}]{0,80}$`);
const nameBehind = new RegExp(String.raw`\\{0,8}["']?\s{0,8},\s{0,8}(?:\\{0,8}["'])?${quotedName}`, "y");

/** The name that belongs to the "value" that begins there, from the same braces: `{"name":"password","value":`. */
export function nameBefore(text: string, at: number, from: number): string | undefined {
  return nameAhead.exec(text.slice(Math.max(from, at - reach), at))?.[1];
}

/** The other way round: `"value":"x","name":"password"}`. */
export function nameAfter(text: string, end: number): string | undefined {
  nameBehind.lastIndex = end;
  return nameBehind.exec(text)?.[1];
}
