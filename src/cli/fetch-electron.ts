// Has Electron's own installer fetch its binary. Where it cannot be had, that is known within seconds; where its download
// answers, it gets the minutes that a slow line needs.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

export interface FetchLimits {
  /** For everything, when nobody answers where the binary is kept. A binary in the installer's cache needs less. */
  readonly unreachableMs: number;
  readonly reachableMs: number;
}

export const fetchLimits: FetchLimits = { unreachableMs: 15_000, reachableMs: 180_000 };

const releases = "https://github.com/electron/electron/releases/download/";
const about = v.object({ version: v.string() });

export async function fetchElectron(
  electronFolder: string,
  environment: NodeJS.ProcessEnv,
  limits: FetchLimits,
  signal?: AbortSignal,
): Promise<boolean> {
  if ((environment["ELECTRON_SKIP_BINARY_DOWNLOAD"] ?? "") !== "") return false;
  const startedMs = performance.now();
  const { version } = v.parse(about, JSON.parse(readFileSync(join(electronFolder, "package.json"), "utf8")));
  const mirror = environment["npm_config_electron_mirror"] ?? environment["ELECTRON_MIRROR"] ?? releases;
  const isReachable = await answers(`${mirror}v${version}/SHASUMS256.txt`, limits.unreachableMs / 3);
  const limitMs = isReachable ? limits.reachableMs : limits.unreachableMs - (performance.now() - startedMs);
  return installed(join(electronFolder, "install.js"), environment, limitMs, signal);
}

async function answers(url: string, withinMs: number): Promise<boolean> {
  try {
    return (await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(withinMs) })).ok;
  } catch {
    return false;
  }
}

function installed(
  installer: string,
  environment: NodeJS.ProcessEnv,
  withinMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  return new Promise((settle) => {
    const { NODE_OPTIONS: _, ...inherited } = environment;
    const child = spawn(process.execPath, [installer], {
      env: inherited,
      stdio: "ignore",
      signal,
      killSignal: "SIGKILL",
      timeout: Math.max(1, Math.ceil(withinMs)),
    });
    child.once("error", () => settle(false));
    child.once("exit", (code) => settle(code === 0));
  });
}
