// Calls about the recordings that the welcome page lists: what they are called, what they are about, and that one goes.
import * as v from "valibot";
import { nothing, text } from "./schemas.js";

export const mostTags = 8;
export const mostTagText = 40;
/** Of a file without its ending. */
export const mostNameText = 120;

const path = v.pipe(text, v.minLength(1));

export const recentsCalls = {
  /** The file itself, in its folder. Fails for one that is open, or is none of the list. */
  "recents.rename": {
    args: v.object({ path, name: v.pipe(text, v.minLength(1), v.maxLength(mostNameText)) }),
    result: v.object({ path: text }),
  },
  "recents.tag": {
    args: v.object({ path, tags: v.pipe(v.array(v.pipe(text, v.maxLength(mostTagText))), v.maxLength(mostTags)) }),
    result: nothing,
  },
  /** Takes it off the list; the file stays. */
  "recents.forget": { args: v.object({ path }), result: nothing },
  /** Removes the file, for good. Fails for one that is open, or is none of the list. */
  "recents.delete": { args: v.object({ path }), result: nothing },
} as const;
