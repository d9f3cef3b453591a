// What stands after a secret's name without being one: words that speak about it, and what stands in its place.

const words = new Set(
  "true false null undefined none nil nan string number boolean object any unknown required optional missing invalid valid incorrect wrong expired expires is are was were be must should may can not no empty set unset changed reset updated ok failed error the a an and or for of in to with via from by hidden masked redacted".split(
    " ",
  ),
);
const maxUnits = 40;
const maxWordUnits = 16;

/** Stars, templates, empty brackets, and what loggers put in place of values. */
const placeholder =
  /^(?:\*{2,}|•{2,}|x{3,}|\$\{[\w.:-]+\}|\{\{[\w .$-]*\}\}|[[{]\s*[\]}]|[[<(](?:redacted|filtered|hidden|masked|removed|secret|sensitive|sanitized|object|array|proxy|getter|circular|none|empty)[\])>])$/i;

/** What only stands there without quotes: parameters of a statement, and code. */
const expression =
  /^(?:\?|!0|!1|%[sdjoO]|\$\d{1,3}|[:@$][({]?(?:\w{0,24}_)?(?:new|old|user|current|confirm)?(?:password|passwd|pwd|pass|secret|token)(?:_?hash)?\d{0,2}[)}]?|(?:process|import|req|request|res|this|self|config|options|opts|params|body|input|ctx|args|env|user|data|form|settings)(?:[.?]{1,2}\w{1,24}){0,4}[.?]{1,2}\w{0,24}(?:password|passwd|pwd|secret|token|key|cookies?|auth|hash|authorization))$/i;

/** Only of short words: a value that was looked through to its far end is always taken, or the time would add up. */
export function saysNothing(text: string, start: number, end: number): boolean {
  if (end - start > maxUnits) return false;
  const value = text.slice(start, end);
  return (
    (value.length <= maxWordUnits && words.has(value.replace(/[.!?:]+$/, "").toLowerCase())) || placeholder.test(value)
  );
}

/** The same of a value without quotes; `-1` and `42` are secrets of a kind that are numbers, and of no other. */
export function saysNothingBare(text: string, start: number, end: number, coversNumbers: boolean): boolean {
  if (end - start > maxUnits) return false;
  const value = text.slice(start, end);
  return saysNothing(text, start, end) || expression.test(value) || (!coversNumbers && /^-?\d{1,3}$/.test(value));
}
