// Which files are instrumented: the program's own, unless the settings name others. Never Node's and never our own.
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { matcherOf } from "./glob.js";

export interface SelectionSettings {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly writes: boolean;
  readonly calls: boolean;
  /** The program's working directory, which the globs are relative to. */
  readonly cwd: string;
  /** The folder of the agent's own files. */
  readonly ownFolder: string;
}

export type Selection = (path: string) => boolean;

export function selectionOf({ include, exclude, writes, calls, cwd, ownFolder }: SelectionSettings): Selection {
  const isIncluded = matcherOf(include);
  const isExcluded = matcherOf(exclude);
  return (path) => {
    if ((!writes && !calls) || path.startsWith(ownFolder + sep)) return false;
    if (include.length === 0 && /(?:^|[\\/])node_modules[\\/]/.test(path)) return false;
    if (include.length === 0 && exclude.length === 0) return true;
    const fromCwd = relative(cwd, path).split(sep).join("/");
    return !isExcluded(fromCwd) && (include.length === 0 || isIncluded(fromCwd));
  };
}

/** Of a file as V8 names it. */
export const pathOfFile = (file: string): string => pathFromUrl(file) ?? file;

/** The path of a module's URL; undefined for what is no file. */
export function pathFromUrl(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(url.replace(/[?#].*$/s, ""));
  } catch {
    return undefined;
  }
}
