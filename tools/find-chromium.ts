// Which Chromium the browser tests use: the one named in CHROMIUM, Playwright's own, Chrome's, or the distribution's.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";
import { aptInstall, mayUseApt } from "./apt.js";

/** Playwright starts its own build by itself; every other one has to be named. */
export type FoundChromium = { readonly kind: "playwright" } | { readonly kind: "other"; readonly path: string };

const commandNames = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser"];

function installedPaths(): string[] {
  const programFolders = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap(
    (name) => process.env[name] ?? [],
  );
  const searched = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [
    ...searched.flatMap((folder) => commandNames.map((name) => join(folder, name))),
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ...programFolders.map((folder) => join(folder, "Google", "Chrome", "Application", "chrome.exe")),
  ];
}

export function findChromium(): FoundChromium | undefined {
  const named = process.env["CHROMIUM"];
  if (named !== undefined && existsSync(named)) return { kind: "other", path: named };
  if (existsSync(chromium.executablePath())) return { kind: "playwright" };
  const path = installedPaths().find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : { kind: "other", path };
}

const minutes = (count: number): number => count * 60_000;

/** Tries Playwright's installer, then the distribution's package; each bounded in time and shown as it runs. */
export function installChromium(): FoundChromium | undefined {
  const run = (command: string, args: readonly string[], timeout: number): boolean =>
    spawnSync(command, args, { stdio: "inherit", timeout }).status === 0;
  // --with-deps needs root; where it is refused the browser alone may still do.
  const playwright = (args: readonly string[]) =>
    run(process.execPath, ["node_modules/@playwright/test/cli.js", "install", ...args, "chromium"], minutes(4));
  if (!playwright(["--with-deps"])) {
    if (mayUseApt()) aptInstall("chromium");
    else if (process.getuid?.() !== 0) playwright([]);
  }
  return findChromium();
}
