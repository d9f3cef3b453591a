// What stands after a secret's name without being one: words that speak about it, and what stands in its place.

const words = new Set(
  "true false null undefined none nil nan string number boolean object any unknown required optional missing invalid valid incorrect wrong expired expires is are was were be must should may can not no empty set unset changed reset updated ok failed error the a an and or for of in to with via from by hidden masked redacted yes bad syntax await new async function typeof".split(
    " ",
  ),
);
const maxUnits = 40;
const maxWordUnits = 16;

/** Stars, templates, and what loggers put in place of values. */
const masks =
  /^(?:\*{2,}|•{2,}|x{3,}|\$\{[\w.:-]+\}|\{\{[\w .$-]*\}\}|[[<(](?:redacted|filtered|hidden|masked|removed|secret|sensitive|sanitized|object|array|proxy|getter|circular|none|empty)[\])>])$/i;
/** Empty brackets, remarks, and names of signals. */
const placeholder = /^(?:[[{]\s*[\]}]|\((?:sensitive|known|hidden|redacted|optional|required)|SIG[A-Z]{2,8})$/;

/** What only stands there without quotes: parameters of a statement, code, and the end of a line. */
const expression =
  /^(?:\?|!0|!1|(?:\\{1,8}[nr]){1,4}|(?:z|v|joi|yup)\.\w{1,16}\([^"'`]*|%[sdjoO]|\$\d{1,3}|[:@$][({]?(?:\w{0,24}_)?(?:new|old|user|current|confirm)?(?:password|passwd|pwd|pass|secret|token)(?:_?hash)?\d{0,2}[)}]?|(?:process|import|req|request|res|this|self|config|options|opts|params|body|input|ctx|args|env|user|data|form|settings)(?:[.?]{1,2}\w{1,24}){0,4}[.?]{1,2}\w{0,24}(?:password|passwd|pwd|secret|token|key|cookies?|auth|hash|authorization)(?:\??\.\w{1,16}\(.*)?|(?:get|create|make|read|load|find|fetch|sign|hash|generate)[A-Z]\w{0,24}\([^"'`]*)$/i;

/** What somebody put in the place of a secret before. */
export const isMask = (value: string): boolean => value.length <= maxUnits && masks.test(value);

/** Only of short words: a value that was looked through to its far end is always taken, or the time would add up. */
export function saysNothing(text: string, start: number, end: number): boolean {
  if (end - start > maxUnits) return false;
  const value = text.slice(start, end);
  return isWord(value, /[.!?:]$/) || masks.test(value) || placeholder.test(value);
}

/** The same of a value without quotes; `-1` and `42` are secrets of a kind that are numbers, and of no other. */
export function saysNothingBare(text: string, start: number, end: number, coversNumbers: boolean): boolean {
  if (end - start > maxUnits || text[end] === "|" || text[end] === "<") return false;
  const value = text.slice(start, end);
  if (saysNothing(text, start, end) || isWord(value, /[;,)]{1,3}:?$/)) return true;
  return expression.test(value) || (!coversNumbers && /^-?\d{1,3}$/.test(value));
}

/** Long and mixed as no word, name, date or address is: what is a secret where others stand beside it. */
export const looksRandom = (value: string): boolean =>
  value.length >= 16 &&
  /[0-9]/.test(value) &&
  /[A-Za-z]/.test(value) &&
  (/^[A-Za-z0-9]+$/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value))) &&
  !/\s|:\/\/|^\d{4}-\d\d-\d\dT/.test(value);

const isWord = (value: string, trailing: RegExp): boolean =>
  value.length <= maxWordUnits && words.has(value.replace(trailing, "").toLowerCase());
