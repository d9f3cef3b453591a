// What goes over the channel between a parent and its child (`fork`, `process.send`, cluster). Node's own handles at both
// ends count the bytes that were written and read, from the first one on: so no message has to be changed or even looked at,
// whatever is in it, and a handle that goes along is none of ours. Which channel it is the child learns from its environment.
import { basename } from "node:path";
import type { MessagePart } from "../../shared/protocol/message-records.js";
import { bytesIn } from "../byte-count.js";
import type { Guest } from "../guest.js";
import { Flow, type Messages, type Stamp } from "../messages.js";
import { dataProperty, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { RandomIds } from "../random-ids.js";

/** For a child: its channel, the process that holds the other end, and from whom that says its messages are. */
const channelVariable = "HINDCAST_IPC";
const channelPattern = /^([0-9a-f]{16})\.(\d+)\.(\d+)$/;

export function installIpc({
  guest,
  messages,
  childStarts,
}: Pick<ProbeKit, "guest" | "messages" | "childStarts">): () => void {
  const [ids, watched] = [new RandomIds(), new WatchedChannels(guest, messages)];
  const named = process.env[channelVariable];
  // Its own children have other channels.
  Reflect.deleteProperty(process.env, channelVariable);
  const own = channelFrom(named);
  if (own !== undefined) watched.add(process, own.channel, "to-parent", "to-child", own.origin);
  const release = childStarts.listen(guest, ({ given }) => {
    const channel = offerChannel(given, ids, messages.origin);
    if (channel === undefined) return undefined;
    return (started) => {
      if (started.kind === "runs") watched.add(started.child, channel, "to-child", "to-parent", 0);
    };
  });
  return together([() => watched.release(), release]);
}

/** Of this very process: a shell in between, or who runs several programs one after the other, counts otherwise. */
function channelFrom(text: string | undefined): { channel: Uint8Array; origin: number } | undefined {
  const [, channel = "", parent, origin] = channelPattern.exec(text ?? "") ?? [];
  if (Number(parent) !== process.ppid) return undefined;
  return { channel: Uint8Array.from(Buffer.from(channel, "hex")), origin: Number(origin) };
}

/** Names the channel of a child that is about to be started, if it will have one and be recorded. */
function offerChannel(options: unknown, ids: RandomIds, origin: number): Uint8Array | undefined {
  if (typeof options !== "object" || options === null) return undefined;
  const [stdio, environment] = [dataProperty(options, "stdio"), dataProperty(options, "envPairs")];
  if (!Array.isArray(stdio) || !Array.isArray(environment) || !isNode(textProperty(options, "file"))) return undefined;
  const isAmong = (list: readonly unknown[], isIt: (item: unknown) => boolean): boolean => {
    for (let at = 0; at < list.length; at++) if (isIt(list[at])) return true;
    return false;
  };
  const isRecorded = isAmong(environment, (pair) => typeof pair === "string" && pair.startsWith("HINDCAST_SOCKET="));
  const isOff = isAmong(environment, (pair) => pair === "HINDCAST=off");
  if (!isRecorded || isOff || !isAmong(stdio, (item) => item === "ipc")) return undefined;
  const channel = ids.next(8);
  // Node has made this list for itself, and adds what it has to say about the channel in the same way.
  const named = Buffer.from(channel).toString("hex");
  environment[environment.length] = `${channelVariable}=${named}.${process.pid}.${origin}`;
  return channel;
}

/** A script may hand its channel on to several programs. */
const isNode = (file: string | undefined): boolean =>
  file !== undefined && (file === process.execPath || /^node(?:\.exe)?$/i.test(basename(file)));

class WatchedChannels {
  readonly #guest: Guest;
  readonly #messages: Messages;
  readonly #releases = new WeakMap<object, () => void>();
  /** Of children that are gone, nothing is kept. */
  #handles: WeakRef<object>[] = [];

  constructor(guest: Guest, messages: Messages) {
    this.#guest = guest;
    this.#messages = messages;
  }

  /** `origin`: who is known to be recorded at the other end; 0: nobody, it may or may not be. */
  add(end: object, channel: Uint8Array, sending: MessagePart, receiving: MessagePart, origin: number): void {
    const handle = handleOf(end);
    if (handle === undefined) return;
    const release = together([
      this.#watchWriting(handle, new Flow(sending, channel)),
      this.#watchReading(handle, new Flow(receiving, channel), { origin, originUs: 0 }),
    ]);
    this.#releases.set(handle, release);
    this.#handles = [...this.#handles.filter((known) => known.deref() !== undefined), new WeakRef(handle)];
  }

  release(): void {
    for (const known of this.#handles) {
      const handle = known.deref();
      if (handle !== undefined) this.#releases.get(handle)?.();
    }
    this.#handles = [];
  }

  #watchWriting(handle: object, flow: Flow): () => void {
    flow.bytes = countOf(handle, "bytesWritten");
    // That there is this end; and what went before we were loaded, as cluster's first words do.
    this.#messages.sentBytes(flow, 0, flow.bytes);
    let isCounted = true;
    const write = (original: Method): Method => {
      const [guest, messages] = [this.#guest, this.#messages];
      return function (this: unknown, ...args) {
        guest.runAsGuest(() => {
          const before = countOf(handle, "bytesWritten");
          // Somebody has written past us: what they sent, and when, nobody can say.
          if (before !== flow.bytes) isCounted = false;
          if (isCounted) messages.sentBytes(flow, before, before + bytesIn(args[1]));
        }, undefined);
        const result = Reflect.apply(original, this, args);
        flow.bytes = countOf(handle, "bytesWritten");
        return result;
      };
    };
    return together(["writeUtf8String", "writeBuffer"].map((name) => replaceMethod(handle, name, write)));
  }

  /** Before Node has even looked at what came. */
  #watchReading(handle: object, flow: Flow, from: Stamp): () => void {
    const found: unknown = Reflect.get(handle, "onread");
    if (typeof found !== "function") return () => undefined;
    let isWatched = true;
    const [guest, messages] = [this.#guest, this.#messages];
    const onread = function (this: unknown, ...args: unknown[]): unknown {
      if (isWatched)
        guest.runAsGuest(() => {
          const bytes = countOf(handle, "bytesRead");
          if (bytes > flow.bytes) messages.received(flow, bytes, from);
          flow.bytes = bytes;
        }, undefined);
      return Reflect.apply(found, this, args);
    };
    Reflect.set(handle, "onread", onread);
    return () => {
      isWatched = false;
      if (Reflect.get(handle, "onread") === onread) Reflect.set(handle, "onread", found);
    };
  }
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Node's end of the channel; undefined where this version keeps it elsewhere, or there is none. */
function handleOf(end: object): object | undefined {
  const symbol = Object.getOwnPropertySymbols(end).find(({ description }) => description === "kChannelHandle");
  const handle = symbol === undefined ? undefined : dataProperty(end, symbol);
  const isCounting = (it: object): boolean =>
    ["bytesWritten", "bytesRead"].every((name) => typeof Reflect.get(it, name) === "number");
  return typeof handle === "object" && handle !== null && isCounting(handle) ? handle : undefined;
}

const countOf = (handle: object, name: "bytesWritten" | "bytesRead"): number => {
  const count: unknown = Reflect.get(handle, name);
  return typeof count === "number" ? count : 0;
};
