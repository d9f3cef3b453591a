// Packages that a test installs for itself from npm's registry, because they are too large for everybody's `npm ci`.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const npm = join(dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js");

/** Into the folder's own `node_modules`. */
export async function installInto(folder: string, packages: readonly string[]): Promise<void> {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "installed", private: true }), { flag: "a" });
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  await promisify(execFile)(process.execPath, [npm, "install", ...options, ...packages], { cwd: folder });
}
