// What a thread and the one that started it post to each other (`worker.postMessage`, `parentPort.postMessage`). Both ends count
// messages: they come in the order in which they were posted, so none has to be changed or looked at. Where somebody takes one
// past us the count is behind, and what is said of order is less, but true. Other ports are not followed.
import { type MessagePort, Worker, parentPort } from "node:worker_threads";
import { objectIn, onChannel } from "../channels.js";
import { originOf } from "../../shared/protocol/message-records.js";
import { Flow, type Stamp } from "../messages.js";
import { dataProperty, isFunction, isObject } from "../own-data.js";
import { passFor, replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { bytesFromHex } from "../trace-context.js";

/** By which Node hands a port what has come for it. */
const dispatchKey = Symbol.for("nodejs.internal.kHybridDispatch");

interface Channel {
  readonly toChild: Flow;
  readonly toParent: Flow;
}

/** `parentRunId` of a thread that was started by another. */
export function installThreadMessages(
  { guest, messages }: Pick<ProbeKit, "guest" | "messages">,
  runId: string,
  parentRunId: string | undefined,
  threadId: number,
): () => void {
  const channels = new WeakMap<object, Channel>();
  const channelOf = (worker: unknown): Channel | undefined => {
    if (!(worker instanceof Worker)) return undefined;
    const known = channels.get(worker);
    if (known !== undefined || worker.threadId < 1) return known;
    const channel = channelBetween(runId, worker.threadId);
    channels.set(worker, channel);
    return channel;
  };
  const received = (flow: Flow, from: Stamp): void => {
    flow.bytes++;
    messages.received(flow, flow.bytes, from);
  };
  const posting =
    (flowOf: (port: unknown) => Flow | undefined) =>
    (post: Method): Method =>
      function (this: unknown, ...args) {
        const flow = guest.runAsGuest(() => flowOf(this), undefined);
        if (flow === undefined) return Reflect.apply(post, this, args);
        guest.runAsGuest(() => messages.sentBytes(flow, flow.bytes, flow.bytes + 1), undefined);
        // What cannot be copied is not posted.
        const result = Reflect.apply(post, this, args);
        flow.bytes++;
        return result;
      };
  return together([
    replaceMethod(
      Worker.prototype,
      "postMessage",
      posting((worker) => channelOf(worker)?.toChild),
    ),
    onChannel(guest, "worker_threads", (message) => {
      const worker = objectIn(message, "worker");
      const flow = channelOf(worker)?.toParent;
      const port = worker === undefined ? undefined : portOf(worker);
      if (flow !== undefined && port !== undefined) watchReceiving(port, flow, noStamp);
    }),
    parentPort === null || parentRunId === undefined
      ? () => undefined
      : watchParent(parentPort, channelBetween(parentRunId, threadId), parentRunId),
  ]);

  function watchReceiving(port: object, flow: Flow, from: Stamp): () => void {
    const dispatch: unknown = Reflect.get(port, dispatchKey);
    if (!isFunction(dispatch)) return () => undefined;
    const standIn = function (this: unknown, ...args: unknown[]): unknown {
      if (args[1] === "message") guest.runAsGuest(() => received(flow, from), undefined);
      return Reflect.apply(dispatch, this, args);
    };
    passFor(standIn, dispatch);
    Object.defineProperty(port, dispatchKey, { value: standIn, configurable: true, writable: true });
    return () => void Reflect.deleteProperty(port, dispatchKey);
  }
  function watchParent(port: MessagePort, { toChild, toParent }: Channel, from: string): () => void {
    return together([
      watchReceiving(port, toChild, { origin: originOf(from), originUs: 0 }),
      replaceMethod(
        port,
        "postMessage",
        posting(() => toParent),
      ),
    ]);
  }
}

/** Node's own end of what a worker thread posts. */
function portOf(worker: object): object | undefined {
  const key = Object.getOwnPropertySymbols(worker).find(({ description }) => description === "kPublicPort");
  const port = key === undefined ? undefined : dataProperty(worker, key);
  return isObject(port) ? port : undefined;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

const noStamp: Stamp = { origin: 0, originUs: 0 };

/** Known to both ends: who started the thread, and its number. */
function channelBetween(parentRunId: string, threadId: number): Channel {
  const id = bytesFromHex(parentRunId.slice(0, 16));
  for (let at = 0; at < 4; at++) id[7 - at] = (id[7 - at] ?? 0) ^ ((threadId >>> (8 * at)) & 0xff);
  return { toChild: new Flow("to-child", id), toParent: new Flow("to-parent", id) };
}
