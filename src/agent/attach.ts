// What the engine's inspector client evaluates in a program that runs already: the text of this file's bundle, in the
// program's own realm. It starts the agent proper as register.ts does, from a turn of the event loop of its own: the text may
// be evaluated in the middle of any function of a busy program.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";
import { agentHandleKey } from "../shared/protocol/agent-handle.js";
import type { AttachOrder, AttachOutcome } from "../shared/protocol/agent-wire.js";
import { loadInOwnRealm } from "./own-realm.js";
import { programSide } from "./program-side.js";

/** `tracked`: names, each followed by the value it stands for. Never throws; what went wrong has left nothing behind. */
export async function attach(order: AttachOrder, tracked: readonly unknown[]): Promise<AttachOutcome> {
  try {
    await setImmediate();
    const outcome = started(order);
    if (outcome.kind === "attached") trackAll(tracked);
    return outcome;
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

function started(order: AttachOrder): AttachOutcome {
  const { agentFile, guestFile, socketPath } = order;
  if (Reflect.has(globalThis, agentHandleKey)) return { kind: "recorded" };
  // Also when the engine has given up meanwhile.
  const isHere = [agentFile, guestFile].every((file) => existsSync(file));
  if (!isHere || (process.platform !== "win32" && !existsSync(socketPath))) return { kind: "elsewhere" };
  const { exports: agent } = loadInOwnRealm(guestFile, createRequire(agentFile));
  const start: unknown = typeof agent === "object" && agent !== null ? Reflect.get(agent, "startAttached") : undefined;
  const isStarted: unknown =
    typeof start === "function" ? Reflect.apply(start, undefined, [order, agentFile, programSide]) : false;
  return isStarted === true ? { kind: "attached" } : { kind: "failed", reason: "the agent did not start" };
}

function trackAll(tracked: readonly unknown[]): void {
  const handle: unknown = Reflect.get(globalThis, agentHandleKey);
  const track: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "track") : undefined;
  if (typeof track !== "function") return;
  for (let at = 0; at < tracked.length; at += 2) Reflect.apply(track, handle, [tracked[at], tracked[at + 1]]);
}
