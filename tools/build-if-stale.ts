// Builds the half of out/ whose sources are newer than what was built from them last; nothing when nothing changed.
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { npmRunCommand } from "./npm-run-command.js";
import { repositoryRoot } from "./run-step.js";

interface BuiltHalf {
  readonly script: string;
  readonly sources: readonly string[];
  readonly outputs: readonly string[];
}

const everywhere = ["src/shared", "package.json", "package-lock.json", "tsconfig.base.json"];
const halves: readonly BuiltHalf[] = [
  {
    script: "build:node",
    sources: [
      ...everywhere,
      "src/redact",
      "src/engine",
      "src/agent",
      "src/api",
      "src/cli",
      "src/serve",
      "tools/build-node.ts",
    ],
    outputs: [
      "out/node/cli.js",
      "out/node/engine-process.js",
      "out/agent/agent.cjs",
      "out/agent/guest-side.cjs",
      "out/agent/agent-thread.cjs",
      "out/api/index.mjs",
    ],
  },
  {
    script: "build:app",
    sources: [...everywhere, "src/renderer", "src/main", "src/preload", "src/engine", "electron.vite.config.ts"],
    outputs: ["out/main/index.js", "out/renderer/index.html"],
  },
];

/** When anything below a path was last changed; 0 where there is nothing. Tests are no part of what is built. */
function newestMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return path.endsWith(".test.ts") ? 0 : stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

function isStale({ sources, outputs }: BuiltHalf): boolean {
  const builtMs = Math.min(...outputs.map((path) => newestMs(join(repositoryRoot, path))));
  return sources.some((path) => newestMs(join(repositoryRoot, path)) > builtMs);
}

export function buildIfStale(): void {
  for (const half of halves) {
    if (!isStale(half)) continue;
    const { command, args, shell } = npmRunCommand(half.script);
    const built = spawnSync(command, args, { cwd: repositoryRoot, stdio: "inherit", shell });
    if (built.status !== 0) throw new Error(`npm run ${half.script} failed; its output is above.`);
  }
}
