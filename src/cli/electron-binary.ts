// Whether the desktop shell can be used here. Asking the `electron` package itself would make it download.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { hasDisplay } from "../serve/open-browser.js";

/**
 * `because` ends a sentence that says why the page is served to a browser. `missingIn`: the binary is all that is
 * missing, and this package's installer could fetch it.
 */
export type Shell =
  | { readonly kind: "electron"; readonly binary: string }
  | { readonly kind: "none"; readonly because: string; readonly missingIn?: string | undefined };

export interface ShellQuestion {
  readonly packageFolder: string;
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
}

export function findShell({ packageFolder, platform, environment, isRoot }: ShellQuestion): Shell {
  if (environment["HINDCAST_HOST"] === "browser") return none("HINDCAST_HOST is set to browser");
  if (!hasDisplay(platform, environment)) return none("there is no display");
  if (platform === "linux" && isRoot) return none("Electron does not run as root");
  const binary = electronBinary(packageFolder, environment);
  if (binary !== undefined) return { kind: "electron", binary };
  return { ...none("Electron's binary is not installed"), missingIn: electronPackage(packageFolder) };
}

const none = (because: string): Shell & { readonly kind: "none" } => ({ kind: "none", because });

/** What Electron's installer left, or where the environment says it is. */
export function electronBinary(packageFolder: string, environment: NodeJS.ProcessEnv): string | undefined {
  const folder = electronPackage(packageFolder);
  const override = environment["ELECTRON_OVERRIDE_DIST_PATH"];
  const named = folder === undefined ? undefined : textOf(join(folder, "path.txt"));
  if (override !== undefined && override !== "") return existing(join(override, named ?? "electron"));
  return folder === undefined || named === undefined ? undefined : existing(join(folder, "dist", named));
}

/** Electron is a development dependency: an installed Hindcast may be without it. */
function electronPackage(packageFolder: string): string | undefined {
  try {
    return dirname(createRequire(join(packageFolder, "package.json")).resolve("electron/package.json"));
  } catch {
    return undefined;
  }
}

const existing = (path: string): string | undefined => (existsSync(path) ? path : undefined);
const textOf = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, "utf8").trim() : undefined);
