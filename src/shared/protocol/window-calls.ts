// Calls about what the window keeps from one start to the next: settings, layouts, forms. The engine keeps it for every host, since
// a browser's own storage is another one at every port. It does not read it: what a text says is the window's affair.
import * as v from "valibot";
import { nothing, text } from "./schemas.js";

/** Characters of one text, and how many texts there are. */
export const mostKeptText = 1_000_000;
export const mostKeptTexts = 100;

const key = v.pipe(text, v.regex(/^hindcast\.[a-z-]{1,40}$/, "a name that the window keeps something under"));

export const windowCalls = {
  "window.kept": { args: nothing, result: v.record(text, text) },
  /** Without `text`: under this name nothing is kept any more. */
  "window.keep": {
    args: v.object({ key, text: v.optional(v.pipe(text, v.maxLength(mostKeptText))) }),
    result: nothing,
  },
} as const;
