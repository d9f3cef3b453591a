// What a thread and the one that started it post to each other (`worker.postMessage`, `parentPort.postMessage`). How that is told,
// and what is known of other ports that go along, is in port-ends.ts.
import { Worker, parentPort, workerData } from "node:worker_threads";
import { objectIn, onChannel } from "../channels.js";
import type { CarriedPort } from "../carried-ports.js";
import { originOf } from "../../shared/protocol/message-records.js";
import { Flow, type Stamp } from "../messages.js";
import { dataProperty, isObject } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { PortEnd, PortEnds } from "../port-ends.js";
import { PostedContexts } from "../posted-contexts.js";
import type { ProbeKit } from "../probe-kit.js";
import type { ThreadPlace } from "../thread-place.js";
import { bytesFromHex } from "../trace-context.js";

/** `above`: what a thread knows of the one that started it; `own`: what is said to those that this one starts. */
export function installThreadMessages(
  { guest, ports }: Pick<ProbeKit, "guest"> & { readonly ports: PortEnds },
  own: { readonly runId: string; readonly posted: PostedContexts },
  above: Pick<ThreadPlace, "parentRunId" | "posted"> | undefined,
  threadId: number,
  /** The ports in what a thread was just started with. */
  startedWith: () => readonly CarriedPort[],
): () => void {
  const ends = new WeakMap<object, PortEnd>();
  const endOf = (worker: unknown): PortEnd | undefined => {
    if (!(worker instanceof Worker)) return undefined;
    const known = ends.get(worker);
    if (known !== undefined || worker.threadId < 1) return known;
    const end = endBetween("parent", own.runId, worker.threadId, own.posted);
    ends.set(worker, end);
    return end;
  };
  const posting = (original: Method): Method =>
    function (this: unknown, ...args) {
      const end = guest.runAsGuest(() => endOf(this), undefined);
      const work = (): unknown => Reflect.apply(original, this, args);
      return end === undefined ? work() : ports.post(end, args, work);
    };
  // Of a thread's own port that is done by message-ports.ts.
  if (parentPort !== null && above !== undefined) {
    const end = endBetween("thread", above.parentRunId, threadId, new PostedContexts(above.posted));
    guest.runAsGuest(() => ports.adoptStart(end, workerData), undefined);
    ports.add(parentPort, end);
  }
  return together([
    replaceMethod(Worker.prototype, "postMessage", posting),
    onChannel(guest, "worker_threads", (message) => {
      const worker = objectIn(message, "worker");
      const end = endOf(worker);
      if (end === undefined || worker === undefined) return;
      ports.noteStart(end, startedWith());
      const port = portOf(worker);
      if (port !== undefined) ports.watchReceiving(port, end);
    }),
  ]);
}

/** In OpenTelemetry's words, by where a message goes. */
const about = (destination: string) =>
  ({
    "messaging.system": "worker_threads",
    "messaging.destination.name": destination,
    "messaging.operation.type": "process",
  }) as const;
const abouts = { 0: about("parentPort"), 1: about("worker") } as const;

/** Node's own end of what a worker thread posts. */
function portOf(worker: object): object | undefined {
  const key = Object.getOwnPropertySymbols(worker).find(({ description }) => description === "kPublicPort");
  const port = key === undefined ? undefined : dataProperty(worker, key);
  return isObject(port) ? port : undefined;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

const noStamp: Stamp = { origin: 0, originUs: 0 };

/** Known to both ends: who started the thread, and its number. */
function endBetween(side: "parent" | "thread", parentRunId: string, threadId: number, posted: PostedContexts): PortEnd {
  const id = bytesFromHex(parentRunId.slice(0, 16));
  for (let at = 0; at < 4; at++) id[7 - at] = (id[7 - at] ?? 0) ^ ((threadId >>> (8 * at)) & 0xff);
  const [toThread, toParent] = [new Flow("to-child", id), new Flow("to-parent", id)];
  const from = side === "parent" ? noStamp : { origin: originOf(parentRunId), originUs: 0 };
  // Odd ones are those of message-ports.ts.
  const channel = { number: 2 * threadId, posted, from, about: abouts, local: undefined };
  return side === "parent"
    ? { channel, sends: 0, sending: toThread, receiving: toParent }
    : { channel, sends: 1, sending: toParent, receiving: toThread };
}
