// The connection of one link to the engine: made, made anew when it is lost, for ever, and frames over it. What they are about is
// the link's business (worker.ts).
import { type Socket, connect } from "node:net";
import { FrameSplitter, type ToAgent, readFromEngine } from "../shared/protocol/agent-wire.js";
import { type FrameParts, bytesIn } from "./frames.js";
import { joined } from "./joined.js";
import { Reconnection } from "./reconnection.js";

export interface SocketEvents {
  /** Whether the engine is wanted at all. */
  mayConnect(): boolean;
  onConnect(): void;
  onMessage(message: ToAgent): void;
  onLost(): void;
  /** The kernel has taken something. */
  onWritten(): void;
  /** What came was no message, or handling it failed. */
  onFault(): void;
}

const littleBytes = 16 * 1024;

export class EngineSocket {
  readonly #path: string;
  readonly #events: SocketEvents;
  readonly #reconnection: Reconnection;
  #socket: Socket | undefined;
  #isWelcome = false;

  constructor(path: string, hostPid: number | undefined, events: SocketEvents) {
    this.#path = path;
    this.#events = events;
    this.#reconnection = new Reconnection(path, hostPid, () => this.connect());
  }

  /** The engine has said so on this connection. */
  get isWelcome(): boolean {
    return this.#isWelcome;
  }

  /** Whether a new engine is expected where one was lost. */
  get mayComeBack(): boolean {
    return this.#reconnection.mayComeBack;
  }

  /** Whether the kernel has all that was sent. */
  get isWritten(): boolean {
    return this.#socket?.writableLength === 0;
  }

  connect(): void {
    if (!this.#events.mayConnect()) return;
    const socket = connect(this.#path);
    const splitter = new FrameSplitter();
    this.#socket = socket;
    this.#isWelcome = false;
    socket.on("connect", () => this.#events.onConnect());
    socket.on("data", (chunk) => {
      try {
        for (const frame of splitter.push(chunk)) this.#events.onMessage(readFromEngine(frame, parse));
      } catch {
        this.#events.onFault();
        socket.destroy();
      }
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#lost(socket));
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    if (this.#isWelcome) this.#reconnection.lost();
    this.#isWelcome = false;
    this.#events.onLost();
  }

  welcomed(): void {
    this.#isWelcome = true;
    this.#reconnection.welcomed();
  }

  tryAgain(isHurried: boolean): void {
    this.#reconnection.tryAgain(isHurried);
  }

  /** Not later than now, where there is no connection. */
  hurry(): void {
    if (this.#socket === undefined) this.#reconnection.tryIn(0);
  }

  /** Nothing tells how much of it the kernel has taken: many batches that wait for it are given to it at once. */
  send(parts: FrameParts): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const onWritten = (): void => this.#events.onWritten();
    // For little, one writing costs less than four that are not copied.
    if (bytesIn(parts) <= littleBytes) return void socket.write(joined(parts), onWritten);
    socket.cork();
    for (const part of parts) if (part.length > 0) socket.write(part, onWritten);
    socket.uncork();
  }

  /** After what was sent. */
  end(): void {
    this.#socket?.end();
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  /** As `destroy`, and nobody hears of it: what is left behind of what was not sent is true as long as nothing more is. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}

const parse = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString("utf8"));
