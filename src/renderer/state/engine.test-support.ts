// A recording for tests of the window's state: the real link and the real rpc over a pair of in-memory transports; what
// the engine would answer is given by the test, call by call.
import { failed } from "../../shared/base/result.js";
import type { EngineNotice } from "../../shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../../shared/protocol/recording-summary.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import { type CallHandlers, type ServedClient, serveEngine, type Transport } from "../../shared/protocol/rpc.js";
import { createCodec } from "./codec.js";
import { EngineLink } from "./engine-link.svelte.js";
import { OpenRecording } from "./open-recording.svelte.js";
import type { Turns } from "./turns.js";

export const start = 1_795_271_600_000_000_000n;
export const second = 1e9;

export function summaryOf(seconds: number, state: "live" | "saved" = "saved"): RecordingSummary {
  return {
    recordingId: "r1",
    path: "/r1.hindcast",
    name: "r1",
    state,
    formatVersion: 1,
    start,
    end: start + BigInt(seconds * second),
    sizeBytes: 0,
    processes: [],
    scopes: [],
    counts: { events: 0, spans: 0, logs: 0, metrics: 0, writes: 0, lost: 0 },
    pins: [],
  };
}

/** Two ends of one line; closing either closes both. */
function transportPair(): readonly [Transport, Transport] {
  const messages: ((message: Uint8Array) => void)[][] = [[], []];
  const closes: (() => void)[] = [];
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    for (const listener of closes) listener();
  };
  const end = (own: number, other: number): Transport => ({
    send: (message) => queueMicrotask(() => messages[other]?.forEach((listener) => listener(message))),
    onMessage: (listener) => void messages[own]?.push(listener),
    onClose: (listener) => void closes.push(listener),
    close,
  });
  return [end(0, 1), end(1, 0)];
}

export interface TestEngine {
  readonly link: EngineLink;
  /** Names of the calls that arrived, in order. */
  readonly asked: string[];
  notify(notice: EngineNotice): void;
  /** Breaks the line; the link connects again by itself. */
  lose(): void;
}

export function testEngine(answers: Partial<CallHandlers>, turns?: Turns): TestEngine {
  const asked: string[] = [];
  let client: ServedClient | undefined;
  const unanswered = () =>
    Promise.resolve(failed(hindcastError("bad-request", { reason: "not answered in this test" })));
  const handlers = new Proxy<Partial<CallHandlers>>(answers, {
    get: (own, name) => {
      asked.push(String(name));
      return Reflect.get(own, name) ?? unanswered;
    },
  });
  const source = {
    open: () => {
      const [page, engine] = transportPair();
      client = serveEngine(engine, createCodec(), handlers as CallHandlers);
      return Promise.resolve(page);
    },
  };
  return {
    link: new EngineLink(source, turns),
    asked,
    notify: (notice) => client?.notify(notice),
    lose: () => client?.close(),
  };
}

export const openTestRecording = (engine: TestEngine, summary: RecordingSummary): OpenRecording =>
  new OpenRecording(engine.link, summary);

/** Lets messages and answers that are under way arrive. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Frames that come when the test says so, `ms` after the one before. */
export function testFrames() {
  let nowMs = 1000;
  let waiting: ((nowMs: number) => void) | undefined;
  return {
    request: (draw: (nowMs: number) => void) => {
      waiting = draw;
      return 1;
    },
    cancel: () => {
      waiting = undefined;
    },
    /** Whether something asked for another frame. */
    get isRunning() {
      return waiting !== undefined;
    },
    pass(ms: number) {
      nowMs += ms;
      const draw = waiting;
      waiting = undefined;
      draw?.(nowMs);
    },
  };
}
