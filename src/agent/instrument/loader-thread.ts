// Module hooks for Node before 22.15, where they live in a thread of their own: bundled into a file that `module.register`
// loads there. A registration carries its settings; the same file may be registered again to stay outermost.
import { type ApiFiles, apiFilesIn, isNotFound, packageName } from "./api-resolution.js";
import { pathToFileURL } from "node:url";
import { type Rewrite, rewriterOf, textOf } from "./rewrite.js";
import { type SelectionSettings, linesOf, pathFromUrl, selectionOf } from "./selection.js";

export interface LoaderThreadData extends SelectionSettings {
  readonly apiFolder: string;
}

interface LoadResult {
  readonly format?: string | null;
  readonly source?: unknown;
  readonly shortCircuit?: boolean;
}
type Next<Result> = (subject: string, context: unknown) => Promise<Result>;

let active: { readonly rewrite: Rewrite; readonly api: ApiFiles } | undefined;

export function initialize(data: LoaderThreadData): void {
  const noteUnreadable = (): void => undefined;
  active = {
    rewrite: rewriterOf({
      isSelected: selectionOf(data),
      standsAlone: true,
      noteUnreadable,
      told: data,
      linesIn: linesOf(data),
    }),
    api: apiFilesIn(data.apiFolder),
  };
}

export async function resolve(specifier: string, context: unknown, next: Next<object>): Promise<object> {
  if (specifier !== packageName || active === undefined) return withoutOurFrame(() => next(specifier, context));
  try {
    return await withoutOurFrame(() => next(specifier, context));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return { url: pathToFileURL(active.api.module).href, format: "module", shortCircuit: true };
  }
}

export async function load(url: string, context: unknown, next: Next<LoadResult>): Promise<LoadResult> {
  const loaded = await withoutOurFrame(() => next(url, context));
  const path = pathFromUrl(url);
  const source = textOf(loaded.source);
  if (active === undefined || path === undefined || source === undefined || typeof loaded.format !== "string")
    return loaded;
  const rewritten = active.rewrite(source, path, loaded.format);
  return rewritten === undefined ? loaded : { ...loaded, ...rewritten };
}

/** A hook of the program that fails is called by ours, which is called by Node once more: its stack says so in two lines. */
async function withoutOurFrame<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && typeof error.stack === "string") {
      const lines = error.stack.split("\n");
      const isOurs = (line: string | undefined): boolean => line?.includes(import.meta.url) === true;
      const isTheirs = (line: string | undefined): boolean => /^ {4}at next(?:Load|Resolve) /.test(line ?? "");
      const kept = lines.filter((line, at) => !isOurs(line) && !(isTheirs(line) && isOurs(lines[at - 1])));
      if (kept.length < lines.length) error.stack = kept.join("\n");
    }
    throw error;
  }
}
