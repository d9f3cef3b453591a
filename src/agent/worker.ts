// The agent's own thread: takes records out of the ring and sends them to the engine in numbered batches.
// Does all I/O, so a blocked event loop of the program still reports. Sent batches are kept until the engine
// acknowledges them and are sent again after a reconnect; what is kept is bounded, then the ring fills and counts.
import { type Socket, connect } from "node:net";
import { FrameSplitter, type ToAgent, frameHeader, frameTypes, readFromEngine } from "../shared/protocol/agent-wire.js";
import type { ProcessFacts } from "./process-facts.js";
import { RingMemory, RingReader, control, facts, link } from "./ring.js";

export interface WorkerSetup {
  readonly kind: "hindcast-agent-worker";
  readonly memory: SharedArrayBuffer;
  readonly socketPath: string;
  readonly facts: ProcessFacts;
}

/** Looking this often loses at most so many milliseconds to a SIGKILL; a quiet program is looked at less often. */
const busyPollMs = 5;
const floodPollMs = 1;
const idlePollMs = 25;
const idleAfterPolls = 50;
const batchBytes = 256 * 1024;
/** What the engine has not yet committed is kept here; beyond this it stays in the ring, which counts what it refuses. */
const maxUnacknowledgedBytes = 128 * 1024 * 1024;
const firstRetryMs = 100;
const lastRetryMs = 5000;

interface Batch {
  readonly number: number;
  readonly records: Uint8Array;
}

export class EngineLink {
  readonly #setup: WorkerSetup;
  readonly #memory: RingMemory;
  readonly #reader: RingReader;
  #socket: Socket | undefined;
  #isWelcome = false;
  #retryMs = firstRetryMs;
  #quietPolls = 0;
  #lastBatch = 0;
  #unacknowledged: Batch[] = [];
  #unacknowledgedBytes = 0;
  #isStopping = false;
  #isFlushing = false;
  #saidBye = false;

  constructor(setup: WorkerSetup) {
    this.#setup = setup;
    this.#memory = new RingMemory(setup.memory);
    this.#reader = new RingReader(this.#memory);
  }

  start(): void {
    this.#connect();
    this.#poll();
  }

  /** Sends what is left and says good-bye as soon as the engine is there; the program is waiting for `done`. */
  stop(): void {
    this.#isStopping = true;
    this.#drain();
  }

  /** Sends what there is, as soon as the engine is there; the program is waiting for `flushed`. */
  flush(): void {
    this.#isFlushing = true;
    this.#drain();
  }

  /** After this nothing is sent any more and nobody needs to wait for us. */
  giveUp(): void {
    this.#setLink(link.refused);
    this.#socket?.destroy();
  }

  #setLink(state: number): void {
    Atomics.store(this.#memory.control, control.link, state);
    // The program's thread may be waiting at exit.
    Atomics.notify(this.#memory.control, control.done);
  }

  #connect(): void {
    if (Atomics.load(this.#memory.control, control.link) === link.refused) return;
    const socket = connect(this.#setup.socketPath);
    const splitter = new FrameSplitter();
    this.#socket = socket;
    this.#isWelcome = false;
    socket.on("connect", () => {
      const { timeOriginMs } = this.#setup.facts;
      this.#sendControl(frameTypes.hello, { ...this.#setup.facts, clockMs: this.#clockMs(timeOriginMs) });
    });
    socket.on("data", (chunk) => {
      try {
        for (const frame of splitter.push(chunk)) this.#receive(readFromEngine(frame, parse));
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#lostConnection(socket));
  }

  #lostConnection(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#isWelcome = false;
    if (Atomics.load(this.#memory.control, control.link) === link.refused) return;
    this.#setLink(link.absent);
    setTimeout(() => this.#connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }

  #receive(message: ToAgent): void {
    switch (message.kind) {
      case "welcome":
        this.#isWelcome = true;
        this.#retryMs = firstRetryMs;
        for (const batch of this.#unacknowledged) this.#sendBatch(batch);
        this.#setLink(link.connected);
        return this.#drain();
      case "refused":
        return this.giveUp();
      case "ack":
        this.#noteProgress();
        while (this.#unacknowledged[0] !== undefined && this.#unacknowledged[0].number <= message.batch)
          this.#unacknowledgedBytes -= this.#unacknowledged.shift()?.records.length ?? 0;
        return;
    }
  }

  #poll(): void {
    if (Atomics.load(this.#memory.control, control.link) === link.refused) return;
    const used = this.#reader.usedBytes;
    this.#drain();
    this.#quietPolls = used === 0 ? this.#quietPolls + 1 : 0;
    const isFlooded = used > this.#memory.size / 8;
    const pauseMs = isFlooded ? floodPollMs : this.#quietPolls > idleAfterPolls ? idlePollMs : busyPollMs;
    setTimeout(() => this.#poll(), pauseMs);
  }

  #drain(): void {
    if (!this.#isWelcome || this.#saidBye) return;
    while (this.#isStopping || this.#isFlushing || this.#unacknowledgedBytes < maxUnacknowledgedBytes) {
      const records = this.#reader.take(batchBytes);
      if (records === undefined) break;
      const batch = { number: ++this.#lastBatch, records };
      this.#unacknowledged.push(batch);
      this.#unacknowledgedBytes += records.length;
      this.#sendBatch(batch);
    }
    if (this.#isStopping && Atomics.load(this.#memory.control, control.stop) === 1) this.#sayBye();
    this.#noteFlushed();
  }

  /** What the kernel has arrives even when the program is killed now. */
  #noteFlushed(): void {
    if (!this.#isFlushing || this.#socket?.writableLength !== 0) return;
    this.#isFlushing = false;
    Atomics.store(this.#memory.control, control.flushed, 1);
    Atomics.notify(this.#memory.control, control.flushed);
  }

  #sayBye(): void {
    this.#saidBye = true;
    const { control: words, facts: numbers } = this.#memory;
    this.#sendControl(frameTypes.bye, {
      kind: "bye",
      clockMs: this.#clockMs(this.#setup.facts.timeOriginMs),
      ...(Atomics.load(words, control.exitCodeKnown) === 1 ? { exitCode: numbers[facts.exitCode] } : {}),
      written: numbers[facts.written],
      dropped: numbers[facts.dropped],
    });
    // The engine closes its side when it has read everything. What the kernel alone had would be lost if the engine
    // wrote an acknowledgement to a program that is gone: its socket would fail before it was read to the end.
    this.#socket?.on("close", () => {
      Atomics.store(words, control.done, 1);
      Atomics.notify(words, control.done);
    });
    this.#socket?.end();
  }

  #sendBatch(batch: Batch): void {
    const number = new Uint8Array(4);
    new DataView(number.buffer).setUint32(0, batch.number, true);
    this.#send([frameHeader(frameTypes.batch, 4 + batch.records.length), number, batch.records]);
  }

  #sendControl(type: number, message: object): void {
    const body = Buffer.from(JSON.stringify(message));
    this.#send([frameHeader(type, body.length), body]);
  }

  #send(parts: readonly Uint8Array[]): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const onWritten = (): void => {
      this.#noteProgress();
      this.#noteFlushed();
    };
    socket.cork();
    for (const part of parts) socket.write(part, onWritten);
    socket.uncork();
  }

  /** A program that waits for us at its exit goes on waiting while this is called now and then. */
  #noteProgress(): void {
    Atomics.add(this.#memory.control, control.progress, 1);
  }

  /** The program's `performance.now()`, read from this thread. */
  #clockMs(timeOriginMs: number): number {
    return performance.timeOrigin - timeOriginMs + performance.now();
  }
}

const parse = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString("utf8"));
