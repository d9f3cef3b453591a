// What a program leaves in its socket's folder when it ends before its engine has taken everything: a file of the frames it
// would have sent. An engine that stood still reads it when it goes on, and so does one that was started anew.
import { closeSync, lstatSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { leftFileName } from "../shared/protocol/agent-wire.js";
import type { FrameParts } from "./frames.js";

/** As they were before the program could change them. */
const files = { closeSync, lstatSync, openSync, renameSync, rmSync, writeSync };

export interface LeftAt {
  readonly socketPath: string;
  readonly facts: { readonly runId: string };
}

/**
 * Whether the file is there now, whole and under its name. Never in a folder that others may enter, nor where there is none;
 * nothing is thrown. `mayFinish` is asked when everything is written, before it gets its name.
 */
export function leaveBehind(
  { socketPath, facts }: LeftAt,
  frames: Iterable<FrameParts>,
  mayFinish: () => boolean = () => true,
): boolean {
  // A pipe of Windows is in no folder.
  if (process.platform === "win32") return false;
  const folder = dirname(socketPath);
  const path = join(folder, leftFileName(facts.runId));
  const unfinished = `${path}.${isMainThread ? "program" : "worker"}`;
  try {
    if (!isPrivate(folder)) return false;
    write(unfinished, frames);
    if (mayFinish()) {
      files.renameSync(unfinished, path);
      return true;
    }
  } catch {
    // No folder, no space, no permission: how the program ended stays unknown.
  }
  remove(unfinished);
  return false;
}

function isPrivate(folder: string): boolean {
  const found = files.lstatSync(folder);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

function write(path: string, frames: Iterable<FrameParts>): void {
  const file = files.openSync(path, "wx", 0o600);
  try {
    for (const frame of frames)
      for (const part of frame)
        for (let done = 0; done < part.length;) done += files.writeSync(file, part, done, part.length - done);
  } finally {
    files.closeSync(file);
  }
}

function remove(path: string): void {
  try {
    files.rmSync(path, { force: true });
  } catch {
    // It goes with its folder.
  }
}
