// Lets other processes of this user read recordings while they are made here: DuckDB lets one process have a file that is
// written. Each has a socket in its private folder; whoever knows its token may ask what reading commands and windows ask, about
// that recording alone, and nothing that changes how it is made.
import { type Server, type Socket, createServer } from "node:net";
import { neverCancelled } from "../../shared/base/cancel.js";
import { failed } from "../../shared/base/result.js";
import { createCodec } from "../../shared/protocol/codec.js";
import type { EngineNotice } from "../../shared/protocol/engine-calls.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import { type CallHandlers, type ServedClient, aroundHandlers, serveEngine } from "../../shared/protocol/rpc.js";
import { type RelayedTransport, relayedTransport } from "../client-transports.js";
import { listenAt, newSocketAddress } from "../private-socket.js";
import { isSameSecret } from "../same-secret.js";
import { type DoorAddress, greetWithinMs, greetingFrom, welcome } from "./door-greeting.js";
import { isReadingCall } from "./reading-calls.js";
import { socketTransport } from "./socket-transport.js";

const bounds = { receivedBytes: 8 * 1024 * 1024, unreadBytes: 256 * 1024 * 1024 };
const mostReaders = 32;

/** Of one recording. */
export interface Door {
  readonly address: DoorAddress;
  /** Nobody comes in any more; who is in may go on asking. */
  close(): void;
}

interface DoorOf {
  readonly id: string;
  readonly path: string;
}

export class ReadingDoors {
  readonly #version: string;
  readonly #codec = createCodec();
  readonly #readers = new Map<Socket, { readonly of: DoorOf; readonly client: ServedClient | undefined }>();
  readonly #servers = new Set<Server>();
  #handlers: CallHandlers | undefined;

  constructor(version: string) {
    this.#version = version;
  }

  /** From now on who comes in is answered by these. */
  serve(handlers: CallHandlers): void {
    this.#handlers = handlers;
  }

  /** `known`: where an engine before this one had it. Undefined where there can be none: the recording does without. */
  async open(of: DoorOf, folder: string, known?: DoorAddress): Promise<Door | undefined> {
    const address = known ?? newSocketAddress(folder, "read");
    const server = createServer((socket) => this.#take(socket, of, address.token));
    try {
      await listenAt(server, address.socketPath);
    } catch {
      server.close();
      return undefined;
    }
    this.#servers.add(server);
    return {
      address,
      close: () => {
        this.#servers.delete(server);
        server.close();
      },
    };
  }

  notify(notice: EngineNotice): void {
    // The rules that somebody edits there are no reader's affair.
    if (notice.kind === "rules-changed") return;
    const id = notice.kind === "recording-changed" ? notice.summary.recordingId : notice.recordingId;
    for (const { of, client } of this.#readers.values()) if (of.id === id) client?.notify(notice);
  }

  dispose(): void {
    for (const server of this.#servers) server.close();
    this.#servers.clear();
    for (const socket of this.#readers.keys()) socket.destroy();
  }

  #take(socket: Socket, of: DoorOf, token: string): void {
    const handlers = this.#handlers;
    if (handlers === undefined || this.#readers.size >= mostReaders) return void socket.destroy();
    const outer = socketTransport(socket, bounds);
    const due = setTimeout(() => outer.close(), greetWithinMs);
    const holding = new Holding(handlers, of);
    let inner: RelayedTransport | undefined;
    this.#readers.set(socket, { of, client: undefined });
    outer.onMessage((bytes) => {
      if (inner !== undefined) return inner.deliver(bytes);
      clearTimeout(due);
      const greeting = greetingFrom(bytes);
      const isWelcome = greeting?.version === this.#version && isSameSecret(greeting.token, token);
      if (!isWelcome) return outer.close();
      inner = relayedTransport((answer) => outer.send(answer));
      this.#readers.set(socket, { of, client: serveEngine(inner, this.#codec, holding.handlers) });
      outer.send(welcome);
    });
    outer.onClose(() => {
      clearTimeout(due);
      this.#readers.delete(socket);
      inner?.close();
      holding.letGo();
    });
  }
}

/** What one reader may ask, and how often it has opened the recording: it may be gone without a word. */
class Holding {
  readonly handlers: CallHandlers;
  readonly #close: () => void;
  #count = 0;

  constructor(all: CallHandlers, { id, path }: DoorOf) {
    const refused = () => Promise.resolve(failed(hindcastError("recorded-elsewhere", { path })));
    const limited = aroundHandlers(all, (name, { recordingId }) =>
      isReadingCall(name) && recordingId === id ? undefined : refused(),
    );
    const open: CallHandlers["recording.open"] = async (args, ...rest) => {
      if (args.path !== path) return refused();
      const opened = await all["recording.open"](args, ...rest);
      if (opened.ok) this.#count++;
      return opened;
    };
    const close: CallHandlers["recording.close"] = (args, ...rest) => {
      if (args.recordingId !== id || this.#count === 0) return refused();
      this.#count--;
      return all["recording.close"](args, ...rest);
    };
    this.handlers = { ...limited, "recording.open": open, "recording.close": close };
    this.#close = () => void all["recording.close"]({ recordingId: id }, neverCancelled);
  }

  letGo(): void {
    for (; this.#count > 0; this.#count--) this.#close();
  }
}
