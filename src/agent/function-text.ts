// Function.prototype.toString of a program whose source was rewritten as it loaded: it gives what was written. Beside every
// insertion stands a mark that says how long it is, after what opens (`f(x,/*$$h4*/`) and before what closes (`/*$$h+1*/)`),
// since a function may end in it: a text tells by itself what to leave out of it.
// It runs in the program's realm, whatever the program does to that, and relies on originals only.
import { passFor } from "./patch.js";
import { helpersName } from "./write-helpers.js";

const { apply, getOwnPropertyDescriptor, defineProperty } = Reflect;
const { indexOf, slice, charCodeAt } = String.prototype;

const markStart = "/*$$h";
const markEnd = "*/";

const opening = (text: string): string => `${text}${markStart}${text.length}${markEnd}`;
const closing = (text: string): string => `${markStart}+${text.length}${markEnd}${text}`;

/** Text to be inserted, with its mark. `closes`: it stands right behind something of the source that it belongs to. */
export const marked = (text: string, closes: boolean): string => (closes ? closing(text) : opening(text));

/** Source with these in it is not rewritten: nobody could tell ours from its own. */
export const hasOurNames = (source: string): boolean => source.includes(helpersName) || source.includes(markStart);

/** The text without what was inserted in it; the text itself where it does not read like one of ours. */
export function writtenText(text: string): string {
  const written = withoutInsertions(text);
  const isOurs = apply(indexOf, text, [helpersName, 0]) >= 0 && apply(indexOf, written, [helpersName, 0]) < 0;
  return isOurs ? written : text;
}

/** Of text in which no other marks can be. */
export function withoutInsertions(text: string): string {
  let mark = apply(indexOf, text, [markStart, 0]);
  if (mark < 0) return text;
  let written = "";
  let from = 0;
  for (; mark >= 0; mark = apply(indexOf, text, [markStart, from])) {
    let end = mark + markStart.length;
    const closes = apply(charCodeAt, text, [end]) === plus;
    if (closes) end++;
    let length = 0;
    for (; isDigit(apply(charCodeAt, text, [end])); end++) length = length * 10 + apply(charCodeAt, text, [end]) - zero;
    if (apply(slice, text, [end, end + markEnd.length]) !== markEnd) return text;
    end += markEnd.length;
    const start = closes ? mark : mark - length;
    if (start < from) return text;
    written += apply(slice, text, [from, start]);
    from = closes ? end + length : end;
  }
  return written + apply(slice, text, [from]);
}

const plus = 43;
const zero = 48;
const isDigit = (code: number): boolean => code >= zero && code < zero + 10;

/**
 * From now on functions of this realm show their text as it was written, and those that stand in for others the text of these. Undoing puts the property back that was found, or
 * lets ours only pass through when others have built on it since.
 */
export function showWrittenText(foundBelow: (standIn: unknown) => object | undefined = () => undefined): () => void {
  const owner = Function.prototype;
  const found = getOwnPropertyDescriptor(owner, "toString");
  const original: unknown = found?.value;
  if (!isMethod(original) || found?.configurable !== true) return () => undefined;
  let isOn = true;
  const { toString: standIn } = {
    // A method: like the one it stands in for, it is no constructor.
    toString(this: unknown): unknown {
      const text = apply(original, this === standIn ? original : (foundBelow(this) ?? this), []);
      return isOn && typeof text === "string" ? writtenText(text) : text;
    },
  };
  passFor(standIn, original);
  defineProperty(owner, "toString", { ...found, value: standIn });
  return () => {
    isOn = false;
    if (getOwnPropertyDescriptor(owner, "toString")?.value === standIn) defineProperty(owner, "toString", found);
  };
}

type Method = (this: unknown) => unknown;
const isMethod = (value: unknown): value is Method => typeof value === "function";
