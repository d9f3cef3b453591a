// In the agent's own thread: takes records out of one ring and sends them to the engine in numbered batches.
// Does all I/O, so a blocked event loop of the program still reports. What is sent is kept until the engine acknowledges it
// and sent again after a reconnect, which is tried for ever; what is kept is bounded (outbox.ts).
import { type Socket, connect } from "node:net";
import { dirname } from "node:path";
import { lostKinds } from "../shared/protocol/agent-records.js";
import {
  type ChildEnded,
  type DeliverySettings,
  FrameSplitter,
  type ToAgent,
  defaultDelivery,
  frameTypes,
  readFromEngine,
  thresholdsOf,
} from "../shared/protocol/agent-wire.js";
import { BlockWatch } from "./block-watch.js";
import {
  type FrameParts,
  batchFrame,
  byeFrame,
  byeOf,
  bytesIn,
  controlFrame,
  helloFrame,
  noteExitCode,
} from "./frames.js";
import { type Chunk, Intake, standstillRecord } from "./intake.js";
import { joined } from "./joined.js";
import { leaveBehind } from "./left-behind.js";
import { MemoryWatch, memoryUse } from "./memory-watch.js";
import { type Batch, Outbox } from "./outbox.js";
import type { ProcessFacts } from "./process-facts.js";
import { Reconnection } from "./reconnection.js";
import { tellSettings } from "./pipeline/told-settings.js";
import { RingMemory, control, facts, leaver, link } from "./ring.js";
import { mostBytesFor } from "./ring-size.js";
import { Spill } from "./spill.js";
import { StandstillWatch, clocksOfThisProcess } from "./standstill.js";

export interface LinkSetup {
  readonly memory: SharedArrayBuffer;
  readonly socketPath: string;
  readonly hostPid: number | undefined;
  readonly facts: ProcessFacts;
  /** Whether the stack of what blocks can be had: the inspector reaches the main thread only. */
  readonly hasStacks: boolean;
}

/** What the agent's thread wants to know of each of its links. */
export interface LinkEvents {
  /** The program may be waiting for this. */
  onProgress(): void;
  /** Nothing more will be sent; `finish` tells whoever waits for that. */
  onDone(finish: () => void): void;
  /** The engine asks the agent to leave the program. */
  onDetach(): void;
}

const nobody: LinkEvents = { onProgress: () => undefined, onDone: (finish) => finish(), onDetach: () => undefined };

/** Looking this often loses at most so many milliseconds to a SIGKILL. Each look costs what a few requests do: this thread is cold by then. */
const pollMs = 25;
const floodPollMs = 1;
const batchBytes = 256 * 1024;
const littleBytes = 16 * 1024;
/** Left behind as it is also where no spill was asked for: about what the kernel holds of it anyway. */
const leastWholeBytes = 256 * 1024;
/** Left behind besides: names that were defined, and gaps. */
const mostLeftBytes = 2 * 1024 * 1024;
const maxLossWaitMs = 1000;
const memoryEveryMs = 1000;
const writesSlot = lostKinds.indexOf("writes");

export class EngineLink {
  readonly #setup: LinkSetup;
  readonly #memory: RingMemory;
  readonly #intake: Intake;
  readonly #outbox: Outbox;
  #socket: Socket | undefined;
  #isWelcome = false;
  readonly #reconnection: Reconnection;
  #isStopping = false;
  /** Of a thread that was ended from outside: how far it had written by then. */
  #lastHead: number | undefined;
  #isDone = false;
  #isFlushing = false;
  #saidBye = false;
  #hasLeft = false;
  readonly #standstill: StandstillWatch;
  readonly #blocks: BlockWatch;
  readonly #memoryWatch: MemoryWatch;
  #memoryMs = -Infinity;
  /** When it was looked for a standstill last. */
  #seqThen = 0;

  constructor(
    setup: LinkSetup,
    readonly events: LinkEvents = nobody,
  ) {
    const { backlogBytes, overflow, spillBytes } = deliveryOf(setup);
    this.#setup = setup;
    this.#memory = new RingMemory(setup.memory);
    this.#intake = new Intake(this.#memory);
    const { settings } = setup.facts;
    const hasStacks = setup.hasStacks && settings.blockStacks !== false;
    this.#blocks = new BlockWatch(this.#memory, thresholdsOf(settings).blockMs, hasStacks);
    this.#memoryWatch = new MemoryWatch(mostBytesFor(this.#memory.size));
    this.#standstill = new StandstillWatch(clocksOfThisProcess);
    this.#reconnection = new Reconnection(setup.socketPath, setup.hostPid, () => this.#connect());
    // The socket's folder is private; a pipe of Windows is in none, and nothing is kept on disk there.
    const canSpill = spillBytes > 0 && process.platform !== "win32";
    const spill = canSpill ? new Spill(dirname(setup.socketPath), spillBytes, () => this.#noteFault()) : undefined;
    this.#outbox = new Outbox(backlogBytes, overflow === "drop-oldest", spill, (tally) => {
      Atomics.add(this.#memory.control, control.writesGivenUp, tally[writesSlot] ?? 0);
    });
  }

