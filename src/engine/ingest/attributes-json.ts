// Attributes as JSON text that every JSON parser takes: a lone surrogate, which JavaScript prints as an escape that
// databases refuse, becomes U+FFFD.
import type { Attributes } from "../../shared/trace/attributes.js";

export function attributesToJson(attributes: Attributes): string {
  const json = JSON.stringify(attributes);
  if (!json.includes("\\ud")) return json;
  // An escaped backslash is taken first, so that the text `\ud800` written out by a program stays what it is.
  return json.replace(/\\(\\|ud[89a-f][0-9a-f]{2})/g, (escape, what: string) => (what === "\\" ? escape : "\\ufffd"));
}
