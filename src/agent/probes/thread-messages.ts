// What a thread and the one that started it post to each other (`worker.postMessage`, `parentPort.postMessage`). Both ends count
// messages: they come in the order in which they were posted, so none has to be changed or looked at. What a message leads to is
// in a span of its own, below the one that posted it, if one did. Other ports are not followed.
import { syncBuiltinESMExports } from "node:module";
import workerThreads, { type MessagePort, Worker, parentPort } from "node:worker_threads";
import { objectIn, onChannel } from "../channels.js";
import { originOf } from "../../shared/protocol/message-records.js";
import { Flow, type Stamp } from "../messages.js";
import { dataProperty, isFunction, isObject } from "../own-data.js";
import { passFor, replaceMethod, together } from "../patch.js";
import { PostedContexts } from "../posted-contexts.js";
import type { ProbeKit } from "../probe-kit.js";
import type { OpenSpan } from "../record-sink.js";
import type { ThreadPlace } from "../thread-place.js";
import { bytesFromHex } from "../trace-context.js";

/** By which Node hands a port what has come for it. */
const dispatchKey = Symbol.for("nodejs.internal.kHybridDispatch");

interface Channel {
  readonly toChild: Flow;
  readonly toParent: Flow;
  readonly threadId: number;
  readonly posted: PostedContexts;
}

type Way = "toChild" | "toParent";

/** `above`: what a thread knows of the one that started it; `own`: what is said to those that this one starts. */
export function installThreadMessages(
  { guest, messages, context, sink }: Pick<ProbeKit, "guest" | "messages" | "context" | "sink">,
  own: { readonly runId: string; readonly posted: PostedContexts },
  above: Pick<ThreadPlace, "parentRunId" | "posted"> | undefined,
  threadId: number,
): () => void {
  const channels = new WeakMap<object, Channel>();
  const channelOf = (worker: unknown): Channel | undefined => {
    if (!(worker instanceof Worker)) return undefined;
    const known = channels.get(worker);
    if (known !== undefined || worker.threadId < 1) return known;
    const channel = channelBetween(own.runId, worker.threadId, own.posted);
    channels.set(worker, channel);
    return channel;
  };
  const post = (channel: Channel, way: Way, work: () => unknown): unknown => {
    const flow = channel[way];
    const { posted, threadId: thread } = channel;
    guest.runAsGuest(() => {
      messages.sentBytes(flow, flow.bytes, flow.bytes + 1);
      posted.note(thread, directionOf[way], flow.bytes + 1, context.current);
    }, undefined);
    // What cannot be copied is not posted.
    const result = work();
    flow.bytes++;
    return result;
  };
  const received = (channel: Channel, way: Way, from: Stamp): void => {
    const flow = channel[way];
    flow.bytes++;
    messages.received(flow, flow.bytes, from);
  };
  /** The message that was received last. */
  const beginSpan = (channel: Channel, way: Way): OpenSpan | undefined => {
    const parent = channel.posted.find(channel.threadId, directionOf[way], channel[way].bytes);
    return parent === undefined ? undefined : sink.startSpan("process thread message", "consumer", parent, spanOf[way]);
  };
  const posting =
    (way: Way, channelFor: (port: unknown) => Channel | undefined) =>
    (original: Method): Method =>
      function (this: unknown, ...args) {
        const channel = guest.runAsGuest(() => channelFor(this), undefined);
        const work = (): unknown => Reflect.apply(original, this, args);
        return channel === undefined ? work() : post(channel, way, work);
      };
  return together([
    replaceMethod(Worker.prototype, "postMessage", posting("toChild", channelOf)),
    onChannel(guest, "worker_threads", (message) => {
      const worker = objectIn(message, "worker");
      const channel = channelOf(worker);
      const port = worker === undefined ? undefined : portOf(worker);
      if (channel !== undefined && port !== undefined) watchReceiving(port, channel, "toParent", noStamp);
    }),
    parentPort === null || above === undefined
      ? () => undefined
      : watchParent(
          parentPort,
          channelBetween(above.parentRunId, threadId, new PostedContexts(above.posted)),
          above.parentRunId,
        ),
  ]);

  function watchReceiving(port: object, channel: Channel, way: Way, from: Stamp): () => void {
    const dispatch: unknown = Reflect.get(port, dispatchKey);
    if (!isFunction(dispatch)) return () => undefined;
    const standIn = function (this: unknown, ...args: unknown[]): unknown {
      if (args[1] !== "message") return Reflect.apply(dispatch, this, args);
      const span = guest.runAsGuest(() => {
        received(channel, way, from);
        return beginSpan(channel, way);
      }, undefined);
      if (span === undefined) return Reflect.apply(dispatch, this, args);
      try {
        return context.run(span, () => Reflect.apply(dispatch, this, args));
      } finally {
        guest.runAsGuest(() => sink.endSpan(span, "unset", undefined, {}), undefined);
      }
    };
    passFor(standIn, dispatch);
    Object.defineProperty(port, dispatchKey, { value: standIn, configurable: true, writable: true });
    return () => void Reflect.deleteProperty(port, dispatchKey);
  }
  function watchParent(port: MessagePort, channel: Channel, parentRunId: string): () => void {
    const from = { origin: originOf(parentRunId), originUs: 0 };
    const replaced = together([
      watchReceiving(port, channel, "toChild", from),
      replaceMethod(
        port,
        "postMessage",
        posting("toParent", () => channel),
      ),
      // Else the count would be behind, and what comes later be put down to what was posted before.
      replaceMethod(
        workerThreads,
        "receiveMessageOnPort",
        (receive) =>
          function (this: unknown, ...args) {
            const message = Reflect.apply(receive, this, args);
            if (args[0] === port && message !== undefined)
              guest.runAsGuest(() => received(channel, "toChild", from), undefined);
            return message;
          },
      ),
    ]);
    syncBuiltinESMExports();
    return () => {
      replaced();
      syncBuiltinESMExports();
    };
  }
}

const directionOf = { toChild: 0, toParent: 1 } as const;

/** In OpenTelemetry's words. */
const spanOf = {
  toChild: {
    "messaging.system": "worker_threads",
    "messaging.destination.name": "parentPort",
    "messaging.operation.type": "process",
  },
  toParent: {
    "messaging.system": "worker_threads",
    "messaging.destination.name": "worker",
    "messaging.operation.type": "process",
  },
} as const;

/** Node's own end of what a worker thread posts. */
function portOf(worker: object): object | undefined {
  const key = Object.getOwnPropertySymbols(worker).find(({ description }) => description === "kPublicPort");
  const port = key === undefined ? undefined : dataProperty(worker, key);
  return isObject(port) ? port : undefined;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

const noStamp: Stamp = { origin: 0, originUs: 0 };

/** Known to both ends: who started the thread, and its number. */
function channelBetween(parentRunId: string, threadId: number, posted: PostedContexts): Channel {
  const id = bytesFromHex(parentRunId.slice(0, 16));
  for (let at = 0; at < 4; at++) id[7 - at] = (id[7 - at] ?? 0) ^ ((threadId >>> (8 * at)) & 0xff);
  return { toChild: new Flow("to-child", id), toParent: new Flow("to-parent", id), threadId, posted };
}
