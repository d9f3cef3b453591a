// Processes that this thread starts: each is given what it needs to be recorded, and told which run its parent is, a worker of
// a cluster its number; how each ended is told, which one that was killed cannot do itself.
import type { ChildProcess } from "node:child_process";
import type { ChildEnvironment } from "../child-environment.js";
import type { ChildStarts } from "../child-starts.js";
import type { Guest } from "../guest.js";
import { dataProperty, isObject } from "../own-data.js";
import { onChildEnd } from "./child-ends.js";

export interface ChildEnd {
  readonly pid: number;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

export function installChildren(
  { guest, childStarts }: { readonly guest: Guest; readonly childStarts: ChildStarts },
  environment: ChildEnvironment,
  onEnd: (end: ChildEnd) => void,
): () => void {
  return childStarts.listen(guest, (start) => {
    start.given = environment.prepare(start.asked);
    return (started) => {
      if (started.kind !== "runs") return;
      const { child } = started;
      // What the program is told that it has started.
      if (start.given !== start.asked && isObject(start.asked))
        Reflect.set(child, "spawnargs", dataProperty(start.asked, "args"));
      watchEnd(guest, child, onEnd);
    };
  });
}

function watchEnd(guest: Guest, child: ChildProcess, onEnd: (end: ChildEnd) => void): void {
  const { pid } = child;
  if (pid === undefined) return;
  onChildEnd(guest, child, ({ exitCode, signal }) => {
    if (exitCode !== undefined || signal !== undefined) onEnd({ pid, exitCode, signal });
  });
}
