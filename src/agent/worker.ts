// In the agent's own thread: takes records out of one ring and sends them to the engine in numbered batches.
// Does all I/O, so a blocked event loop of the program still reports. What is sent is kept until the engine acknowledges it
// and sent again after a reconnect, which is tried for ever (engine-socket.ts); what is kept is bounded (outbox.ts).
import { dirname } from "node:path";
import { lostKinds } from "../shared/protocol/agent-records.js";
import {
  type ChildEnded,
  type ToAgent,
  frameTypes,
  leftWholeBytes,
  thresholdsOf,
} from "../shared/protocol/agent-wire.js";
import { BlockWatch } from "./block-watch.js";
import { EngineSocket } from "./engine-socket.js";
import { batchFrame, byeOf, controlFrame, noteExitCode } from "./frames.js";
import { Intake, batchBytes } from "./intake.js";
import { lastFrames } from "./last-frames.js";
import { leaveBehind } from "./left-behind.js";
import { LinkClock } from "./link-clock.js";
import { type LinkEvents, type LinkSetup, deliveryOf, nobody } from "./link-setup.js";
import { RingAllowance } from "./memory-watch.js";
import { type Batch, Outbox } from "./outbox.js";
import { tellSettings } from "./pipeline/told-settings.js";
import { RingMemory, control, facts, link } from "./ring.js";
import { Spill } from "./spill.js";
import { WaitingProgram } from "./waiting-program.js";

/** Looking this often loses at most so many milliseconds to a SIGKILL. Each look costs what a few requests do: this thread is cold by then. */
const pollMs = 25;
const floodPollMs = 1;
const writesSlot = lostKinds.indexOf("writes");

export class EngineLink {
  readonly #setup: LinkSetup;
  readonly #memory: RingMemory;
  readonly #intake: Intake;
  readonly #outbox: Outbox;
  readonly #engine: EngineSocket;
  readonly #program: WaitingProgram;
  readonly #clock: LinkClock;
  readonly #blocks: BlockWatch;
  readonly #allowance: RingAllowance;
  #isStopping = false;
  /** Of a thread that was ended from outside: how far it had written by then. */
  #lastHead: number | undefined;
  #isFlushing = false;
  #saidBye = false;
  #hasLeft = false;

