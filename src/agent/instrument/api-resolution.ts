// `import "hindcast"` in a program that has not installed it: the package's own entry, and only when nothing else is found.
import { join } from "node:path";

export const packageName = "hindcast";

export interface ApiFiles {
  readonly commonJs: string;
  readonly module: string;
}

export const apiFilesIn = (folder: string): ApiFiles => ({
  commonJs: join(folder, "index.cjs"),
  module: join(folder, "index.mjs"),
});

export function isNotFound(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND";
}
