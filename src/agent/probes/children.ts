// Processes that this thread starts: each is given what it needs to be recorded, and told which run its parent is, a worker of
// a cluster its number; how each ended is told, which one that was killed cannot do itself.
import { ChildProcess } from "node:child_process";
import type { Guest } from "../guest.js";
import type { ChildEnvironment } from "../child-environment.js";
import { dataProperty, isObject } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import { onChildEnd } from "./child-ends.js";
import { spawnSyncBinding } from "./spawn-sync.js";

export interface ChildEnd {
  readonly pid: number;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

export function installChildren(
  guest: Guest,
  environment: ChildEnvironment,
  onEnd: (end: ChildEnd) => void,
): () => void {
  const prepared = (options: unknown): unknown => guest.runAsGuest(() => environment.prepare(options), options);
  return together([
    replaceMethod(
      ChildProcess.prototype,
      "spawn",
      (spawn) =>
        function (...args) {
          const child: unknown = this;
          const options = args[0];
          args[0] = prepared(options);
          const result = Reflect.apply(spawn, child, args);
          if (child instanceof ChildProcess)
            guest.runAsGuest(() => {
              // What the program is told that it has started.
              if (args[0] !== options && isObject(options))
                Reflect.set(child, "spawnargs", dataProperty(options, "args"));
              watchEnd(guest, child, onEnd);
            }, undefined);
          return result;
        },
    ),
    replaceMethod(
      spawnSyncBinding() ?? {},
      "spawn",
      (spawn) =>
        function (...args) {
          args[0] = prepared(args[0]);
          return Reflect.apply(spawn, this, args);
        },
    ),
  ]);
}

function watchEnd(guest: Guest, child: ChildProcess, onEnd: (end: ChildEnd) => void): void {
  const { pid } = child;
  if (pid === undefined) return;
  onChildEnd(guest, child, ({ exitCode, signal }) => {
    if (exitCode !== undefined || signal !== undefined) onEnd({ pid, exitCode, signal });
  });
}
