// The file that is preloaded (NODE_OPTIONS=--require). The one place that starts anything: the agent in each thread of a
// program when there is an engine to report to, the agent's worker in the thread the agent made, nothing in Node's own.
import { createRequire } from "node:module";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { join } from "node:path";
import { keptFolder } from "./kept-files.js";
import { loadInOwnRealm } from "./own-realm.js";
import { areThreadsRecorded, isOwnWorker, isRecorded } from "./wanted.js";
import { programSide } from "./program-side.js";

const requireOwn = createRequire(__filename);
const guestFile = join(__dirname, "guest-side.cjs");
const threadFile = join(__dirname, "agent-thread.cjs");

/** Calls what guest-side.ts or agent-thread.ts exports. */
function call(exported: unknown, name: "start" | "runAsWorker", ...given: unknown[]): void {
  const found: unknown = typeof exported === "object" && exported !== null ? Reflect.get(exported, name) : undefined;
  if (typeof found === "function") Reflect.apply(found, undefined, given);
}

try {
  if (!isMainThread && isOwnWorker(workerData)) {
    call(requireOwn(threadFile), "runAsWorker");
  } else if (isRecorded(process.env) && (isMainThread || (parentPort !== null && areThreadsRecorded(process.env)))) {
    const folder = keptFolder(process.env);
    const { exports, ...loaded } = loadInOwnRealm(guestFile, requireOwn, folder);
    call(exports, "start", __filename, programSide, { folder, ...loaded });
  }
} catch {
  // Ours alone: a program that cannot be recorded, say for want of a permission, runs as it would without us.
}
// The program's modules are its own business: it finds none of ours among them.
Reflect.deleteProperty(requireOwn.cache, __filename);
