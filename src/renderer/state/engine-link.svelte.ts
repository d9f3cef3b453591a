// The window's one connection to the engine. It opens itself, comes back by itself after a loss, and counts the calls
// under way so that tests (and nobody else) can wait for quiet.
import { failed } from "../../shared/base/result.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import type { EngineCallName, EngineNotice } from "../../shared/protocol/engine-calls.js";
import { type Call, type EngineClient, connectToEngine } from "../../shared/protocol/rpc.js";
import { createCodec } from "./codec.js";
import { Headstart } from "./headstart.js";
import type { TransportSource } from "./transports.js";
import { Turns } from "./turns.js";

export type LinkStatus = "connecting" | "ready" | "lost";

/** What panes ask where the playhead goes. */
const ofState: ReadonlySet<EngineCallName> = new Set<EngineCallName>(["state.scopes", "state.lastWriter"]);
const afterState: ReadonlySet<EngineCallName> = new Set<EngineCallName>([
  "spans.range",
  "logs.around",
  "logs.page",
  "events.rowAt",
  "events.rows",
  "metrics.range",
]);
const firstDelayMs = 150;
const longestDelayMs = 4000;

export class EngineLink {
  #status = $state<LinkStatus>("connecting");
  readonly #headstart = new Headstart();
  /** In which answers about where the playhead is are shown. */
  readonly turns: Turns;
  readonly #inFlight = new Set<Promise<unknown>>();
  #client: EngineClient | undefined;
  #isDisposed = false;
  readonly #source: TransportSource;
  readonly #noticeListeners = new Set<(notice: EngineNotice) => void>();
  readonly #readyListeners = new Set<() => void>();
  #whenReady: (() => void)[] = [];

  constructor(source: TransportSource, turns = new Turns()) {
    this.#source = source;
    this.turns = turns;
    void this.#connect(firstDelayMs);
  }

  get status(): LinkStatus {
    return this.#status;
  }

  get callsInFlight(): number {
    return this.#inFlight.size;
  }

  /** Resolves when every call that is in flight now has been answered. */
  async answered(): Promise<void> {
    await Promise.allSettled([...this.#inFlight]);
  }

  /** Waits for the first connection; once it was lost, calls fail at once with "engine-lost". */
  readonly call: Call = (name, args, signal, onProgress) => this.during(this.#ask(name, args, signal, onProgress));

  /** Something else that the page is not idle without, as code that is loaded. */
  during<Value>(work: Promise<Value>): Promise<Value> {
    this.#inFlight.add(work);
    const done = (): void => void this.#inFlight.delete(work);
    work.then(done, done);
    return work;
  }

  readonly #ask: Call = async (name, args, signal, onProgress) => {
    if (this.#status === "connecting") await new Promise<void>((resolve) => this.#whenReady.push(resolve));
    if (afterState.has(name)) await this.#headstart.wait();
    if (this.#client === undefined) return failed(hindcastError("engine-lost"));
    const asked = this.#client.call(name, args, signal, onProgress);
    const answer = await (ofState.has(name) ? this.#headstart.lead(asked) : asked);
    if (afterState.has(name)) await this.turns.wait();
    else if (ofState.has(name)) this.turns.take();
    return answer;
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

/** A recording that grows asks again and again: after so many rounds, what was asked at first is long on screen. */
const mostRounds = 4;

/**
 * Resolves when nothing is in flight and two frames were drawn since. Where there is always something in flight, it
 * resolves once what was asked before, and what that led to, has been answered and drawn.
 */
export async function whenIdle(link: EngineLink): Promise<void> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let round = 0; round < mostRounds; round++) {
    await link.answered();
    await frame();
    await frame();
    if (link.callsInFlight === 0 && link.status === "ready") return;
  }
}
