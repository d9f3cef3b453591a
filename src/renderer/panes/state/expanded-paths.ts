// Which branches of a scope are open, and what opening a path means for its ancestors.
import { appendStep, parsePath } from "../../../shared/trace/path.js";

export const toggledPath = (expanded: readonly string[], path: string): readonly string[] =>
  expanded.includes(path) ? expanded.filter((other) => other !== path) : [...expanded, path];

/** Opens every branch above a path, so that its row exists. */
export function revealed(expanded: readonly string[], path: string): readonly string[] {
  return [...new Set([...expanded, ...ancestorsOf(path)])];
}

/** The root "" and every path on the way, without the path itself. */
export function ancestorsOf(path: string): readonly string[] {
  const parsed = parsePath(path);
  if (!parsed.ok || parsed.value.length === 0) return [""];
  const ancestors = [""];
  for (const step of parsed.value.slice(0, -1)) ancestors.push(appendStep(ancestors[ancestors.length - 1] ?? "", step));
  return ancestors;
}

/** A path in two parts, so that a narrow pane can cut the first and keep the last. */
export function splitPath(path: string): { readonly before: string; readonly last: string } {
  const before = ancestorsOf(path).at(-1) ?? "";
  return { before, last: path.slice(before.length) };
}
