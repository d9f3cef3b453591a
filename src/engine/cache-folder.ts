// The folder in which agents keep what programs would have to work out again at each start (src/agent/kept-files.ts). They
// only ever add to it: here it is made, and the oldest files are thrown away.
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const mostBytes = 128 * 1024 * 1024;
const longestMs = 30 * 24 * 3600 * 1000;

interface CachedFile {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** There when this is done; room is made in the background. Where that is impossible programs start as they would without. */
export async function prepareCacheFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  const made = mkdir(folder, { recursive: true, mode: 0o700 });
  await made.catch(() => undefined);
  void sweepCacheFolder(folder);
}

export async function sweepCacheFolder(folder: string, nowMs = Date.now(), most = mostBytes): Promise<void> {
  try {
    for (const path of tooMany(await filesIn(folder), nowMs, most)) await rm(path, { force: true });
  } catch {
    // Not there, or somebody else's.
  }
}

async function filesIn(folder: string): Promise<readonly CachedFile[]> {
  const found: CachedFile[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    // Reading is noted by most file systems about once a day.
    if (stats?.isFile() === true)
      found.push({ path, bytes: stats.size, usedMs: Math.max(stats.atimeMs, stats.mtimeMs) });
  }
  return found;
}

/** Those that nobody used for long, and the longest unused of the others until the rest has room. */
function tooMany(files: readonly CachedFile[], nowMs: number, most: number): readonly string[] {
  let bytes = 0;
  return files
    .toSorted((a, b) => b.usedMs - a.usedMs)
    .flatMap((file) => {
      bytes += file.bytes;
      return bytes > most || nowMs - file.usedMs > longestMs ? [file.path] : [];
    });
}
