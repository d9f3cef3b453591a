// `hindcast compact`: what a recording holds goes into a new file, without the room that was evicted or written anew. The
// old one is replaced by the new one when that is whole, never before.
import { existsSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { failed } from "../shared/base/result.js";
import { hindcastError } from "../shared/protocol/errors.js";
import { sizeText } from "./byte-size.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, done, withRecording } from "./reading.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

export async function compact(world: World, args: CommandArgs<"compact">): Promise<Ending> {
  let left: string | undefined;
  const ending = await withRecording(world, args.file, async ({ call, out, summary, recordingId }) => {
    const path = args.out === undefined ? undefined : resolve(world.cwd, args.out);
    const made = path ?? `${summary.path}.compact-${process.pid}`;
    if (path === undefined) left = made;
    const copied = await call("recording.copy", { recordingId, path: made, overwrite: false });
    if (!copied.ok) return copied;
    const { sizeBytes } = copied.value;
    if (path === undefined) {
      await call("recording.close", { recordingId });
      const replaced = await replace(summary.path, made);
      if (!replaced.ok) return replaced;
    }
    await out.line(`${path ?? summary.path}: ${sizeText(summary.sizeBytes)} before, ${sizeText(sizeBytes)} now`);
    return done;
  });
  // It may have become whole in the moment in which it was not wanted any more.
  if (left !== undefined) await rm(left, { force: true });
  return ending;
}

/** Somebody may have begun to read it, which does no harm; or have removed it. */
async function replace(path: string, made: string): Promise<Done> {
  try {
    await stat(path);
    // It would be taken for the new one's.
    if (existsSync(`${path}.wal`))
      throw new Error("what was recorded last is in a log beside it that is not folded in");
    await rename(made, path);
    return done;
  } catch (error) {
    await rm(made, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    return failed(hindcastError("cannot-write", { path, reason }));
  }
}
