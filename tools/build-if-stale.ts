// Builds out/ when a source is newer than the last build. `.cache/built` carries the time of the last build that ended
// well; sources are compared with when it started, so that an edit made during a build leads to another one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmRunCommand } from "./npm-run-command.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const marker = join(root, ".cache/built");
const sources = ["src", "package.json", "package-lock.json", "electron.vite.config.ts", "tools/build-node.ts"];
const outputs = ["out/node/cli.js", "out/agent/agent.cjs", "out/api/index.mjs", "out/renderer/index.html"];

export function newestMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return path.endsWith(".test.ts") ? 0 : stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

function isStale(): boolean {
  if (!outputs.every((path) => existsSync(join(root, path)))) return true;
  const builtMs = statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((path) => newestMs(join(root, path)) > builtMs);
}

export function buildIfStale(): void {
  if (!isStale()) return;
  const startedAt = new Date();
  const { command, args, shell } = npmRunCommand("build");
  const built = spawnSync(command, args, { cwd: root, stdio: "inherit", shell });
  if (built.status !== 0) throw new Error("npm run build failed; its output is above.");
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(marker, "");
  utimesSync(marker, startedAt, startedAt);
}
