// Recordings that other engines of this user are making: what is asked about one that cannot be opened for that reason is asked
// of the engine that makes it, through its door, under the id that it has there.
import { realpath } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import type { CancelSignal } from "../../shared/base/cancel.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { createCodec } from "../../shared/protocol/codec.js";
import type { CallResult, EngineNotice } from "../../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { RecordingSummary } from "../../shared/protocol/recording-summary.js";
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
import { type RecordingNote, isRecordedByOther, recordingNotes } from "../private-folder.js";
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
    /** Of the host that started this engine. */
    readonly session: string | undefined,
  ) {}

  /** Those, and what they cannot answer because another engine has the file. */
  around(handlers: CallHandlers): CallHandlers {
    const all = aroundHandlers(handlers, (name, args, signal, tell) => {
      const remote = args.recordingId === undefined ? undefined : this.#byId.get(args.recordingId);
      return remote && callAgain(remote.client.call, name, args, signalFor(signal), tell).then(asHere);
    });
    const summary: CallHandlers["recording.summary"] = async (args, ...rest) => {
      const isElsewhere = this.#byId.has(args.recordingId);
      const found = await all["recording.summary"](args, ...rest);
      return found.ok && isElsewhere ? ok(readHere(found.value)) : found;
    };
    const open: CallHandlers["recording.open"] = async (args, signal, tell) => {
      const path = await realpath(args.path).catch(() => args.path);
      const opened = (await isRecordedByOther(path, this.session))
        ? failed(hindcastError("recording-in-use", { path }))
        : await handlers["recording.open"](args, signal, tell);
      if (opened.ok || opened.error.code !== "recording-in-use") return opened;
      return (await this.#open(path)) ?? opened;
    };
    const close: CallHandlers["recording.close"] = async (args, signal, tell) => {
      const remote = this.#byId.get(args.recordingId);
      if (remote === undefined) return handlers["recording.close"](args, signal, tell);
      const closed = await remote.client.call("recording.close", args);
      if (--remote.holders === 0) {
        this.#byId.delete(args.recordingId);
        remote.client.close();
      }
      return closed;
    };
    return { ...all, "recording.open": open, "recording.close": close, "recording.summary": summary };
  }

  dispose(): void {
    const clients = [...this.#byId.values()].map(({ client }) => client);
    this.#byId.clear();
    for (const client of clients) client.close();
  }

  /** Undefined: no engine that lets anybody read has it. */
  async #open(path: string): Promise<Result<CallResult<"recording.open">, HindcastError> | undefined> {
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
    return ok(readHere(opened.value));
  }

  async #connect(path: string): Promise<EngineClient | undefined> {
    const notes = await recordingNotes();
    const isIt = (note: RecordingNote): boolean => note.path === path && note.door !== undefined;
    const door = notes.find(isIt)?.door;
    const transport = door && (await throughDoor(door, this.version));
    if (transport === undefined) return undefined;
    const client = connectToEngine(transport, createCodec());
    client.onNotice((notice) =>
      this.notify(notice.kind === "recording-changed" ? { ...notice, summary: readHere(notice.summary) } : notice),
    );
    transport.onClose(() => {
      // Nobody closed it here: whoever makes it has ended, or was killed.
      for (const [id, remote] of this.#byId)
        if (remote.client === client) {
          this.#byId.delete(id);
          this.notify({ kind: "recording-failed", recordingId: id, error: hindcastError("recorder-gone", { path }) });
        }
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

const readHere = (summary: RecordingSummary): RecordingSummary => ({ ...summary, elsewhere: true });

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
