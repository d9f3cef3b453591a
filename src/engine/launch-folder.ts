// What is in a folder to be started: the scripts of its package.json, by the package manager whose lock file lies there or above.
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";

const packageJson = v.object({
  name: v.optional(v.string()),
  scripts: v.optional(v.record(v.string(), v.string())),
  packageManager: v.optional(v.string()),
});

const lockFiles = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["package-lock.json", "npm"],
] as const;
const mostScripts = 200;

/** A `~` at its beginning is the user's own folder. */
export const wholeFolder = (typed: string): string => resolve(typed.replace(/^~(?=$|[\\/])/, homedir()));

export async function launchFolder(typed: string): Promise<Result<CallResult<"launch.folder">, HindcastError>> {
  const folder = wholeFolder(typed);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return failed(hindcastError("no-such-folder", { path: folder }));
  const path = join(folder, "package.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return ok({ folder, runner: "npm", scripts: [] });
  const read = packageFrom(text);
  if (typeof read === "string") return failed(hindcastError("bad-package-json", { path, reason: read }));
  const scripts = Object.entries(read.scripts ?? {})
    .slice(0, mostScripts)
    .map(([name, command]) => ({ name, command }));
  const named = /^(npm|pnpm|yarn|bun)@/.exec(read.packageManager ?? "")?.[1];
  return ok({ folder, packageName: read.name, runner: named ?? (await runnerBeside(folder)), scripts });
}

function packageFrom(text: string): v.InferOutput<typeof packageJson> | string {
  try {
    const read = v.safeParse(packageJson, JSON.parse(text.replace(/^\uFEFF/, "")));
    return read.success ? read.output : read.issues[0].message;
  } catch (error) {
    return error instanceof Error ? error.message : "it is no JSON";
  }
}

async function runnerBeside(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    for (const [file, runner] of lockFiles) if (await isThere(join(at, file))) return runner;
    if (dirname(at) === at) return "npm";
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
