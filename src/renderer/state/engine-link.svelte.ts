// The window's one connection to the engine. It opens itself, comes back by itself after a loss, and counts the calls
// under way so that tests (and nobody else) can wait for quiet.
import { failed } from "../../shared/base/result.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import type { EngineNotice } from "../../shared/protocol/engine-calls.js";
import { type Call, type EngineClient, connectToEngine } from "../../shared/protocol/rpc.js";
import { createCodec } from "./codec.js";
import type { TransportSource } from "./transports.js";

export type LinkStatus = "connecting" | "ready" | "lost";

const firstDelayMs = 150;
const longestDelayMs = 4000;

export class EngineLink {
  #status = $state<LinkStatus>("connecting");
  #callsInFlight = $state(0);
  #client: EngineClient | undefined;
  #isDisposed = false;
  readonly #source: TransportSource;
  readonly #noticeListeners = new Set<(notice: EngineNotice) => void>();
  readonly #readyListeners = new Set<() => void>();
  #whenReady: (() => void)[] = [];

  constructor(source: TransportSource) {
    this.#source = source;
    void this.#connect(firstDelayMs);
  }

  get status(): LinkStatus {
    return this.#status;
  }

  get callsInFlight(): number {
    return this.#callsInFlight;
  }

  /** Waits for the first connection; once it was lost, calls fail at once with "engine-lost". */
  readonly call: Call = async (name, args, signal) => {
    this.#callsInFlight += 1;
    try {
      if (this.#status === "connecting") await new Promise<void>((resolve) => this.#whenReady.push(resolve));
      if (this.#client === undefined) return failed(hindcastError("engine-lost"));
      return await this.#client.call(name, args, signal);
    } finally {
      this.#callsInFlight -= 1;
    }
  };

  /** Returns the release. */
  onNotice(listener: (notice: EngineNotice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => void this.#noticeListeners.delete(listener);
  }

  /** Told after every connection but the first: what was open must be opened again. */
  onReconnected(listener: () => void): () => void {
    this.#readyListeners.add(listener);
    return () => void this.#readyListeners.delete(listener);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#client?.close();
  }

  async #connect(delayMs: number): Promise<void> {
    const transport = await this.#source.open().catch(() => undefined);
    if (this.#isDisposed) {
      transport?.close();
      return;
    }
    if (transport === undefined) {
      this.#lose();
      setTimeout(() => void this.#connect(Math.min(delayMs * 2, longestDelayMs)), delayMs);
      return;
    }
    transport.onClose(() => {
      if (this.#client !== client) return;
      this.#lose();
      if (!this.#isDisposed) setTimeout(() => void this.#connect(firstDelayMs), firstDelayMs);
    });
    const client = connectToEngine(transport, createCodec());
    client.onNotice((notice) => {
      for (const listener of this.#noticeListeners) listener(notice);
    });
    const isFirst = this.#status === "connecting";
    this.#client = client;
    this.#status = "ready";
    this.#releaseWaiting();
    if (!isFirst) for (const listener of this.#readyListeners) listener();
  }

  #lose(): void {
    this.#client = undefined;
    this.#status = "lost";
    this.#releaseWaiting();
  }

  #releaseWaiting(): void {
    for (const resolve of this.#whenReady) resolve();
    this.#whenReady = [];
  }
}

/** Resolves when no call is in flight and two frames were drawn without a new one. */
export async function whenIdle(link: EngineLink): Promise<void> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let quietFrames = 0; quietFrames < 2;) {
    await frame();
    quietFrames = link.callsInFlight === 0 && link.status === "ready" ? quietFrames + 1 : 0;
  }
}
