// Which files are instrumented: the program's own, unless the settings name others. Never Node's and never our own.
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { matcherOf } from "./glob.js";

export interface SelectionSettings {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly writes: boolean;
  readonly calls: boolean;
  /** Names of classes and variables that were chosen. */
  readonly state: readonly string[];
  /** Functions and files whose statements are told of, all where it is empty; undefined: none. */
  readonly lines: readonly string[] | undefined;
  /** The program's working directory, which the globs are relative to. */
  readonly cwd: string;
  /** The folder of the agent's own files. */
  readonly ownFolder: string;
}

export type Selection = (path: string) => boolean;

export function selectionOf({ include, exclude, writes, calls, state, cwd, ownFolder }: SelectionSettings): Selection {
  const isIncluded = matcherOf(include);
  const isExcluded = matcherOf(exclude);
  return (path) => {
    if ((!writes && !calls && state.length === 0) || path.startsWith(ownFolder + sep)) return false;
    if (include.length === 0 && isOfPackage(path)) return false;
    if (include.length === 0 && exclude.length === 0) return true;
    const fromCwd = relative(cwd, path).split(sep).join("/");
    return !isExcluded(fromCwd) && (include.length === 0 || isIncluded(fromCwd));
  };
}

/** Why a file of the program's own is not selected, by what somebody has set; undefined for all others. */
export function reasonsLeftOut({
  include,
  exclude,
  cwd,
}: Pick<SelectionSettings, "include" | "exclude" | "cwd">): (path: string) => string | undefined {
  const isIncluded = matcherOf(include);
  const isExcluded = matcherOf(exclude);
  return (path) => {
    if (isOfPackage(path)) return undefined;
    const fromCwd = relative(cwd, path).split(sep).join("/");
    if (isExcluded(fromCwd)) return "left out by --exclude";
    return include.length > 0 && !isIncluded(fromCwd) ? "left out by --include" : undefined;
  };
}

/** By what stands in `--lines`: names of functions, and globs of files, whose functions are all meant. */
export function linesOf({
  lines,
  cwd,
}: Pick<SelectionSettings, "lines" | "cwd">): ((path: string) => readonly string[] | undefined) | undefined {
  if (lines === undefined) return undefined;
  if (lines.length === 0) return () => ["*"];
  const globs = lines.filter(isOfFiles);
  const names = lines.filter((one) => !isOfFiles(one));
  const isMeant = matcherOf(globs);
  return (path) => {
    if (globs.length > 0 && isMeant(relative(cwd, path).split(sep).join("/"))) return ["*"];
    return names.length === 0 ? undefined : names;
  };
}

const isOfFiles = (pattern: string): boolean => /[\\/]|\.(?:[cm]?[jt]s|[jt]sx)$/.test(pattern);

const isOfPackage = (path: string): boolean => /(?:^|[\\/])node_modules[\\/]/.test(path);

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
