// Which version of Node a binary is, read from its file: every build carries the address of its own sources, node-vX.Y.Z.tar.gz.
// Nothing is run for that. Builds that leave it out, or keep Node in a library, tell nothing.
import { open } from "node:fs/promises";

const sources = Buffer.from("/node-v");
const named = /^\/node-v(\d{1,3}\.\d{1,4}\.\d{1,4}(?:-[0-9a-z.-]{1,40}?)?)\.tar\.gz/;
const chunkBytes = 4 * 1024 * 1024;
/** As long as what is looked for may be. */
const mostBytes = 80;
/** No build is larger. */
const mostChunks = 128;

export async function nodeVersionIn(path: string): Promise<string | undefined> {
  const file = await open(path, "r");
  try {
    const chunk = Buffer.alloc(chunkBytes + mostBytes);
    for (let number = 0; number < mostChunks; number++) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, number * chunkBytes);
      const version = versionIn(chunk.subarray(0, bytesRead));
      if (version !== undefined || bytesRead < chunk.length) return version;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

function versionIn(bytes: Buffer): string | undefined {
  for (let at = bytes.indexOf(sources); at !== -1; at = bytes.indexOf(sources, at + 1)) {
    const [, version] = named.exec(bytes.toString("latin1", at, at + mostBytes)) ?? [];
    if (version !== undefined) return version;
  }
  return undefined;
}