  start(): void {
    this.#connect();
    this.#poll();
  }

  /** Of all that may be kept this much is left to each of so many links. */
  shareAmong(links: number): void {
    const { backlogBytes, spillBytes } = deliveryOf(this.#setup);
    this.#outbox.maxBytes = Math.floor(backlogBytes / links);
    if (this.#outbox.spill !== undefined) this.#outbox.spill.maxBytes = Math.floor(spillBytes / links);
  }

  /** Of a thread that cannot tell its end itself: it was ended from outside, or its process ends now. */
  cutOff(exitCode: number | undefined): void {
    const { control: words } = this.#memory;
    if (this.#isStopping || Atomics.load(words, control.stop) === 1) return this.stop();
    noteExitCode(this.#memory, exitCode);
    this.#lastHead = Atomics.load(words, control.head);
    this.stop();
  }

  /** What the program's thread records comes in other bytes from now on. */
  offerRing(records: SharedArrayBuffer): void {
    this.#memory.offer(records);
  }

  /** Of a child of the program. Told while the engine is there: it knows of most ends by the children themselves. */
  childEnded(ended: ChildEnded): void {
    if (this.#isWelcome && !this.#saidBye && !this.#hasLeft) this.#sendControl(frameTypes.childEnded, ended);
  }

  /** Sends what is left and says good-bye as soon as the engine is there; the program is waiting for `done`. */
  stop(): void {
    this.#isStopping = true;
    this.#hurry();
  }

  /** Sends what there is, as soon as the engine is there; the program is waiting for `flushed`. */
  flush(): void {
    this.#isFlushing = true;
    this.#hurry();
  }

  /** The program waits no longer for what was not sent: it is counted, and good-bye is said behind what is on its way. */
  leave(): void {
    if (!this.#isStopping || this.#saidBye || this.#hasLeft || !this.#isWelcome) return;
    this.#outbox.giveUpUnsent(() => this.#intake.take(batchBytes));
    const gap = this.#outbox.next();
    if (gap !== undefined) this.#sendBatch(gap);
    this.#sayBye();
  }

  /** The program waits no longer: a file says to the engine, for when it goes on, what would have been said. */
  leaveBehind(): void {
    const { control: words } = this.#memory;
    const socket = this.#socket;
    // What the file says of what was not sent is true as long as nothing more is.
    this.#socket = undefined;
    this.#hasLeft = true;
    socket?.destroy();
    const mayFinish = (): boolean => Atomics.compareExchange(words, control.leaver, 0, leaver.worker) === 0;
    const isLeft = leaveBehind(this.#setup, this.#lastFrames(), mayFinish);
    if (!isLeft) Atomics.compareExchange(words, control.leaver, 0, leaver.nobody);
    if (isLeft || this.#isThread) this.#endWait();
    Atomics.notify(words, control.leaver);
  }

  *#lastFrames(): Iterable<FrameParts> {
    const { facts: about } = this.#setup;
    yield helloFrame(about, this.#clockMs);
    let room = mostLeftBytes;
    const spillBytes = this.#outbox.spill?.maxBytes ?? 0;
    const wholeBytes = Math.max(spillBytes, leastWholeBytes);
    for (const batch of this.#outbox.last(wholeBytes, () => this.#takeLast())) {
      const frame = batchFrame(batch, this.#memory.facts[facts.lastSeq] ?? 0);
      room -= bytesIn(frame);
      // Good-bye counts what is missing.
      if (room + spillBytes < 0) break;
      yield frame;
      this.#noteProgress();
    }
    yield byeFrame(this.#memory, this.#clockMs);
  }

  /** What the program's thread could not record yet it tells when the ring has room again. */
  #takeLast(): Chunk | undefined {
    const chunk = this.#intake.take(batchBytes);
    if (chunk !== undefined || this.#isThread) return chunk;
    Atomics.wait(this.#memory.control, control.lossTold, 0, maxLossWaitMs);
    return this.#intake.take(batchBytes);
  }

  #hurry(): void {
    this.#drain();
    if (this.#socket === undefined) this.#reconnection.tryIn(0);
  }

  /** After this nothing is sent any more and nobody needs to wait for us. */
  giveUp(): void {
    this.#setLink(link.refused);
    this.#socket?.destroy();
    this.#outbox.spill?.dispose();
    if (this.#isThread) this.#endWait();
  }

  /** The program's main thread waits for the agent's at its end; others do not. */
  get #isThread(): boolean {
    return this.#setup.facts.thread !== undefined;
  }

  /** An exception that escaped here. */
  fail(): void {
    this.#noteFault();
    this.giveUp();
  }

  #noteFault(): void {
    const { facts: numbers } = this.#memory;
    numbers[facts.workerFaults] = (numbers[facts.workerFaults] ?? 0) + 1;
  }

  #setLink(state: number): void {
    Atomics.store(this.#memory.control, control.link, state);
    // The program's thread may be waiting at exit.
    Atomics.notify(this.#memory.control, control.done);
  }

  #connect(): void {
    if (this.#hasLeft || Atomics.load(this.#memory.control, control.link) === link.refused) return;
    const socket = connect(this.#setup.socketPath);
    const splitter = new FrameSplitter();
    this.#socket = socket;
    this.#isWelcome = false;
    socket.on("connect", () => {
      this.#sendControl(frameTypes.hello, { ...this.#setup.facts, clockMs: this.#clockMs });
    });
    socket.on("data", (chunk) => {
      try {
        for (const frame of splitter.push(chunk)) this.#receive(readFromEngine(frame, parse));
      } catch {
        this.#noteFault();
        socket.destroy();
      }
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#lostConnection(socket));
  }

  #lostConnection(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    if (this.#isWelcome) this.#reconnection.lost();
    this.#isWelcome = false;
    if (Atomics.load(this.#memory.control, control.link) === link.refused) return;
    // It closes its side when everything is in the file; one that was killed has not acknowledged everything.
    if (this.#saidBye && this.#outbox.sent.length === 0) return this.#endWait();
    this.#saidBye = false;
    this.#setLink(this.#reconnection.mayComeBack ? link.lost : link.absent);
    this.#reconnection.tryAgain(this.#isHurried);
  }

  get #isHurried(): boolean {
    return this.#isStopping || this.#isFlushing;
  }

  #endWait(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.events.onDone(() => {
      Atomics.store(this.#memory.control, control.done, 1);
      Atomics.notify(this.#memory.control, control.done);
    });
  }

  #receive(message: ToAgent): void {
    switch (message.kind) {
      case "welcome":
        this.#isWelcome = true;
        this.#reconnection.welcomed();
        for (const batch of this.#outbox.sent) this.#sendBatch(batch);
        this.#setLink(link.connected);
        return this.#drain();
      case "refused":
        return this.giveUp();
      case "ack":
        this.#noteProgress();
        Atomics.add(this.#memory.control, control.acknowledged, 1);
        this.#outbox.acknowledge(message.batch);
        return this.#drain();
      case "configure":
        if (!tellSettings(this.#memory, message)) this.#noteFault();
        return;
      case "ask-clock": {
        const clockMs = this.#clockMs;
        // Behind good-bye nothing is sent any more.
        if (!this.#saidBye) this.#sendControl(frameTypes.clock, { kind: "clock", round: message.round, clockMs });
        return;
      }
      case "detach":
        return this.events.onDetach();
    }
  }

  #poll(): void {
    if (this.#isDone || Atomics.load(this.#memory.control, control.link) === link.refused) return;
    // A thread says so and is gone: its memory stays until everything in it was sent.
    if (this.#isThread && !this.#isStopping && Atomics.load(this.#memory.control, control.stop) === 1) this.stop();
    const used = this.#intake.usedBytes;
    this.#lookAtMemory();
    this.#drain();
    const isFlooded = used > this.#memory.size / 8;
    const pauseMs = isFlooded ? floodPollMs : pollMs;
    const wantedMs = this.#blocks.look(this.#monotonicMs);
    setTimeout(() => this.#poll(), Math.min(pauseMs, Math.max(1, Math.ceil(wantedMs))));
  }

  /** The rings of threads stay as they are. */
  #lookAtMemory(): void {
    const now = this.#monotonicMs;
    if (this.#isThread || now - this.#memoryMs < memoryEveryMs) return;
    this.#memoryMs = now;
    const most = this.#memoryWatch.look(memoryUse(this.#memory.facts[facts.heapShare] ?? 0));
    Atomics.store(this.#memory.control, control.mostBytes, most);
  }

  #drain(): void {
    if (this.#saidBye || this.#hasLeft) return;
    this.#noteStandstill();
    const isHurried = this.#isHurried;
    if (isHurried || this.#canSend || this.#intake.usedBytes > Math.min(this.#memory.size / 4, batchBytes))
      this.#takeIn(isHurried);
    while (this.#canSend || (this.#isWelcome && this.#isFlushing)) {
      const batch = this.#outbox.next();
      if (batch === undefined) break;
      this.#sendBatch(batch);
    }
    Atomics.store(this.#memory.control, control.isCongested, this.#outbox.isCongested ? 1 : 0);
    if (this.#isWelcome && this.#outbox.isEmpty && this.#hasAll) this.#sayBye();
    this.#noteFlushed();
  }

  /**
   * Told before what is taken out next, and like a definition: it stays when records are given up. From here on the
   * program's times include what its clock missed.
   */
  #noteStandstill(): void {
    const seqBefore = this.#seqThen;
    this.#seqThen = this.#memory.facts[facts.lastSeq] ?? 0;
    const known = this.#standstill.look();
    if (known === undefined) return;
    const { facts: numbers } = this.#memory;
    numbers[facts.sleptMs] = (numbers[facts.sleptMs] ?? 0) + known.sleptMs;
    const now = this.#clockMs;
    const definitions = standstillRecord(now - known.forMs, now, seqBefore);
    this.#outbox.add({ definitions, records: new Uint8Array(0) }, this.#isWelcome);
  }

  /** Whether the program writes no more, or its thread nothing more that counts, and all of it was taken. */
  get #hasAll(): boolean {
    const { control: words } = this.#memory;
    if (!this.#isStopping) return false;
    if (this.#lastHead !== undefined) return ((Atomics.load(words, control.tail) - this.#lastHead) | 0) >= 0;
    return Atomics.load(words, control.stop) === 1 && this.#intake.usedBytes === 0;
  }

  get #canSend(): boolean {
    return this.#isWelcome && this.#outbox.canSend;
  }

  /**
   * Out of the ring, as much as may be kept, and once its size: a program that goes on writing must not keep this thread
   * from its sockets. When the program is waiting nothing has to be given up for what is newer: as much as there is room for.
   */
  #takeIn(isHurried: boolean): void {
    const hasRoom = (): boolean => (isHurried ? this.#outbox.hasFreeRoom : this.#outbox.hasRoom);
    for (let left = this.#memory.size; left > 0 && hasRoom();) {
      const chunk = this.#intake.take(batchBytes);
      if (chunk === undefined) return;
      left -= chunk.records.length + chunk.definitions.length;
      this.#outbox.add(chunk, this.#isWelcome);
    }
  }

  /** What the kernel has arrives even when the program is killed now. */
  #noteFlushed(): void {
    if (!this.#isFlushing || !this.#isWelcome || this.#socket?.writableLength !== 0) return;
    if (!this.#outbox.isEmpty || this.#intake.usedBytes > 0) return;
    this.#isFlushing = false;
    Atomics.store(this.#memory.control, control.flushed, 1);
    Atomics.notify(this.#memory.control, control.flushed);
  }

  #sayBye(): void {
    this.#saidBye = true;
    this.#sendControl(frameTypes.bye, byeOf(this.#memory, this.#clockMs));
    // What the kernel alone had would be lost if the engine wrote an acknowledgement to a program that is gone: its socket
    // would fail before it was read to the end.
    this.#socket?.end();
  }

  #sendBatch(batch: Batch): void {
    this.#send(batchFrame(batch, this.#memory.facts[facts.lastSeq] ?? 0));
  }

  #sendControl(type: number, message: object): void {
    this.#send(controlFrame(type, message));
  }

  /** Nothing tells how much of it the kernel has taken: many batches that wait for it are given to it at once. */
  #send(parts: FrameParts): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const onWritten = (): void => {
      this.#noteProgress();
      this.#noteFlushed();
    };
    // For little, one writing costs less than four that are not copied.
    if (bytesIn(parts) <= littleBytes) return void socket.write(joined(parts), onWritten);
    socket.cork();
    for (const part of parts) if (part.length > 0) socket.write(part, onWritten);
    socket.uncork();
  }

  /** A program that waits for us at its exit goes on waiting while this is called now and then. */
  #noteProgress(): void {
    Atomics.add(this.#memory.control, control.progress, 1);
    this.events.onProgress();
  }

  /** The program's clock (`recordedClock`), read from this thread. */
  get #clockMs(): number {
    return this.#monotonicMs + (this.#memory.facts[facts.sleptMs] ?? 0);
  }

  get #monotonicMs(): number {
    return performance.timeOrigin - this.#setup.facts.timeOriginMs + performance.now();
  }
}

const deliveryOf = ({ facts: about }: LinkSetup): DeliverySettings => about.settings.delivery ?? defaultDelivery;

const parse = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString("utf8"));
