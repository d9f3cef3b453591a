// Other versions of Node for tests, from the registry packages that carry the binaries; kept under .cache/nodes.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The oldest the agent promises to run on, and one of each line since. */
export const nodeVersions = ["18.19.1", "20.20.2", "22.23.3", "24.21.0", "26.10.0"] as const;

const triesAll = process.env["HINDCAST_TEST_NODES"] === "all";

/** Of a test that takes long for each: those of this line, or all where `HINDCAST_TEST_NODES=all`. */
export const nodeVersionsToTry: readonly string[] = nodeVersions.filter(
  (version) => triesAll || version.split(".")[0] === process.versions.node.split(".")[0],
);

/** The oldest and the newest, or all: the agent does what it does on one between them on one of them, or on that of the tests. */
export const nodeVersionsAtEnds: readonly string[] = nodeVersions.filter(
  (_, at) => triesAll || at === 0 || at === nodeVersions.length - 1,
);

/** Path of that version's binary, fetched when it is not there yet; the reason in words when it cannot be had. */
export async function nodeBinary(version: string): Promise<{ readonly path: string } | { readonly missing: string }> {
  const system = process.platform === "win32" ? "win" : process.platform;
  const packageName = `node-${system}-${process.arch}`;
  const folder = resolve(".cache/nodes", version);
  const path = join(folder, "node_modules", packageName, process.platform === "win32" ? "bin/node.exe" : "bin/node");
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
  try {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    await run(npm, [...args, `${packageName}@${version}`], { timeout: 180_000, shell: process.platform === "win32" });
  } catch (error) {
    return {
      missing: `${packageName}@${version}: ${error instanceof Error ? error.message.slice(0, 200) : "not installed"}`,
    };
  }
  return existsSync(path) ? { path } : { missing: `${packageName}@${version} has no binary` };
}