  constructor(
    setup: LinkSetup,
    readonly events: LinkEvents = nobody,
  ) {
    const { backlogBytes, overflow, spillBytes } = deliveryOf(setup);
    this.#setup = setup;
    this.#memory = new RingMemory(setup.memory);
    this.#intake = new Intake(this.#memory);
    this.#program = new WaitingProgram(this.#memory, (finish) => this.events.onDone(finish));
    this.#clock = new LinkClock(this.#memory, setup.facts.timeOriginMs);
    const { settings } = setup.facts;
    const hasStacks = setup.hasStacks && settings.blockStacks !== false;
    this.#blocks = new BlockWatch(this.#memory, thresholdsOf(settings).blockMs, hasStacks);
    this.#allowance = new RingAllowance(this.#memory);
    this.#engine = new EngineSocket(setup.socketPath, setup.hostPid, {
      mayConnect: () => !this.#hasLeft && !this.#program.isRefused,
      onConnect: () => this.#sendControl(frameTypes.hello, { ...setup.facts, clockMs: this.#clock.ms }),
      onMessage: (message) => this.#receive(message),
      onLost: () => this.#lostConnection(),
      onWritten: () => {
        this.#noteProgress();
        this.#program.noteGettingOn();
        this.#noteFlushed();
      },
      onFault: () => this.#program.noteFault(),
    });
    // The socket's folder is private; a pipe of Windows is in none, and nothing is kept on disk there.
    const canSpill = spillBytes > 0 && process.platform !== "win32";
    const spill = canSpill
      ? new Spill(dirname(setup.socketPath), spillBytes, () => this.#program.noteFault())
      : undefined;
    this.#outbox = new Outbox(backlogBytes, overflow === "drop-oldest", spill, (tally) => {
      Atomics.add(this.#memory.control, control.writesGivenUp, tally[writesSlot] ?? 0);
    });
  }

  start(): void {
    this.#engine.connect();
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
    if (this.#isStopping) return this.stop();
    if (this.#program.hasStopped) return this.#stopOnceHeard();
    noteExitCode(this.#memory, exitCode);
    this.#intake.settleAll();
    this.#lastHead = this.#intake.end;
    this.stop();
  }

  /** What the program's thread records comes in other bytes from now on. */
  offerRing(records: SharedArrayBuffer): void {
    this.#memory.offer(records);
  }

  /** Of a child of the program. Told while the engine is there: it knows of most ends by the children themselves. */
  childEnded(ended: ChildEnded): void {
    if (this.#engine.isWelcome && !this.#saidBye && !this.#hasLeft) this.#sendControl(frameTypes.childEnded, ended);
  }

  /** An exception that was caught. */
  noteFault(): void {
    this.#program.noteFault();
  }

  /** One that was made in this thread, and that nothing else refers to. */
  addRecord(record: Uint8Array): void {
    if (this.#saidBye || this.#hasLeft) return;
    this.#outbox.add({ definitions: new Uint8Array(0), records: record }, this.#engine.isWelcome);
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
    if (!this.#isStopping || this.#saidBye || this.#hasLeft || !this.#engine.isWelcome) return;
    this.#outbox.giveUpUnsent(() => this.#intake.take(batchBytes));
    const gap = this.#outbox.next();
    if (gap !== undefined) this.#sendBatch(gap);
    this.#sayBye();
  }

  /** The program waits no longer: a file says to the engine, for when it goes on, what would have been said. */
  leaveBehind(): void {
    this.#hasLeft = true;
    this.#engine.drop();
    const frames = lastFrames({
      about: this.#setup.facts,
      memory: this.#memory,
      outbox: this.#outbox,
      clockMs: () => this.#clock.ms,
      intake: this.#intake,
      wholeBytes: leftWholeBytes(deliveryOf(this.#setup)),
      noteProgress: () => this.#noteProgress(),
    });
    const isLeft = leaveBehind(this.#setup, frames, () => this.#program.takesLeaving());
    this.#program.noteLeft(isLeft);
    if (isLeft || this.#isThread) this.#program.end();
    this.#program.notifyLeft();
  }

  #hurry(): void {
    this.#drain();
    this.#engine.hurry();
  }

  /** After this nothing is sent any more and nobody needs to wait for us. */
  giveUp(): void {
    this.#program.setLink(link.refused);
    this.#engine.destroy();
    this.#outbox.spill?.dispose();
    if (this.#isThread) this.#program.end();
  }

  /** The program's main thread waits for the agent's at its end; others do not. */
  get #isThread(): boolean {
    return this.#setup.facts.thread !== undefined;
  }

  /** An exception that escaped here. */
  fail(): void {
    this.#program.noteFault();
    this.giveUp();
  }

  #lostConnection(): void {
    if (this.#program.isRefused) return;
    // It closes its side when everything is in the file; one that was killed has not acknowledged everything.
    if (this.#saidBye && this.#outbox.sent.length === 0) return this.#program.end();
    this.#saidBye = false;
    this.#program.setLink(this.#engine.mayComeBack ? link.lost : link.absent);
    this.#engine.tryAgain(this.#isHurried);
  }

  get #isHurried(): boolean {
    return this.#isStopping || this.#isFlushing;
  }

  #receive(message: ToAgent): void {
    switch (message.kind) {
      case "welcome":
        this.#engine.welcomed();
        for (const batch of this.#outbox.sent) this.#sendBatch(batch);
        this.#program.setLink(link.connected);
        return this.#drain();
      case "refused":
        return this.giveUp();
      case "ack":
        this.#noteProgress();
        this.#program.noteGettingOn();
        this.#outbox.acknowledge(message.batch);
        return this.#drain();
      case "configure":
        if (!tellSettings(this.#memory, message)) this.#program.noteFault();
        return;
      case "ask-clock": {
        const clockMs = this.#clock.ms;
        // Behind good-bye nothing is sent any more.
        if (!this.#saidBye) this.#sendControl(frameTypes.clock, { kind: "clock", round: message.round, clockMs });
        return;
      }
      case "detach":
        return this.events.onDetach();
    }
  }

  /** What a thread says comes over a channel, and its last words after the sign that there are no more. */
  #stopOnceHeard(): void {
    if (this.#program.isHeard) this.stop();
  }

  noteHeard(): void {
    this.#program.noteHeard();
  }

  #poll(): void {
    if (this.#program.isDone || this.#program.isRefused) return;
    // A thread says so and is gone: its memory stays until everything in it was sent.
    if (this.#isThread && !this.#isStopping && this.#program.hasStopped) this.#stopOnceHeard();
    this.#intake.settle(this.#clock.monotonicMs);
    const used = this.#intake.usedBytes;
    // The rings of threads stay as they are.
    if (!this.#isThread) this.#allowance.look(this.#clock.monotonicMs);
    this.#drain();
    const isFlooded = used > this.#memory.size / 8;
    const pauseMs = isFlooded ? floodPollMs : pollMs;
    const wantedMs = this.#blocks.look(this.#clock.monotonicMs);
    setTimeout(() => this.#poll(), Math.min(pauseMs, Math.max(1, Math.ceil(wantedMs))));
  }

  #drain(): void {
    if (this.#saidBye || this.#hasLeft) return;
    const missed = this.#clock.standstill();
    if (missed !== undefined) this.#outbox.add(missed, this.#engine.isWelcome);
    const isHurried = this.#isHurried;
    if (isHurried || this.#canSend || this.#intake.usedBytes > Math.min(this.#memory.size / 4, batchBytes))
      this.#takeIn(isHurried);
    while (this.#canSend || (this.#engine.isWelcome && this.#isFlushing)) {
      const batch = this.#outbox.next();
      if (batch === undefined) break;
      this.#sendBatch(batch);
    }
    this.#program.noteCongested(this.#outbox.isCongested);
    if (this.#engine.isWelcome && this.#outbox.isEmpty && this.#hasAll) this.#sayBye();
    this.#noteFlushed();
  }

  /** Whether the program writes no more, or its thread nothing more that counts, and all of it was taken. */
  get #hasAll(): boolean {
    const { control: words } = this.#memory;
    if (!this.#isStopping) return false;
    if (this.#lastHead !== undefined) return ((Atomics.load(words, control.tail) - this.#lastHead) | 0) >= 0;
    return this.#program.hasStopped && this.#intake.usedBytes === 0;
  }

  get #canSend(): boolean {
    return this.#engine.isWelcome && this.#outbox.canSend;
  }

  /**
   * Out of the ring, as much as may be kept, and once its size: a program that goes on writing must not keep this thread
   * from its sockets. When the program is waiting nothing has to be given up for what is newer: as much as there is room for.
   */
  #takeIn(isHurried: boolean): void {
    const hasRoom = (): boolean => (isHurried ? this.#outbox.hasFreeRoom : this.#outbox.hasRoom);
    for (let left = this.#memory.size; left > 0 && hasRoom();) {
      const chunk = this.#intake.take(batchBytes) ?? this.#intake.takeOpen();
      if (chunk === undefined) return;
      left -= chunk.records.length + chunk.definitions.length;
      this.#outbox.add(chunk, this.#engine.isWelcome);
    }
  }

  /** What the kernel has arrives even when the program is killed now. */
  #noteFlushed(): void {
    if (!this.#isFlushing || !this.#engine.isWelcome || !this.#engine.isWritten) return;
    if (!this.#outbox.isEmpty || this.#intake.usedBytes > 0) return;
    this.#isFlushing = false;
    this.#program.noteFlushed();
  }

  #sayBye(): void {
    this.#saidBye = true;
    this.#sendControl(frameTypes.bye, byeOf(this.#memory, this.#clock.ms));
    // What the kernel alone had would be lost if the engine wrote an acknowledgement to a program that is gone: its socket
    // would fail before it was read to the end.
    this.#engine.end();
  }

  #sendBatch(batch: Batch): void {
    this.#engine.send(batchFrame(batch, this.#memory.facts[facts.lastSeq] ?? 0));
  }

  #sendControl(type: number, message: object): void {
    this.#engine.send(controlFrame(type, message));
  }

  /** A program that waits for us at its exit goes on waiting while this is called now and then. */
  #noteProgress(): void {
    this.#program.noteProgress();
    this.events.onProgress();
  }
}
