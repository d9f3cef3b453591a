// The file that a recording's pipeline is from is looked at while the program runs: saving it changes what is recorded from then on.
import { statSync } from "node:fs";
import type { Disposables } from "../shared/base/disposables.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { Call } from "../shared/protocol/rpc.js";
import { readConfig } from "./config-file.js";

const lookEveryMs = 500;

interface Followed {
  readonly call: Call;
  readonly recordingId: string;
  /** What is wrong with what the file says now; what was in force stays so. */
  complain(error: HindcastError): Promise<void>;
}

export function followConfig(file: string | undefined, owned: Disposables, followed: Followed): void {
  if (file === undefined) return;
  const { call, recordingId } = followed;
  let last = Promise.resolve();
  const apply = async (): Promise<void> => {
    const read = await readConfig(file);
    // An editor may put a new file in its place: gone for a moment, it is read when it is there again.
    if (!read.ok && read.error.code === "no-such-file") return;
    const applied = read.ok ? await call("recording.configure", { recordingId, pipeline: read.value }) : read;
    if (!applied.ok && applied.error.code !== "recording-not-live") await followed.complain(applied.error);
  };
  let version = versionOf(file);
  const look = (): void => {
    const now = versionOf(file);
    if (now !== version) last = last.then(apply);
    version = now;
  };
  const timer = setInterval(look, lookEveryMs).unref();
  owned.defer(() => clearInterval(timer));
}

/** Another one each time it is saved. */
function versionOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? "gone" : `${found.ino} ${found.mtimeMs} ${found.size}`;
}
