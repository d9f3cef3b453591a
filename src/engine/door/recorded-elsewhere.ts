// Recordings that other engines of this user are making: what is asked about one that cannot be opened for that reason is asked
// of the engine that makes it, through its door, under the id that it has there.
import { realpath } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import type { CancelSignal } from "../../shared/base/cancel.js";
import { type Result, failed } from "../../shared/base/result.js";
import { createCodec } from "../../shared/protocol/codec.js";
import type { CallResult, EngineNotice } from "../../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import {
  type AbortSignalLike,
  type CallHandlers,
  type EngineClient,
  type Transport,
  aroundHandlers,
  callAgain,
  connectToEngine,
} from "../../shared/protocol/rpc.js";
import { type RelayedTransport, relayedTransport } from "../client-transports.js";
import { type RecordingNote, recordingNotes } from "../private-folder.js";
import { type DoorAddress, greetWithinMs, greetingBytes } from "./door-greeting.js";
import { socketTransport } from "./socket-transport.js";

const bounds = { receivedBytes: 256 * 1024 * 1024, unreadBytes: 64 * 1024 * 1024 };

interface Remote {
  readonly client: EngineClient;
  readonly path: string;
  /** How often it was opened from here and not closed. */
  holders: number;
}

export class RecordedElsewhere {
  readonly #byId = new Map<string, Remote>();

  constructor(
    readonly version: string,
    readonly notify: (notice: EngineNotice) => void,
  ) {}

  /** Those, and what they cannot answer because another engine has the file. */
  around(handlers: CallHandlers): CallHandlers {
    const all = aroundHandlers(handlers, (name, args, signal, tell) => {
      const remote = args.recordingId === undefined ? undefined : this.#byId.get(args.recordingId);
      return remote && callAgain(remote.client.call, name, args, signalFor(signal), tell).then(asHere);
    });
    const open: CallHandlers["recording.open"] = async (args, signal, tell) => {
      const opened = await handlers["recording.open"](args, signal, tell);
      if (opened.ok || opened.error.code !== "recording-in-use") return opened;
      return (await this.#open(args.path)) ?? opened;
    };
    const close: CallHandlers["recording.close"] = async (args, signal, tell) => {
      const remote = this.#byId.get(args.recordingId);
      if (remote === undefined) return handlers["recording.close"](args, signal, tell);
      const closed = await remote.client.call("recording.close", args);
      if (--remote.holders === 0) remote.client.close();
      return closed;
    };
    return { ...all, "recording.open": open, "recording.close": close };
  }

  dispose(): void {
    for (const { client } of this.#byId.values()) client.close();
  }

  /** Undefined: no engine that lets anybody read has it. */
  async #open(givenPath: string): Promise<Result<CallResult<"recording.open">, HindcastError> | undefined> {
    const path = await realpath(givenPath).catch(() => givenPath);
    const known = [...this.#byId.values()].find((remote) => remote.path === path);
    const client = known?.client ?? (await this.#connect(path));
    const opened = await client?.call("recording.open", { path });
    if (client === undefined || opened === undefined) return undefined;
    if (!opened.ok) {
      if (known === undefined) client.close();
      return undefined;
    }
    const { recordingId } = opened.value;
    const remote = this.#byId.get(recordingId) ?? { client, path, holders: 0 };
    remote.holders++;
    this.#byId.set(recordingId, remote);
    return opened;
  }

  async #connect(path: string): Promise<EngineClient | undefined> {
    const notes = await recordingNotes();
    const isIt = (note: RecordingNote): boolean => note.path === path && note.door !== undefined;
    const door = notes.find(isIt)?.door;
    const transport = door && (await throughDoor(door, this.version));
    if (transport === undefined) return undefined;
    const client = connectToEngine(transport, createCodec());
    client.onNotice((notice) => this.notify(notice));
    transport.onClose(() => {
      for (const [id, remote] of this.#byId) if (remote.client === client) this.#byId.delete(id);
    });
    return client;
  }
}

/** Undefined: nobody opens. */
function throughDoor({ socketPath, token }: DoorAddress, version: string): Promise<Transport | undefined> {
  return new Promise((resolve) => {
    const socket: Socket = connect(socketPath);
    const outer = socketTransport(socket, bounds);
    let inner: RelayedTransport | undefined;
    const due = setTimeout(() => outer.close(), greetWithinMs);
    socket.on("connect", () => outer.send(greetingBytes({ token, version })));
    outer.onMessage((bytes) => {
      if (inner !== undefined) return inner.deliver(bytes);
      clearTimeout(due);
      inner = relayedTransport((message) => outer.send(message));
      const toClose = inner;
      resolve({
        ...inner,
        close: () => {
          outer.close();
          toClose.close();
        },
      });
    });
    outer.onClose(() => {
      clearTimeout(due);
      inner?.close();
      resolve(undefined);
    });
  });
}

/** Whoever made it has ended, or it was closed there. */
const asHere = <Value>(answer: Result<Value, HindcastError>): Result<Value, HindcastError> =>
  !answer.ok && answer.error.code === "engine-lost" ? failed(hindcastError("recording-closed")) : answer;

function signalFor(signal: CancelSignal): AbortSignalLike {
  const forget = new Map<() => void, () => void>();
  return {
    get aborted() {
      return signal.aborted;
    },
    addEventListener: (_type, listener) => void forget.set(listener, signal.onAbort(listener)),
    removeEventListener: (_type, listener) => forget.get(listener)?.(),
  };
}
