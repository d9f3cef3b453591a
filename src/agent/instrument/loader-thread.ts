// Module hooks for Node before 22.15, where they live in a thread of their own: bundled into a file that `module.register`
// loads there. A registration carries its settings; the same file may be registered again to stay outermost.
import { type ApiFiles, apiFilesIn, isNotFound, packageName } from "./api-resolution.js";
import { pathToFileURL } from "node:url";
import { type Rewrite, rewriterOf, textOf } from "./rewrite.js";
import { type SelectionSettings, pathFromUrl, selectionOf } from "./selection.js";

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
    rewrite: rewriterOf({ isSelected: selectionOf(data), standsAlone: true, noteUnreadable }),
    api: apiFilesIn(data.apiFolder),
  };
}

export async function resolve(specifier: string, context: unknown, next: Next<object>): Promise<object> {
  if (specifier !== packageName || active === undefined) return next(specifier, context);
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return { url: pathToFileURL(active.api.module).href, format: "module", shortCircuit: true };
  }
}

export async function load(url: string, context: unknown, next: Next<LoadResult>): Promise<LoadResult> {
  const loaded = await next(url, context);
  const path = pathFromUrl(url);
  const source = textOf(loaded.source);
  if (active === undefined || path === undefined || source === undefined || typeof loaded.format !== "string")
    return loaded;
  const rewritten = active.rewrite(source, path, loaded.format);
  return rewritten === undefined ? loaded : { ...loaded, ...rewritten };
}
