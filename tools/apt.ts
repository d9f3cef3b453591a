// Debian packages that tests need, installed where that is allowed: as root, in CI or when asked for.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const minutes = (count: number): number => count * 60_000;

export const mayUseApt = (): boolean => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

/** Bounded in time and shown as it runs; false when it did not work. */
export function aptInstall(packageName: string): boolean {
  const run = (args: readonly string[], timeout: number): boolean =>
    spawnSync("apt-get", args, { stdio: "inherit", timeout }).status === 0;
  run(["update", "-q"], minutes(2));
  return run(["install", "-y", "-q", "--no-install-recommends", packageName], minutes(5));
}
