// `hindcast copy`: one recording into one file. A file that is being recorded belongs to the engine that records it, and
// is copied in its window.
import { resolve } from "node:path";
import { sizeText } from "./byte-size.js";
import type { CommandArgs } from "./decode-args.js";
import { done, withRecording } from "./reading.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

export const copy = (world: World, args: CommandArgs<"copy">): Promise<Ending> =>
  withRecording(world, args.file, async ({ call, out, recordingId }) => {
    const path = resolve(world.cwd, args.out);
    const copied = await call("recording.copy", { recordingId, path, overwrite: args.overwrite });
    if (!copied.ok) return copied;
    await out.line(`${copied.value.path}: ${sizeText(copied.value.sizeBytes)}`);
    return done;
  });
