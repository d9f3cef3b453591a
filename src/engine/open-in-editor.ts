// Opens a place of the recorded program's code in an editor of the user's: only places that the recording itself holds, and files
// that are there. The editor is started by its arguments, without a shell, and goes on without us.
import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { editorCommand } from "./editors.js";
import { holdsFile } from "./store/code-files.js";
import type { Query } from "./store/readers.js";

/** An editor that ends with a failure within this was not opened. */
const failsWithinMs = 1500;

const editorNames = {
  vscode: "VS Code (code, codium, cursor or windsurf)",
  jetbrains: "A JetBrains editor (webstorm, idea, …)",
  environment: "The editor that VISUAL or EDITOR names",
  custom: "The command of your own",
} as const;

export async function openInEditor(
  query: Query,
  environment: NodeJS.ProcessEnv,
  { file, line, column, editor, words = [] }: CallArgs<"editor.open">,
): Promise<Result<CallResult<"editor.open">, HindcastError>> {
  if (!(await holdsFile(query, file))) return failed(hindcastError("not-a-recorded-place", { path: file }));
  const path = pathOf(file);
  // A recording may come from anybody: only a whole path is none of an editor's options.
  const isFile =
    isAbsolute(path) &&
    (await stat(path).then(
      (found) => found.isFile(),
      () => false,
    ));
  if (!isFile) return failed(hindcastError("source-missing", { path }));
  const command = editorCommand(
    editor,
    { file: path, line: Math.max(1, line), column: Math.max(1, column) },
    { environment, platform: process.platform, isExecutable },
    words,
  );
  if (command === undefined) return failed(hindcastError("no-editor", { editor: editorNames[editor] }));
  const problem = await started(command.file, command.args, environment);
  if (problem !== undefined) return failed(hindcastError("editor-failed", { editor: command.file, reason: problem }));
  return ok({ command: [command.file, ...command.args] });
}

function pathOf(file: string): string {
  if (!file.startsWith("file://")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}

function started(file: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  // Windows starts such files by its shell only.
  if (process.platform === "win32" && /^\.(?:cmd|bat)$/i.test(extname(file)))
    return Promise.resolve("it is a batch file, which only a shell could start: choose another editor");
  return new Promise((resolve) => {
    const child = spawn(file, args, { env: environment, stdio: "ignore", detached: true });
    const done = setTimeout(() => resolve(undefined), failsWithinMs);
    const end = (problem: string | undefined): void => {
      clearTimeout(done);
      resolve(problem);
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code) => end(code === 0 || code === null ? undefined : `it ended with ${code}`));
    child.unref();
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
