// A file's bytes into another one, for somebody who waits. Where the file system can share them between two files, that is all.
import { constants, createReadStream, createWriteStream } from "node:fs";
import { copyFile, stat } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Asker, tellPart } from "../../shared/base/asker.js";
import { Cancelled } from "../../shared/base/cancel.js";

const chunkBytes = 4 * 1024 * 1024;

/** `phase`: what is told that is done. Throws `Cancelled`; what is there of the new file then is the caller's to remove. */
export async function copyBytes(from: string, to: string, phase: string, asker: Asker): Promise<void> {
  const isShared = await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  if (isShared) return;
  const total = (await stat(from)).size;
  let done = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      try {
        tellPart(asker, { phase, done: Math.min(done, total), total, unit: "bytes" });
        next(undefined, chunk);
      } catch (error) {
        next(error instanceof Error ? error : new Cancelled());
      }
    },
  });
  await pipeline(createReadStream(from, { highWaterMark: chunkBytes }), count, createWriteStream(to));
}
