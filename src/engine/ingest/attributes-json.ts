// Attributes as JSON text that every JSON parser takes: a lone surrogate, which JavaScript prints as an escape that
// databases refuse, becomes U+FFFD.
import type { Attributes } from "../../shared/trace/attributes.js";

export function attributesToJson(attributes: Attributes): string {
  const json = JSON.stringify(attributes);
  if (!json.includes("\\ud")) return json;
  // An escaped backslash is taken first, so that the text `\ud800` written out by a program stays what it is.
  return json.replace(/\\(\\|ud[89a-f][0-9a-f]{2})/g, (escape, what: string) => (what === "\\" ? escape : "\\ufffd"));
}

/** Attributes and later ones, both as JSON text, as one: of the same key the later counts. */
export function mergedJson(before: string, later: string): string {
  if (later === "{}") return before;
  if (before === "{}") return later;
  const more = objectOf(later);
  const areBehind = !before.includes("\\u") && Object.keys(more).every((key) => isBehind(before, key));
  if (areBehind) return `${before.slice(0, -1)},${later.slice(1)}`;
  return JSON.stringify({ ...objectOf(before), ...more });
}

function objectOf(json: string): object {
  const value: unknown = JSON.parse(json);
  return typeof value === "object" && value !== null ? value : {};
}

/** Whether such a key comes behind all those of `before`: it is none of them, and none that JavaScript puts first. */
const isBehind = (before: string, key: string): boolean =>
  !/^\d/.test(key) && !before.includes(`${JSON.stringify(key)}:`);
