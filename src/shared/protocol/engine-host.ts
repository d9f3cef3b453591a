// What a host (serve host, Electron's main process, command line) and the engine's process say to each other over
// `child_process` IPC (serialization "advanced") or `process.parentPort`. A client is one caller: a page, or the host
// itself. Its rpc.ts messages travel as "bytes", unless a MessagePort came with "connect": then they use the port.
import * as v from "valibot";

const client = v.number();
const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);

export const toEngineProcess = v.variant("kind", [
  v.object({ kind: v.literal("connect"), client }),
  v.object({ kind: v.literal("bytes"), client, bytes }),
  v.object({ kind: v.literal("disconnect"), client }),
  /** Answered with "pong" whatever else there is to do. */
  v.object({ kind: v.literal("ping") }),
  /** Ends live recordings, commits, closes files and exits with 0. A host that disappears means the same. */
  v.object({ kind: v.literal("stop") }),
]);
export type ToEngineProcess = v.InferOutput<typeof toEngineProcess>;

export const fromEngineProcess = v.variant("kind", [
  /** Sent once, when calls can be answered. */
  v.object({ kind: v.literal("ready") }),
  v.object({ kind: v.literal("pong") }),
  v.object({ kind: v.literal("bytes"), client, bytes }),
]);
export type FromEngineProcess = v.InferOutput<typeof fromEngineProcess>;
